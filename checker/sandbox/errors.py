"""What can go wrong on the grader's side of a student process."""

from __future__ import annotations


class GraderError(Exception):
    """The grader itself failed (not the student's code): nothing can be said about the submission."""
