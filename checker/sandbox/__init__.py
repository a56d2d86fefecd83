"""The student's process: how it is started, fenced in, asked, and how its replies are read without trusting them.

``process.py`` is what the rest of the grader uses. ``worker.py`` and what it loads (``WORKER_FILES`` in
``isolation.py``) run beside the student's code and import only the standard library and numpy.
"""
