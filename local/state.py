"""Tells other programs of this user where the local system is: `read()` gives it while one runs.

The command line imports this for its flag `--local`.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class State:
    """A running local system: `endpoint` is the emulated AWS, `store_endpoint` that of its KeyValueStore."""

    endpoint: str
    store_endpoint: str
    stack: str
    region: str
    account: str
    site: str
    pid: int

    def environment(self) -> dict[str, str]:
        """What makes boto3 talk to it; the account is the access key."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE": self.store_endpoint,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "x",  # the emulator takes any
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def path() -> Path:
    """Where the state of this user's local system lies."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    user = str(os.getuid()) if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    folder = Path(runtime) / "instant-hosting" if runtime else Path(tempfile.gettempdir()) / f"instant-hosting-{user}"
    return folder / "local.json"


def read() -> State | None:
    """The running local system, or None; what a crash has left behind counts as none."""
    try:
        if hasattr(os, "getuid") and path().stat().st_uid != os.getuid():
            return None  # somebody else's file in a folder that everybody may write
        state = State(**json.loads(path().read_text(encoding="utf-8")))
        os.kill(state.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return state


def write(state: State) -> None:
    """Say that `state` runs."""
    path().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path().with_suffix(f".{state.pid}")
    fresh.write_text(json.dumps(asdict(state)), encoding="utf-8")
    fresh.replace(path())


def remove(pid: int) -> None:
    """Take back what the process `pid` has said."""
    state = read()
    if state and state.pid == pid:
        path().unlink(missing_ok=True)
        if not any(path().parent.iterdir()):
            path().parent.rmdir()
