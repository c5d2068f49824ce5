"""Runs builds: with all that they have started they end when this does, and what they say may be in any encoding."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local.errors import LocalError


class Stopped(LocalError):  # noqa: N818  # a person asked for it
    """It was ended with all else."""


# Told of a build that goes on: for how many seconds it has, and what it said last
Waiting = Callable[[int, str], None]
_TELL_SECONDS = 15  # until somebody who sees nothing wonders


class Children:
    """The builds that run now; whoever makes it ends them, and `waiting` is told while one goes on."""

    def __init__(self, waiting: Waiting | None = None) -> None:
        self._waiting = waiting
        self._running: set[subprocess.Popen[str]] = set()

    def run(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], seconds: float | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `command` in `folder` to its end, at most for `seconds`; it is asked nothing, and heard."""
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,  # as in a log, where both stand in the order in which they were written
            text=True,
            errors="replace",
            start_new_session=True,  # so that it can be ended with all that it has started
        )
        self._running.add(process)
        try:
            said = self._heard(process, seconds)
            if process not in self._running:
                raise Stopped("ended with all else")
        finally:
            if process.poll() is None:
                _end(process)
                process.wait()
            self._running.discard(process)
            if process.stdout:
                process.stdout.close()
        return subprocess.CompletedProcess(command, process.returncode, said, "")

    def _heard(self, process: subprocess.Popen[str], most: float | None) -> str:
        """All that it says until its end."""
        began = time.monotonic()
        while True:
            left = _TELL_SECONDS if most is None else min(_TELL_SECONDS, max(0, began + most - time.monotonic()))
            try:
                return process.communicate(timeout=left)[0]
            except subprocess.TimeoutExpired as so_far:
                past = time.monotonic() - began
                if most is not None and past >= most:
                    what = f"the build still runs after {most:.0f} seconds, the most that it has here"
                    raise LocalError(f"{what}: give a build command that ends, not a server's") from None
                if self._waiting:
                    said = (so_far.output or b"").decode(errors="replace").strip().splitlines()
                    self._waiting(round(past), said[-1] if said else "")

    def end(self) -> None:
        """End those that run."""
        for process in list(self._running):
            self._running.discard(process)
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
