"""Where the local system of this user is, for the flag `--local`: `running()` gives it while one runs.

It lies here so that imports point one way: `instant-hosting local`, which writes the files, imports this.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deployments.errors import Failure

_CHOICE = "INSTANT_HOSTING_LOCAL"


@dataclass(frozen=True)
class LocalSystem:
    """A running local system: `endpoint` is the emulated AWS, `environment` what makes boto3 talk to it."""

    endpoint: str
    environment: dict[str, str]
    stack: str
    region: str
    site: str
    pid: int
    folder: str


def folder() -> Path:
    """Where this user's local systems say that they run, each in a file of its own."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    user = str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(runtime) / "instant-hosting" if runtime else Path(tempfile.gettempdir()) / f"instant-hosting-{user}"


def running() -> LocalSystem | None:
    """The running local system, or None; of several the chosen one, and else a `Failure` names them."""
    systems = [system for system in map(told_by, sorted(folder().glob("local-*.json"))) if system]
    if len(systems) > 1:
        chosen = [system for system in systems if system.site == os.environ.get(_CHOICE)]
        if not chosen:
            each = ", ".join(f"{system.folder} at {system.site}" for system in systems)
            choice = f"end all but one, or set {_CHOICE} to one's address"
            raise Failure(f"several local sites run: {each}; {choice}")
        return chosen[0]
    return systems[0] if systems else None


def told_by(path: Path) -> LocalSystem | None:
    """What the file says, or None if its process does not run any more."""
    try:
        if hasattr(os, "getuid") and path.stat().st_uid != os.getuid():
            return None  # somebody else's file in a folder that everybody may write
        system = LocalSystem(**json.loads(path.read_text(encoding="utf-8")))
        os.kill(system.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return system
