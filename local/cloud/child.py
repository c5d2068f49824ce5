"""Runs builds: with all that they have started they end when this does, and what they say may be in any encoding."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from local.errors import LocalError


class Stopped(LocalError):  # noqa: N818  # a person asked for it
    """It was ended with all else."""


class Children:
    """The builds that run now; whoever makes it ends them."""

    def __init__(self) -> None:
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
            said, _ = process.communicate(timeout=seconds)
            if process not in self._running:
                raise Stopped("ended with all else")
        except subprocess.TimeoutExpired:
            raise LocalError(f"the build still runs after {seconds:.0f} seconds, the most that it has here") from None
        finally:
            if process.poll() is None:
                _end(process)
            self._running.discard(process)
        return subprocess.CompletedProcess(command, process.returncode, said, "")

    def end(self) -> None:
        """End those that run."""
        for process in list(self._running):
            self._running.discard(process)
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
