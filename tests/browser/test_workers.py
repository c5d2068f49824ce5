"""Service workers that keep a site: what they keep is of one version, also when a third one is published meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from local.edge.events import Request
from local.edge.location import World
from tests.browser.progressive import READY, SHOWN, WATCH_UPDATE, kept
from workbench.protections import CACHE_BUST, POLLS, WORKER_INSTALLS, WORKER_IS_NEW, WORKER_MOVES, Protection
from workbench.stage import Served, Stage, until, world_name

# both ends of what AWS does not say; what lies between is tried with pages
WORLDS = pytest.mark.parametrize("world", [World(), World(False, False)], ids=world_name)
WORKBOX, ANGULAR = "/", "/?worker=/ngsw-worker.js"


def installing(request: Request) -> bool:
    """Whether Workbox's worker asks, while it installs, for a file to keep."""
    return request.headers.get("referer", "").endswith("/sw.js") and "/workbox-" not in request.path


def third_while_installing(stage: Stage, page: Page, served: Served, pwa: list[Path]) -> None:
    """The page's worker updates to the second version, and the third is published before it has its files."""
    page.goto(served.url + WORKBOX)
    page.wait_for_function(READY)
    assert ["one"] * 4 == page.evaluate(SHOWN)
    stage.publish(pwa[1], "spa")
    with served.holding(installing) as let_go:
        page.evaluate(WATCH_UPDATE)
        until(lambda: served.waiting, lambda count: count > 0)
        stage.publish(pwa[2], "spa")
        let_go()
        assert "activated" == page.evaluate("window.updated")


@WORLDS
def test_what_workbox_keeps_is_of_one_version_and_the_next_navigation_shows_it(
    stage: Stage, context: BrowserContext, pwa: list[Path], world: World
) -> None:
    stage.publish(pwa[0], "spa")
    page = context.new_page()
    with stage.serving(world) as served:
        third_while_installing(stage, page, served, pwa)
        assert [{"two"}] == list(kept(page).values())
        page.reload()
        assert ["two"] * 4 == page.evaluate(SHOWN)
        page.evaluate(WATCH_UPDATE)
        until(lambda: kept(page), lambda found: list(found.values()) == [{"three"}])
        page.goto(served.url + WORKBOX)
        assert ["three"] * 4 == page.evaluate(SHOWN)


@pytest.mark.parametrize(
    ("without", "mixture"),
    [(WORKER_MOVES, {"one", "two"}), (WORKER_INSTALLS, {"two", "three"})],
    ids=["worker scripts do not move the pin", "installing workers get what is new"],
)
def test_what_workbox_keeps_is_a_mixture_without_the_protections(
    stage: Stage, context: BrowserContext, pwa: list[Path], without: Protection, mixture: set[str]
) -> None:
    stage.publish(pwa[0], "spa")
    page = context.new_page()
    with stage.serving(without=without) as served:
        third_while_installing(stage, page, served, pwa)
        assert [mixture] == list(kept(page).values())


UPDATE = (
    "navigator.serviceWorker.ready.then((one) => one.update()).then((one) => Boolean(one.installing || one.waiting))"
)


@pytest.mark.parametrize("without", [None, WORKER_IS_NEW], ids=["as shipped", "worker scripts follow the pin"])
def test_a_worker_updates_because_its_script_does_not_follow_the_pin(
    stage: Stage, context: BrowserContext, pwa: list[Path], without: Protection | None
) -> None:
    stage.publish(pwa[0], "spa")
    page = context.new_page()
    with stage.serving(without=without) as served:
        page.goto(served.url + WORKBOX)
        page.wait_for_function(READY)
        stage.publish(pwa[1], "spa")
        assert page.evaluate(UPDATE) == (without is None)
        until(lambda: kept(page), lambda found: list(found.values()) == [{"two" if without is None else "one"}])


CHECK = """() => new Promise((done) => {
  const nonce = Math.floor(Math.random() * 1e9);
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    if (data.type === 'OPERATION_COMPLETED' && data.nonce === nonce) done(data.result ?? data.error);
  });
  navigator.serviceWorker.controller.postMessage({ action: 'CHECK_FOR_UPDATES', nonce });
})"""


def open_with_angular(page: Page, served: Served) -> None:
    """Open the page, and once more under the worker, which keeps the first version."""
    page.goto(served.url + ANGULAR)
    page.wait_for_function(READY)
    until(lambda: kept(page), lambda found: list(found.values()) == [{"one"}])
    page.goto(served.url + ANGULAR)
    assert ["one"] * 4 == page.evaluate(SHOWN)


@WORLDS
def test_what_angulars_worker_keeps_is_of_one_version_and_it_finds_the_newest(
    stage: Stage, context: BrowserContext, pwa: list[Path], world: World
) -> None:
    stage.publish(pwa[0], "spa")
    page = context.new_page()
    with stage.serving(world) as served:
        open_with_angular(page, served)
        stage.publish(pwa[1], "spa")
        with served.holding(lambda request: request.path == "/version.json") as let_go:
            page.evaluate(f"window.checked = ({CHECK})().catch(String); 0")
            until(lambda: served.waiting, lambda count: count > 0)
            stage.publish(pwa[2], "spa")
            let_go()
            page.evaluate("window.checked")
        assert all(len(versions) == 1 for versions in kept(page).values())

        def newest() -> list[str]:
            page.evaluate(CHECK)
            page.goto(served.url + ANGULAR)
            seen: list[str] = page.evaluate(SHOWN)
            assert len(set(seen)) == 1
            return seen

        until(newest, lambda seen: seen == ["three"] * 4)


@pytest.mark.parametrize(
    ("without", "finds", "shown"),
    # a worker that finds other files than its list names gives up, and passes all on to the network
    [(None, True, "two"), (POLLS, False, "one"), (CACHE_BUST, False, "two")],
    ids=["as shipped", "what it asks for follows the pin", "only its list of files does not"],
)
def test_angulars_worker_updates_because_what_it_compares_does_not_follow_the_pin(
    stage: Stage, context: BrowserContext, pwa: list[Path], without: Protection | None, finds: bool, shown: str
) -> None:
    stage.publish(pwa[0], "spa")
    page = context.new_page()
    with stage.serving(without=without) as served:
        open_with_angular(page, served)
        stage.publish(pwa[1], "spa")
        assert page.evaluate(CHECK) is finds
        page.goto(served.url + ANGULAR)
        assert [shown] * 4 == page.evaluate(SHOWN)
