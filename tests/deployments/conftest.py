"""Fixtures of the command line's tests: a deployed site of the direct template, and the command as people call it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.httpsession import URLLib3Session

from local.cloud.emulator import Emulator
from tests.deployments.calling import TEMPLATE, Command, Make
from tests.deployments.setting_up import VITE, SettingUp, cloned, setting_up
from workbench.site import VisitedStack, deployed


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
def site(environment: Emulator) -> Iterator[VisitedStack]:
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


@pytest.fixture
def init(environment: Emulator, run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SettingUp]:
    yield from setting_up(tmp_path / "shop", run, monkeypatch)


@pytest.fixture
def shop(init: SettingUp) -> SettingUp:
    """A Vite project that was cloned from GitHub, and an account with a connection to it."""
    init.write(VITE)
    cloned(init.folder)
    init.host.add("GitHub", "github")
    return init
