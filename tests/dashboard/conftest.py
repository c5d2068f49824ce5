"""What the dashboard's tests share: one emulated AWS with a site that has a pipeline, and its page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboard.sites import OnThisMachine
from local.cloud.stack import Stack
from local.cloud.system import deployed
from tests.dashboard.opened import Opened, opened
from workbench.dashboards import system_of
from workbench.site import GIT_PARAMETERS


@pytest.fixture(scope="module")
def shop() -> Iterator[Stack]:
    """A site with a pipeline, without any deployment."""
    with deployed("git", "shop", **GIT_PARAMETERS, Framework="static") as stack:
        yield stack


@pytest.fixture(scope="module")
def page(shop: Stack) -> Iterator[Opened]:
    """Its page, open."""
    with opened(OnThisMachine(system_of(shop, "http://localhost:1"))) as page:
        yield page
