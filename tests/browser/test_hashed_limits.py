"""Where the promise ends for hashed files, once a build has other bytes under a name: docs/consistency.md."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from workbench.chromium import Start
from workbench.stage import Stage

SCRIPT, LAZY = "assets/index-BdE8sX2_.js", "assets/lazy-Xk29dLa0.js"
LOADED = f"import('/{LAZY}').then((found) => found.default, () => 'missing')"


@pytest.fixture
def builds(tmp_path: Path) -> list[Path]:
    """Two builds whose script has one name and different bytes; only the first has the lazy chunk."""
    for version in ("one", "two"):
        (tmp_path / version / "assets").mkdir(parents=True)
        page = f'<!doctype html><title>{version}</title><script src="/{SCRIPT}"></script>'
        (tmp_path / version / "index.html").write_text(page)
        (tmp_path / version / SCRIPT).write_text(f"window.script = '{version}';")
    (tmp_path / "one" / LAZY).write_text("export default 'lazy';")
    return [tmp_path / "one", tmp_path / "two"]


def shown(page: Page) -> tuple[str, object]:
    """The version of the page, and that of its script."""
    return page.title(), page.evaluate("window.script")


def test_who_is_new_gets_the_self_contained_deployment_whole(
    stage: Stage, context: BrowserContext, builds: list[Path]
) -> None:
    stage.publish(builds[0])
    assert "-x" in stage.publish(builds[1])
    page = context.new_page()
    with stage.serving() as served:
        page.goto(served.url)
        assert ("two", "two") == shown(page)


def test_a_returning_browser_keeps_the_bytes_that_it_has(
    stage: Stage, context: BrowserContext, builds: list[Path]
) -> None:
    stage.publish(builds[0])
    page = context.new_page()
    with stage.serving() as served:
        page.goto(served.url)
        stage.publish(builds[1])
        page.goto(served.url)
        assert ("two", "one") == shown(page)


def test_without_cookies_it_is_the_pools_bytes(stage: Stage, start: Start, builds: list[Path]) -> None:
    stage.publish(builds[0])
    stage.publish(builds[1])
    page = start({"profile": {"default_content_setting_values": {"cookies": 2}}}).pages[0]
    with stage.serving() as served:
        page.goto(served.url)
        assert ("two", "one") == shown(page)


def test_of_two_tabs_the_older_one_has_no_lazy_chunk_once_the_other_is_self_contained(
    stage: Stage, context: BrowserContext, builds: list[Path]
) -> None:
    stage.publish(builds[0])
    old, new = context.new_page(), context.new_page()
    with stage.serving() as served:
        old.goto(served.url)
        stage.publish(builds[1])
        new.goto(served.url)
        assert ("one", "missing") == (old.title(), old.evaluate(LOADED))
