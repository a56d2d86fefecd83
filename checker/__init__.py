"""The grader: draws an exam, asks the student's code in a sandbox, compares, diagnoses, reports.

Nothing in this package knows a particular homework; homeworks live under ``reference/``.
"""
