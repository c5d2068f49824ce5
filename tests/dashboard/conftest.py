"""What the dashboard's tests share: one emulated AWS with a site that has a pipeline, and its page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.sites import OnThisMachine
from local.cloud.emulator import Emulator
from local.cloud.stack import Stack
from local.cloud.system import deployed
from local.commands.pipeline import parameters_of
from tests.dashboard.logins import At, Login, write_login
from tests.dashboard.opened import Opened, opened
from workbench.dashboards import system_of

BUILD = "mkdir -p dist && cp *.html dist && grep -v broken version.txt && cp version.txt dist"


@pytest.fixture(scope="module")
def shop() -> Iterator[Stack]:
    """A site with a pipeline, without any deployment."""
    with deployed("git", "shop", **parameters_of("", "", BUILD, "dist", "mixed")) as stack:
        yield stack


@pytest.fixture(scope="module")
def page(shop: Stack) -> Iterator[Opened]:
    """Its page, open."""
    with opened(OnThisMachine(system_of(shop, "http://localhost:1"))) as page:
        yield page


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> At:
    """Let this process find `emulator` as AWS, with a login in a file that is given back."""

    def at(emulator: Emulator, login: Login) -> Path:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name, value in emulator.environment().items():
            if name.startswith("AWS_ENDPOINT") or "REGION" in name:
                monkeypatch.setenv(name, value)
        file = tmp_path / "credentials"
        write_login(file, login)
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
        monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
        return file

    return at
