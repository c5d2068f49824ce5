"""Tells other programs of this user where the local system is: `read()` gives it while one runs.

Each running process has a file of its own, so that one that ends takes nothing from another.

The command line imports this for its flag `--local`.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from stat import S_ISDIR

from deployments.errors import Failure
from local.errors import LocalError

_CHOICE = "INSTANT_HOSTING_LOCAL"


@dataclass(frozen=True)
class State:
    """A running local system: `endpoint` is the emulated AWS, `store_endpoint` that of its KeyValueStore."""

    endpoint: str
    store_endpoint: str
    stack: str
    region: str
    account: str
    token: str
    site: str
    pid: int
    folder: str

    def environment(self) -> dict[str, str]:
        """What makes boto3 talk to it; the account is the access key, the token is the secret."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE": self.store_endpoint,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_SESSION_TOKEN": self.token,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def folder() -> Path:
    """Where the states of this user's local systems lie."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    user = str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return Path(runtime) / "instant-hosting" if runtime else Path(tempfile.gettempdir()) / f"instant-hosting-{user}"


def read() -> State | None:
    """The running local system, or None; of several the chosen one, and else a `Failure` names them."""
    found = [state for state in map(_state, sorted(folder().glob("local-*.json"))) if state]
    if len(found) > 1:
        chosen = [state for state in found if state.site == os.environ.get(_CHOICE)]
        if not chosen:
            each = ", ".join(f"{state.folder} at {state.site}" for state in found)
            choice = f"end all but one, or set {_CHOICE} to one's address"
            raise Failure(f"several local sites run: {each}; {choice}")
        return chosen[0]
    return found[0] if found else None


def write(state: State) -> None:
    """Say that `state` runs, and clear away what crashes have left behind."""
    _make_folder()
    for path in folder().glob("local-*.json"):
        if not _state(path):
            _unlink(path)
    # with what the emulator takes for a key in it, nobody else may read it
    number, fresh = tempfile.mkstemp(dir=folder())
    with os.fdopen(number, "w", encoding="utf-8") as file:
        json.dump(asdict(state), file)
    Path(fresh).replace(_path(state.pid))


def remove(pid: int) -> None:
    """Take back what the process `pid` has said."""
    _unlink(_path(pid))
    with suppress(OSError):  # another one's is there, or none ever was
        folder().rmdir()


def _make_folder() -> None:
    """Have the folder, and have it alone: its name can be guessed, and in /tmp anybody may have made it before."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder().lstat()
    if hasattr(os, "getuid") and (not S_ISDIR(found.st_mode) or found.st_uid != os.getuid()):
        raise LocalError(f"{folder()} is not this user's own folder: have it removed, or set XDG_RUNTIME_DIR to one")
    folder().chmod(0o700)


def _path(pid: int) -> Path:
    return folder() / f"local-{pid}.json"


def _unlink(path: Path) -> None:
    with suppress(OSError):  # gone, or somebody else's
        path.unlink()


def _state(path: Path) -> State | None:
    """What the file says, or None if its process does not run any more."""
    try:
        if hasattr(os, "getuid") and path.stat().st_uid != os.getuid():
            return None  # somebody else's file in a folder that everybody may write
        state = State(**json.loads(path.read_text(encoding="utf-8")))
        os.kill(state.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return state
