"""Runs builds: with all that they have started they end when this does, and what they say may be in any encoding."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from local.errors import LocalError


class Stopped(LocalError):  # noqa: N818  # a person asked for it
    """It was ended with all else."""


_running: set[subprocess.Popen[str]] = set()


def run(command: Sequence[str], seconds: float | None = None, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run `command` to its end, at most for `seconds`; it is asked nothing, and heard."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
        start_new_session=True,  # so that it can be ended with all that it has started
        **options,
    )
    _running.add(process)
    try:
        out, err = process.communicate(timeout=seconds)
        if process not in _running:
            raise Stopped("ended with all else")
    except subprocess.TimeoutExpired:
        raise LocalError(f"the build still runs after {seconds:.0f} seconds, which is too long here") from None
    finally:
        if process.poll() is None:
            _end(process)
        _running.discard(process)
    return subprocess.CompletedProcess(command, process.returncode, out, err or "")


def end_all() -> None:
    """End those that run."""
    for process in list(_running):
        _running.discard(process)
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
