"""Each state of the dashboard's page: readable without eyes, in both schemes, from 320 to 2,560 pixels."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from dashboard.page import assemble
from tests.browser.reading import install_axe, sticks_out, stumbles
from workbench.dashboard.server import Server
from workbench.dashboard.states import STATES

WIDTHS = 320, 390, 1280, 2560
# What a person must read in a state: in words, not by colour.
WORDS = {
    "live": ["Live", "Add the autumn collection", "after a push", "Ada Lovelace", "Roll back to"],
    "empty": ["Nothing has been published yet", "Push a commit to main of ada/shop"],
    "first-build": ["The first build is running", "Source", "npm run build"],
    "building": ["Building", "Let people sort by price", "Live"],
    "held": ["New deployments wait", "Freeze until the fair is over", "Ada Lovelace", "Nothing waits yet"],
    "waiting": ["New deployments wait", "waits: Prices of the winter", "End it, and make"],
    "first-waits": ["Nothing is live", "waits", "End the hold to make it live"],
    "bad-release": ["Errors rose from 0.2 % to 4.0 %"],
    "disconnected": ["Disconnected", "There is no answer from eu-central-1", "was true 4 minutes ago", "last known"],
    "denied": ["No permission", "s3:ListBucket", "arn:aws:s3:::shop-sitebucket-1a2b3c"],
    "expired": ["Signed out", "aws sso login --profile work"],
    "refused": ["Refused", "its ledger cannot be read"],
    "loading": ["Loading", "Read 800 of 2,500 deployments"],
    "partly": ["codepipeline:ListPipelineExecutions"],
    "no-site": ["There is no site here yet", "deployments init"],
    "nowhere": ["No site can be shown", "aws sso login --profile work"],
    "stopped": ["Stopped", "Superseded", "Being removed"],
    "several": ["docs", "campaign", "this machine", "status"],
    "local": ["this machine"],
    "missing": ["No stack blog in eu-central-1", "What is live is not known", "shop"],
    "long": ["a-very-long-address-without-any-blank-in-it"],
    "many": ["2,500"],
}


@pytest.fixture(scope="module", autouse=True)
def axe(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The tool that reads as a screen reader does."""
    install_axe(tmp_path_factory)


def opened(server: Server, page: Page, state: str) -> None:
    """Open the page in this state, and wait until it is all there."""
    server.show(STATES[state]())
    page.goto(server.url)
    for words in WORDS[state]:
        expect(page.locator("body")).to_contain_text(words)
    expect(page.locator("p.loading:visible")).to_have_count((state in ("loading",) and 2) or 0)


def test_every_state_is_tried() -> None:
    assert set(STATES) == set(WORDS)


# 2,500 rows would take minutes, and are the same as fifteen
@pytest.mark.parametrize("state", [state for state in STATES if state != "many"])
def test_a_state_is_said_in_words_and_read_without_eyes_in_both_schemes(server: Server, page: Page, state: str) -> None:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    opened(server, page, state)
    assert [] == stumbles(page)
    assert 0 == page.evaluate("document.getAnimations().length")  # as somebody wishes who wants less motion
    page.emulate_media(color_scheme="dark")
    assert [] == stumbles(page, "color-contrast")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert [] == sticks_out(page)


def test_the_page_is_small_and_asks_nobody_else() -> None:
    text = assemble("token", "nonce")
    assert len(text.encode()) < 100_000
    assert {"http://www.w3.org/2000/svg"} == set(re.findall(r"https?://[\w.]+[\w/.]*", text))
    assert "innerHTML =" not in text
