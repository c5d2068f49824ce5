"""Two edge locations that disagree: the store's content reaches one at once and the other later.

`PAGES=1000 SWITCHES=50 LAG=2` is the whole search (`make edges`); the test is a short one.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from itertools import cycle, pairwise
from pathlib import Path

from playwright.sync_api import BrowserContext

from tests.browser.sites import SHOWN
from workbench.protections import PIN, Protection
from workbench.stage import Stage

PAGES = int(os.environ.get("PAGES", "60"))
SWITCHES = int(os.environ.get("SWITCHES", "6"))
LAG = float(os.environ.get("LAG", "0.5"))


def hop(
    stage: Stage,
    context: BrowserContext,
    plain: list[Path],
    without: Protection | None = None,
    enough: Callable[[list[str]], bool] = lambda _: False,
) -> list[tuple[str, list[str]]]:
    """What was live and what was shown, for each page of one tab that every request may lead to either location.

    It ends after a page that is `enough`.
    """
    versions = cycle(zip(("one", "two", "three"), [stage.upload(site) for site in plain], strict=True))
    live, deployment = next(versions)
    stage.switch(deployment)
    chance = random.Random(2)
    seen: list[tuple[str, list[str]]] = []
    page = context.new_page()

    def switch(deployment: str) -> None:
        threading.Event().wait(chance.random() * 0.1)  # somewhere within the page's load
        stage.switch(deployment)

    with stage.serving(lags=(0, LAG), without=without) as served:
        page.wait_for_timeout(LAG * 1000 + 200)
        for number in range(PAGES):
            thread = None
            if number * SWITCHES // PAGES != (number + 1) * SWITCHES // PAGES:
                live, deployment = next(versions)
                thread = threading.Thread(target=switch, args=(deployment,))
                thread.start()
            page.goto(served.url + chance.choice(("/", "/", "/index.html")))
            seen.append((live, page.evaluate(SHOWN)))
            if thread:
                thread.join()
            if enough(seen[-1][1]):
                break
    print(f"{PAGES} pages, {SWITCHES} switches, {sum(live != shown[0] for live, shown in seen)} of an older version")
    return seen


def mixed(shown: list[str]) -> bool:
    """Whether a page is of more than one version."""
    return len(set(shown)) > 1


def older_after_newer(seen: list[tuple[str, list[str]]]) -> bool:
    """Whether a page of the live version was followed by one of an older version."""
    return any(earlier[0] == live != later[0] for (_, earlier), (live, later) in pairwise(seen))


def test_no_page_is_a_mixture_but_an_older_one_may_follow_a_newer(
    stage: Stage, context: BrowserContext, plain: list[Path]
) -> None:
    rounds: list[list[tuple[str, list[str]]]] = []
    while len(rounds) < 3 and not any(map(older_after_newer, rounds)):  # on a busy machine a page can take the lag
        rounds.append(hop(stage, context, plain))
    for seen in rounds:
        assert [] == [shown for _, shown in seen if mixed(shown)]
        assert {"one", "two", "three"} == {shown[0] for _, shown in seen}
    assert any(map(older_after_newer, rounds))  # the limit: docs/consistency.md


def test_without_the_pin_pages_are_mixtures(stage: Stage, context: BrowserContext, plain: list[Path]) -> None:
    seen = hop(stage, context, plain, PIN, enough=mixed)
    assert mixed(seen[-1][1])
