"""The promise at a switch, in a browser: pages that load, tabs that stay open, reloads, and going back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from local.edge.events import Request
from local.edge.location import World
from tests.browser import sites
from tests.browser.opening import WITH_AND_WITHOUT_POOL, opens_settings
from tests.browser.sites import SHOWN
from workbench.protections import FULL_ANSWER, MOVE, PIN, POOL, RELOAD_STAYS, Protection
from workbench.stage import WORLDS, Served, Stage, until, world_name

ALL_WORLDS = pytest.mark.parametrize("world", WORLDS, ids=world_name)
NOTHING_HANDED_ON = World(handed_on=False, metadata_on_304=False)


def subresource(request: Request) -> bool:
    """Whether a page asks for something else than a page."""
    return request.headers.get("sec-fetch-dest") != "document" and request.path != "/favicon.ico"


def complaints(page: Page) -> list[str]:
    """What goes wrong in the page from now on: errors in its console, exceptions, answers that are errors."""
    found: list[str] = []

    def note(text: str) -> None:
        if "favicon" not in text:
            found.append(text)

    page.on("pageerror", lambda error: note(str(error)))
    page.on("console", lambda message: note(f"{message.text} {message.location}") if message.type == "error" else None)
    page.on("response", lambda answer: note(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    return found


def switch_while_loading(stage: Stage, page: Page, served: Served, new: str) -> None:
    """Open the page, and switch while every one of its subresources is on its way."""
    with served.holding(subresource) as let_go:
        page.goto(served.url, wait_until="commit")
        until(lambda: served.waiting, lambda count: count > 0)
        stage.switch(new)
        let_go()
        page.wait_for_load_state("load")


@ALL_WORLDS
def test_a_page_that_loads_during_a_switch_is_of_one_version(
    stage: Stage, context: BrowserContext, plain: list[Path], world: World
) -> None:
    new = stage.upload(plain[1])
    stage.publish(plain[0])
    page = context.new_page()
    wrong = complaints(page)
    with stage.serving(world) as served:
        switch_while_loading(stage, page, served, new)
        assert ["one", "one", "one", "one"] == page.evaluate(SHOWN)
        assert [] == wrong
        page.reload()
        assert ["two", "two", "two", "two"] == page.evaluate(SHOWN)


def test_without_the_pin_a_page_that_loads_during_a_switch_is_a_mixture(
    stage: Stage, context: BrowserContext, plain: list[Path]
) -> None:
    new = stage.upload(plain[1])
    stage.publish(plain[0])
    page = context.new_page()
    with stage.serving(without=PIN) as served:
        switch_while_loading(stage, page, served, new)
        assert ["one", "two", "two", "two"] == page.evaluate(SHOWN)


@pytest.mark.parametrize("protected", [True, False], ids=["as shipped", "without pool and pin"])
def test_an_app_that_loads_during_a_switch_finds_its_bundles(
    stage: Stage, context: BrowserContext, vite: list[Path], protected: bool
) -> None:
    stage.publish(vite[0], "spa", pool=protected)
    page = context.new_page()
    wrong = complaints(page)
    with stage.serving(without=None if protected else POOL & PIN) as served, served.holding(subresource) as let_go:
        page.goto(served.url, wait_until="commit")
        until(lambda: served.waiting, lambda count: count > 0)
        stage.publish(vite[1], "spa", pool=protected)
        let_go()
        page.wait_for_load_state("load")
        if protected:
            assert "one" == page.inner_text("#version")
            assert [] == wrong
        else:
            assert 0 == page.locator("#version").count()
            assert any(one.startswith("404 ") and "/assets/index-" in one for one in wrong)


@WITH_AND_WITHOUT_POOL
def test_an_old_tab_finds_its_lazy_chunk_after_two_deployments(
    stage: Stage, context: BrowserContext, vite: list[Path], pool: bool
) -> None:
    stage.publish(vite[0], "spa", pool=pool)
    page, other = context.new_page(), context.new_page()
    wrong = complaints(page)
    with stage.serving(without=None if pool else POOL) as served:
        page.goto(served.url)
        page.wait_for_selector("#version")
        stage.publish(vite[1], "spa", pool=pool)
        stage.publish(vite[2], "spa", pool=pool)
        other.goto(served.url)  # moves the pin that both tabs share
        other.wait_for_selector("#version")
        assert (200 if pool else 404) == opens_settings(page)
        if pool:
            assert "Settings of one" == page.inner_text("#settings")
            assert [] == wrong


@WITH_AND_WITHOUT_POOL
@pytest.mark.parametrize("first", ["old", "new"])
def test_two_tabs_on_two_versions_keep_their_hashed_files(
    stage: Stage, context: BrowserContext, vite: list[Path], pool: bool, first: str
) -> None:
    """The pin is the second tab's; the `first` one is of the older version, or after a rollback of the newer."""
    versions = ["one", "two"] if first == "old" else ["two", "one"]
    old = stage.publish(vite[0], "spa", pool=pool)
    new = stage.publish(vite[1], "spa", pool=pool)
    tabs = [context.new_page(), context.new_page()]
    with stage.serving(without=None if pool else POOL) as served:
        for tab, version in zip(tabs, versions, strict=True):
            stage.switch({"one": old, "two": new}[version])
            tab.goto(served.url)
            assert version == tab.inner_text("#version")
        assert [200 if pool else 404, 200] == [opens_settings(tab) for tab in tabs]
        for tab, version in list(zip(tabs, versions, strict=True))[0 if pool else 1 :]:
            assert f"Settings of {version}" == tab.inner_text("#settings")


@ALL_WORLDS
def test_reload_shows_the_new_version_at_once_also_when_only_a_stylesheet_changed(
    stage: Stage, context: BrowserContext, tmp_path: Path, world: World
) -> None:
    first, second = (sites.plain(tmp_path, version, page=False) for version in ("one", "two"))
    stage.publish(first)
    page = context.new_page()
    with stage.serving(world) as served:
        page.goto(served.url)
        assert ["same", "one", "one", "one"] == page.evaluate(SHOWN)
        stage.publish(second)
        page.reload()
        assert ["same", "two", "two", "two"] == page.evaluate(SHOWN)
        page.reload()  # nothing has changed now: the page is answered 304, and stays of its version
        assert 304 in [visit.status for visit in served.visits if visit.target == "/"]
        assert ["same", "two", "two", "two"] == page.evaluate(SHOWN)


def test_a_304_for_an_unchanged_page_would_leave_the_old_files(
    stage: Stage, context: BrowserContext, tmp_path: Path
) -> None:
    first, second = (sites.plain(tmp_path, version, page=False) for version in ("one", "two"))
    stage.publish(first)
    page = context.new_page()
    with stage.serving(NOTHING_HANDED_ON, without=FULL_ANSWER) as served:
        page.goto(served.url)
        stage.publish(second)
        page.reload()
        assert ["same", "one", "one", "one"] == page.evaluate(SHOWN)


@pytest.mark.parametrize("without", [None, MOVE], ids=["as shipped", "navigations do not move the pin"])
def test_reload_shows_what_was_rolled_back_to(
    stage: Stage, context: BrowserContext, plain: list[Path], without: Protection | None
) -> None:
    old = stage.publish(plain[0])
    stage.publish(plain[1])
    page = context.new_page()
    with stage.serving(without=without) as served:
        page.goto(served.url)
        assert ["two"] * 4 == page.evaluate(SHOWN)
        stage.switch(old)
        page.reload()
        assert (["one"] if without is None else ["two"]) * 4 == page.evaluate(SHOWN)


@pytest.mark.parametrize("way", ["hard reload", "developer tools"])
@pytest.mark.parametrize("without", [None, RELOAD_STAYS], ids=["as shipped", "no-cache is always new"])
def test_a_load_that_passes_the_browsers_cache_by_is_of_one_version(
    stage: Stage, context: BrowserContext, plain: list[Path], way: str, without: Protection | None
) -> None:
    new = stage.upload(plain[1])
    stage.publish(plain[0])
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    with stage.serving(without=without) as served:
        page.goto(served.url)
        if way == "developer tools":
            tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        before = len(served.visits)
        with served.holding(subresource) as let_go:
            tools.send("Page.reload", {"ignoreCache": way == "hard reload"})
            until(lambda: served.waiting, lambda count: count > 0)
            stage.switch(new)
            with page.expect_event("load"):
                let_go()
        asked = [visit for visit in served.visits[before:] if visit.target == "/style.css"]
        assert ["no-cache"] == [visit.headers.get("cache-control") for visit in asked]
        html, style, script, _ = page.evaluate(SHOWN)  # what it fetches asks for what is new: docs/consistency.md
        assert ("one", without is None) == (html, ["one", "one"] == [style, script])
