"""The command line as people call it: in this process, in one of its own, on a terminal."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deployments.__main__ import main
from generator import Settings, build_template
from generator.render import to_yaml
from workbench import ROOT

TEMPLATE = to_yaml(build_template(Settings(source="direct")))
Make = Callable[..., Path]


@dataclass(frozen=True)
class Run:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def facts(self) -> dict[str, str]:
        """Standard output as names and values, as a pipe gets them."""
        return dict(line.split("\t", 1) for line in self.out.splitlines())

    @property
    def rows(self) -> list[list[str]]:
        """Standard output as a table, as a pipe gets it."""
        return [line.split("\t") for line in self.out.splitlines()]


class Command:
    """The command line in this process, with the emulator as AWS and what `environment` adds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, *arguments: str, **environment: str) -> Run:
        with self._monkeypatch.context() as patched:
            for name, value in environment.items():
                patched.setenv(name, value)
            self._capsys.readouterr()
            status = main(list(arguments))
            return Run(status, *self._capsys.readouterr())


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """The command in a process of its own, which Ctrl-C ends, also if the tests run in a shell's background."""
    command = ["env", "--default-signal=INT,HUP", sys.executable, "-m", "deployments", *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def on_terminal(*arguments: str, width: int = 120, term: str = "xterm-256color") -> str:
    """What the command writes on a real terminal of this width, control codes and all; it must succeed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    environment = {name: text for name, text in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    command = [sys.executable, "-m", "deployments", *arguments]
    environment["TERM"] = term
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # Linux' end of a terminal
        while part := os.read(ours, 65536):
            seen += part
    os.close(ours)
    assert 0 == process.wait(60), seen
    return seen.decode()
