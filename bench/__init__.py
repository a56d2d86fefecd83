"""Measurements: what grading costs, as ratios rather than seconds. Run with ``make bench``."""
