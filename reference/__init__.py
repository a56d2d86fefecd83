"""The answers: one folder per homework (rubric and driver) and the operators that they share.

Nothing in this package knows a report format.
"""
