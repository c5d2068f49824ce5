"""Makes what several test processes share: the first that asks makes it, the others wait for it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def once(target: Path, make: Callable[[], object], locks: Path | None = None) -> Path:
    """`target`, which `make` leaves there if it is not there yet; the lock lies beside it, or in the folder `locks`."""
    with ((locks or target.parent) / f"{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            make()
    return target


def shared(folders: pytest.TempPathFactory) -> Path:
    """The folder of this run of the tests, the same one in each of its processes."""
    base = folders.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
