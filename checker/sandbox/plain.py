"""Plain: limits and a system call filter, for one's own code."""

from __future__ import annotations

from checker.sandbox.launch import HERE, VISION_FOLDER, Isolation, Launch, Room


class Plain(Isolation):
    """Limits, a process group and the system call filter: for one's own code, not against a determined attacker."""

    name = "plain"

    def launch(self, room: Room) -> Launch:
        """Links to the allowed packages, an empty temporary folder."""
        allowed, temporary = room.folder / "packages", room.folder / "tmp"
        allowed.mkdir()
        temporary.mkdir()
        for path in room.packages:
            (allowed / path.name).symlink_to(path)
        return Launch(
            wrapper=(),
            folder=str(temporary),
            stage=str(room.folder / "stage"),
            driver=str(room.driver),
            packages=str(allowed),
            worker=str(HERE / "worker.py"),
            temporary=str(temporary),
            vision=str(VISION_FOLDER),
            data=str(room.data or ""),
            measured=str(temporary),
        )

    def trouble(self) -> str:
        """It works wherever Python does."""
        return ""
