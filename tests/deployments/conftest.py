"""Fixtures of the command line's tests: a deployed site of the direct template, and the command as people call it."""

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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.httpsession import URLLib3Session

from deployments.__main__ import main
from generator import Settings, build_template
from generator.render import to_yaml
from local.cloud.emulator import Emulator
from workbench import ROOT
from workbench.site import Site, deployed

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


@pytest.fixture
def environment(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """The emptied emulator, and this process's environment such that it stands for AWS."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "GITHUB_", "CI_", "GITLAB_"))]:
        monkeypatch.delenv(name)
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    return aws


@pytest.fixture
def site(environment: Emulator) -> Iterator[Site]:
    """A deployed site without any deployment."""
    with deployed(environment, TEMPLATE) as site:
        yield site


@pytest.fixture
def run(environment: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a folder of files, given as path=text; index.html is there without being named."""

    def write(files: Mapping[str, str | bytes] | None = None, name: str = "out") -> Path:
        for path, text in {"index.html": "<h1>hello</h1>", **(files or {})}.items():
            target = tmp_path / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path / name

    return write


@pytest.fixture
def publish(run: Command, make: Make) -> Callable[..., str]:
    """Publish a small site as people do; give its ID."""

    def publish(text: str, *arguments: str) -> str:
        ended = run("publish", str(make({"index.html": text})), "--routing", "mixed", "--json", *arguments)
        assert ended.status == 0, ended.err
        identity: str = ended.json["after"]
        return identity

    return publish


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Every request to AWS, as method and URL."""
    requests: list[tuple[str, str]] = []
    send = URLLib3Session.send

    def noted(self: URLLib3Session, request: Any) -> Any:
        requests.append((request.method, request.url))
        return send(self, request)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(URLLib3Session, "send", noted)
    return requests


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    """The command in a process of its own, which Ctrl-C ends, also if the tests run in a shell's background."""
    command = ["env", "--default-signal=INT", sys.executable, "-m", "deployments", *arguments]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def on_terminal(*arguments: str, width: int = 120) -> str:
    """What the command writes on a real terminal of this width, control codes and all; it must succeed."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    environment = {name: text for name, text in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    command = [sys.executable, "-m", "deployments", *arguments]
    environment["TERM"] = "xterm-256color"
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # Linux' end of a terminal
        while part := os.read(ours, 65536):
            seen += part
    os.close(ours)
    assert 0 == process.wait(60), seen
    return seen.decode()
