"""A headless Chromium and a stage for it, for each test process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser import sites
from workbench.chromium import FLAGS, Start, program
from workbench.dashboard.server import Server, serving
from workbench.dashboard.states import STATES
from workbench.stage import Stage, staged


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers."""
    expect.set_options(timeout=15_000)  # four test processes share two cores
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """A headless browser; each test has contexts of its own."""
    browser = playwright.chromium.launch(executable_path=program(), args=list(FLAGS))
    yield browser
    browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody who has never been here."""
    fresh = chromium.new_context()
    fresh.set_default_timeout(15_000)
    yield fresh
    fresh.close()


@pytest.fixture
def start(playwright: Playwright, tmp_path: Path) -> Iterator[Start]:
    """Starts a person's own browser, with preferences and arguments: one profile, and the back/forward cache on."""
    profile = tmp_path / "profile"
    started: list[BrowserContext] = []

    def start(preferences: dict[str, Any] | None = None, *arguments: str) -> BrowserContext:
        if preferences:
            (profile / "Default").mkdir(parents=True)
            (profile / "Default" / "Preferences").write_text(json.dumps(preferences))
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=program(),
            args=[*FLAGS, *arguments],
            # Playwright's own flags switch it off
            ignore_default_args=["--disable-back-forward-cache"],
        )
        context.set_default_timeout(15_000)
        started.append(context)
        return context

    yield start
    for context in started:
        context.close()


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """One deployed stack for a test process."""
    with staged() as stage:
        yield stage


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need the project with the longest build come last: it is built while the others run."""
    items.sort(key=lambda item: "pwa" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def builds(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[list[Path]]]]:
    """The builds of the projects that tests will ask for: begun at once, while tests that need none are run."""
    kept = request.config.cache.mkdir("sites")
    names = {name for item in request.session.items for name in getattr(item, "fixturenames", ())}
    with ThreadPoolExecutor(2) as aside:
        yield {project: aside.submit(sites.built, kept, project) for project in ("vite", "pwa") if project in names}


@pytest.fixture(scope="session")
def vite(builds: dict[str, Future[list[Path]]]) -> list[Path]:
    """The Vite app as one, two and three."""
    return builds["vite"].result()


@pytest.fixture(scope="session")
def pwa(builds: dict[str, Future[list[Path]]]) -> list[Path]:
    """The progressive app as one, two and three."""
    return builds["pwa"].result()


@pytest.fixture
def plain(tmp_path: Path) -> list[Path]:
    """The plain site as one, two and three."""
    return [sites.plain(tmp_path, version) for version in sites.VERSIONS]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A dashboard without a stack, whose state a test chooses."""
    with serving(STATES["live"]()) as server:
        yield server


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page on which no script fails, and which asks for nothing that its policy forbids."""
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield page
    assert [] == [text for text in wrong if "net::ERR_" not in text]  # a server that is not there
