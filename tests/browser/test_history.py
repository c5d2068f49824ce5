"""Pages that come out of the browser's own memory: Back, the back/forward cache, and a session that is restored.

Most of it is a limit of docs/consistency.md and expects the mixture; some of it is better than one would think.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.opening import STYLE, VERSION, WITH_AND_WITHOUT_POOL, open_then_publish, opens_settings
from tests.browser.progressive import READY, kept
from tests.browser.progressive import SHOWN as SHOWN_BY_APP
from tests.browser.sites import FETCHED, SHOWN
from workbench.chromium import Start
from workbench.protections import PIN, POOL, Protection
from workbench.stage import Served, Stage, until

RESTORED = "window.addEventListener('pageshow', (event) => { window.restored = event.persisted; })"
WHY_NOT = "(performance.getEntriesByType('navigation')[0].notRestoredReasons?.reasons ?? []).map((one) => one.reason)"


@pytest.fixture(params=[False, True], ids=["without back/forward cache", "with back/forward cache"])
def remembers(request: pytest.FixtureRequest) -> bool:
    """Whether the browser keeps pages alive that one has left."""
    return bool(request.param)


@pytest.fixture
def historian(remembers: bool, context: BrowserContext, start: Start) -> BrowserContext:
    """A browser that goes back."""
    return start() if remembers else context


def back(page: Page) -> None:
    """Go back, also to a page that has been loaded long ago."""
    page.go_back(wait_until="commit")
    page.wait_for_function("document.body && document.body.dataset.version")


def test_back_shows_the_old_page_and_what_it_fetches_is_new(
    stage: Stage, historian: BrowserContext, remembers: bool, plain: list[Path]
) -> None:
    page = historian.new_page()
    with stage.serving() as served:
        open_then_publish(stage, page, served, plain)
        page.evaluate(RESTORED)
        page.goto(served.url + "/about")
        back(page)
        assert (remembers or None) == page.evaluate("window.restored")
        assert ("one", "two") == (page.evaluate(VERSION), page.evaluate(FETCHED))
        # what the page in between has loaded in the new version replaces what a page that is built again needs
        assert ("one" if remembers else "two") == page.evaluate(STYLE)


def test_a_shared_worker_of_a_page_that_was_left_lives_as_long_as_the_back_forward_cache_keeps_the_page(
    stage: Stage, historian: BrowserContext, remembers: bool, plain: list[Path]
) -> None:
    for version, site in zip(("one", "two"), plain, strict=False):
        (site / "shared.js").write_text(f"onconnect = (event) => event.ports[0].postMessage('{version}');")
    ask = "new Promise((done) => { new SharedWorker('/shared.js').port.onmessage = (event) => done(event.data); })"
    page = historian.new_page()
    with stage.serving() as served:
        stage.publish(plain[0])
        page.goto(served.url)
        assert "one" == page.evaluate(ask)
        stage.publish(plain[1])
        page.goto(served.url + "/about")
        assert ("two", "one" if remembers else "two") == (page.evaluate(VERSION), page.evaluate(ask))


def test_back_to_a_page_whose_service_worker_has_updated_is_the_new_page_whole(
    stage: Stage, historian: BrowserContext, remembers: bool, pwa: list[Path]
) -> None:
    """Chromium drops such pages from its back/forward cache."""
    page = historian.new_page()
    with stage.serving() as served:
        stage.publish(pwa[0], "spa")
        page.goto(served.url)
        page.wait_for_function(READY)
        page.goto(served.url + "/?left")
        assert ["one"] * 4 == page.evaluate(SHOWN_BY_APP)
        stage.publish(pwa[1], "spa")
        page.goto(served.url + "/?next")
        until(lambda: kept(page), lambda found: list(found.values()) == [{"two"}])
        page.go_back(wait_until="commit")
        assert ["two"] * 4 == page.evaluate(SHOWN_BY_APP)
        assert page.url.endswith("/?left")
        assert (["serviceworker-version-activated"] if remembers else []) == page.evaluate(WHY_NOT)


def restart(context: BrowserContext, start: Start, served: Served) -> Page:
    """Close the browser with its tabs and start it again, to continue where it was left; the site's tab."""
    context.close()
    again = start(None, "--restore-last-session")
    blank = again.pages[0]  # the driver's own; asking it something lets the browser's events in

    def tabs() -> list[Page]:
        blank.evaluate("0")
        return [page for page in again.pages if page.url.startswith(served.url)]

    (page,) = until(tabs, bool)
    page.wait_for_load_state()
    return page


@pytest.mark.parametrize("without", [None, PIN], ids=["as shipped", "without the pin"])
def test_a_restored_tab_is_the_old_page_whole_and_its_reload_the_new_one(
    stage: Stage, start: Start, plain: list[Path], without: Protection | None
) -> None:
    context = start()
    with stage.serving(without=without) as served:
        open_then_publish(stage, context.pages[0], served, plain)
        before = len(served.visits)
        page = restart(context, start, served)
        assert ["one"] * 4 == page.evaluate(SHOWN)
        assert "/" not in [visit.target for visit in served.visits[before:]]  # the browser did not ask
        assert ("one" if without is None else "two") == page.evaluate(FETCHED)
        page.reload()
        assert ["two"] * 4 == page.evaluate(SHOWN)


@pytest.mark.parametrize("moved_by", ["another tab", "more than a day"])
def test_a_restored_tab_whose_pin_has_moved_is_a_mixture(
    stage: Stage, start: Start, plain: list[Path], moved_by: str
) -> None:
    context = start()
    with stage.serving() as served:
        open_then_publish(stage, context.pages[0], served, plain)
        if moved_by == "another tab":
            other = context.new_page()
            other.goto(served.url + "/about")
            other.close()
        else:
            context.clear_cookies()
        page = restart(context, start, served)
        assert ("one", "two") == (page.evaluate(VERSION), page.evaluate(FETCHED))
        # /about has brought the new stylesheet into the browser's memory
        assert ("two" if moved_by == "another tab" else "one") == page.evaluate(STYLE)


@WITH_AND_WITHOUT_POOL
def test_a_restored_tab_of_an_app_finds_its_lazy_chunk(
    stage: Stage, start: Start, vite: list[Path], pool: bool
) -> None:
    stage.publish(vite[0], "spa", pool=pool)
    context = start()
    with stage.serving(without=None if pool else POOL) as served:
        page = context.pages[0]
        page.goto(served.url)
        assert "one" == page.inner_text("#version")
        stage.publish(vite[1], "spa", pool=pool)
        other = context.new_page()
        other.goto(served.url + "/elsewhere")  # the same address would bring the new page into the browser's memory
        other.close()
        page = restart(context, start, served)
        assert "one" == page.inner_text("#version")
        assert (200 if pool else 404) == opens_settings(page)
