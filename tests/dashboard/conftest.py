"""What the dashboard's tests share: one emulated AWS with a site that has a pipeline, and its page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboard.sites import OnThisMachine
from local.cloud.stack import Stack
from local.cloud.system import deployed
from local.commands.pipeline import parameters_of
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
