"""What can be wrong with a request; one clear sentence each, shown without a traceback."""

from __future__ import annotations


class RequestError(Exception):
    """The request cannot be carried out as asked: the text says what is wrong and what to do."""
