"""Trial: whether a level of isolation works here, by starting a student's process without a student."""

from __future__ import annotations

import tempfile
from pathlib import Path

from checker.sandbox import packages
from checker.sandbox.errors import GraderError
from checker.sandbox.launch import HERE, Isolation
from checker.sandbox.limits import Limits
from checker.sandbox.live import NOT_STARTED, Live


def starts(level: Isolation) -> str:
    """Let the worker start under a level and fence itself in; "" when it does, otherwise what it said last."""
    with tempfile.TemporaryDirectory() as stage:
        try:
            # Any file of the grader's serves as a driver, since nothing will be called.
            live = Live(Path(stage), "", HERE / "legacy.py", packages.entries(["numpy"]), Limits(), level)
            live.wait_ready()
        except GraderError as error:
            return str(error).removeprefix(f"{NOT_STARTED}: ").strip().splitlines()[-1]
        live.kill()
    return ""
