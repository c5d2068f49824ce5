"""Pages inside pages, and pages fetched before anybody asked: they follow the open page, whatever is live."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.sites import FETCHED, SHOWN
from workbench.protections import FRAMES_STAY, PIN, SPECULATION, Protection
from workbench.stage import Served, Stage, until

FRAME = """(path) => new Promise((done) => {
  const frame = document.createElement('iframe');
  frame.onload = () => done(frame.contentDocument.body.dataset.version);
  frame.src = path;
  document.body.append(frame);
})"""
SPECULATE = """([kind, path]) => {
  const script = document.createElement('script');
  script.type = 'speculationrules';
  script.textContent = JSON.stringify({ [kind]: [{ source: 'list', urls: [path], eagerness: 'immediate' }] });
  document.head.append(script);
}"""


@pytest.mark.parametrize(
    "without", [None, PIN, FRAMES_STAY], ids=["as shipped", "without the pin", "frames move the pin"]
)
def test_a_frame_loaded_after_the_switch_and_the_next_fetch_are_of_the_pages_version(
    stage: Stage, context: BrowserContext, plain: list[Path], without: Protection | None
) -> None:
    stage.publish(plain[0])
    page = context.new_page()
    with stage.serving(without=without) as served:
        page.goto(served.url)
        stage.publish(plain[1])
        seen = [page.evaluate(FRAME, "/about"), page.evaluate(FETCHED)]
        assert (["one", "one"] if without is None else ["two", "two"]) == seen


def speculate(page: Page, served: Served, kind: str) -> list[int]:
    """Let the browser fetch /about ahead; the statuses that it got."""
    page.evaluate(SPECULATE, [kind, "/about"])

    def answers() -> list[int]:
        page.evaluate("0")  # lets the browser's events in
        ahead = [visit for visit in served.visits if visit.target == "/about" and "sec-purpose" in visit.headers]
        assert all("prefetch" in visit.headers["sec-purpose"] for visit in ahead)
        return [visit.status for visit in ahead]

    return until(answers, bool)


@pytest.mark.parametrize("kind", ["prefetch", "prerender"])
@pytest.mark.parametrize("without", [None, SPECULATION], ids=["as shipped", "speculation moves the pin"])
def test_speculation_across_a_switch_leaves_the_page_alone_and_the_click_is_whole(
    stage: Stage, context: BrowserContext, plain: list[Path], kind: str, without: Protection | None
) -> None:
    stage.publish(plain[0])
    page = context.new_page()
    with stage.serving(without=without) as served:
        page.goto(served.url)
        stage.publish(plain[1])
        answered = speculate(page, served, kind)
        if without is not None:
            assert [200] == answered
            page.wait_for_timeout(200)
            assert "two" == page.evaluate(FETCHED)
            return
        assert [503] == answered
        assert "one" == page.evaluate(FETCHED)
        with page.expect_navigation():
            page.click("text=About")
        style = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--version')")
        assert ("two", '"two"') == (page.get_attribute("body", "data-version"), style.strip())


def test_speculation_within_one_version_is_served(stage: Stage, context: BrowserContext, plain: list[Path]) -> None:
    stage.publish(plain[0])
    page = context.new_page()
    with stage.serving() as served:
        page.goto(served.url)
        assert ["one"] * 4 == page.evaluate(SHOWN)
        assert [200] == speculate(page, served, "prefetch")
