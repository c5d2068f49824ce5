"""Starts `python -m local` as a person does, and looks what is left of it afterwards."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from workbench import ROOT

SECONDS = 60


class Running:
    """The command, its lines, and the folder that all it makes must be in."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process, self.folder = process, folder
        self.lines: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._queue.put(line.rstrip("\n"))
        self._queue.put(None)

    def until(self, start: str) -> str:
        """The rest of the first line from now on that begins with `start`."""
        end = time.monotonic() + SECONDS
        while True:
            line = self._queue.get(timeout=max(0.01, end - time.monotonic()))
            assert line is not None, f"it ended without {start!r}: {self.lines}"
            self.lines.append(line)
            if line.startswith(start):
                return line.removeprefix(start).strip()

    def ended(self) -> tuple[int, str]:
        """Its exit status and its last words."""
        status = self.process.wait(SECONDS)
        self._thread.join(SECONDS)
        while not self._queue.empty():
            if (line := self._queue.get()) is not None:
                self.lines.append(line)
        return status, self.lines[-1] if self.lines else ""

    def processes(self) -> dict[int, str]:
        """The processes that it has started and that are still there, by their command."""
        started = {}
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and int(entry.name) != self.process.pid:
                    words = (entry / "cmdline").read_bytes()
                    if str(self.folder).encode() in words + (entry / "environ").read_bytes():
                        started[int(entry.name)] = words.replace(b"\0", b" ").decode()
        return started

    def leaves_nothing(self) -> None:
        """Neither a process nor a file is left, a moment later."""
        end = time.monotonic() + 10
        while (left := (self.processes(), sorted(self.folder.rglob("*")))) != ({}, []):
            assert time.monotonic() < end, left
            time.sleep(0.05)


@contextlib.contextmanager
def running(folder: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """`python -m local` with these arguments; temporary files and its state go into `folder`."""
    folder.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "local", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder), "XDG_RUNTIME_DIR": str(folder), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    command = Running(process, folder)
    try:
        yield command
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(SECONDS)
        command.ended()
        if process.stdout:
            process.stdout.close()


def text(url: str, **headers: str) -> str:
    """What is served there."""
    request = urllib.request.Request(url, headers={"Accept": "text/html", **headers})
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        body: str = answer.read().decode()
    return body
