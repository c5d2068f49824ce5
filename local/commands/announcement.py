"""Tells other programs of this user that a local system runs, and takes it back at its end.

Each running process has a file of its own, so that one that ends takes nothing from another. `deployments.local_system`
reads the files.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from stat import S_ISDIR

from deployments.local_system import LocalSystem, folder, told_by
from local.errors import LocalError


def announce(system: LocalSystem) -> None:
    """Say that `system` runs, and clear away what crashes have left behind."""
    _make_folder()
    for path in folder().glob("local-*.json"):
        if not told_by(path):
            _unlink(path)
    # with what the emulator takes for a key in it, nobody else may read it
    number, fresh = tempfile.mkstemp(dir=folder())
    with os.fdopen(number, "w", encoding="utf-8") as file:
        json.dump(asdict(system), file)
    Path(fresh).replace(_path(system.pid))


def withdraw(pid: int) -> None:
    """Take back what the process `pid` has said."""
    _unlink(_path(pid))
    with suppress(OSError):  # another one's is there, or none ever was
        folder().rmdir()


def _make_folder() -> None:
    """Have the folder, and have it alone: its name can be guessed, and in /tmp anybody may have made it before."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder().lstat()
    if hasattr(os, "getuid") and (not S_ISDIR(status.st_mode) or status.st_uid != os.getuid()):
        raise LocalError(f"{folder()} is not this user's own folder: have it removed, or set XDG_RUNTIME_DIR to one")
    folder().chmod(0o700)


def _path(pid: int) -> Path:
    return folder() / f"local-{pid}.json"


def _unlink(path: Path) -> None:
    with suppress(OSError):  # gone, or somebody else's
        path.unlink()
