"""One test per task; each runs the checker on this folder: ``python -m unittest tests.test_conv``."""
