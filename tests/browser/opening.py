"""What several tests do with a page, and ask it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.sites import SHOWN
from workbench.stage import Served, Stage

LOAD_SCRIPT = """(path) => new Promise((done) => {
  const script = document.createElement('script');
  script.onload = () => done(true);
  script.onerror = () => done(false);
  script.src = path;
  document.head.append(script);
})"""


VERSION = "document.body.dataset.version"
STYLE = "getComputedStyle(document.documentElement).getPropertyValue('--version').replace(/\"/g, '')"


def open_then_publish(stage: Stage, page: Page, served: Served, plain: list[Path]) -> None:
    """A page of the first version is open, and the second one is live."""
    stage.publish(plain[0])
    page.goto(served.url)
    assert ["one"] * 4 == page.evaluate(SHOWN)
    stage.publish(plain[1])


WITH_AND_WITHOUT_POOL = pytest.mark.parametrize("pool", [True, False], ids=["with the pool", "without the pool"])


def opens_settings(page: Page) -> int:
    """The status of the lazy chunk behind the link, when the link is clicked for the first time."""
    page.bring_to_front()  # behind another one it would get a frame a second
    with page.expect_response(lambda answer: "/assets/Settings" in answer.url) as chunk:
        page.click("text=Settings")
    return chunk.value.status
