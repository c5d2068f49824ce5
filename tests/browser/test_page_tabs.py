"""The dashboard's page in several tabs, and over a restart of its program."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Page, expect

from workbench.dashboard.server import Server
from workbench.dashboard.states import STATES

TABS = 8  # a browser has six plain connections for a host


def test_the_last_of_many_tabs_shows_all_and_acts(server: Server, context: BrowserContext) -> None:
    server.show(STATES["live"]())
    server.asked.clear()
    tabs = [context.new_page() for _ in range(TABS)]
    for tab in tabs:
        tab.goto(server.url)
        expect(tab.locator(".row")).to_have_count(11)
    last = tabs[-1]
    last.locator("#rollback").click()
    last.locator("#question-yes").click()
    expect(last.locator("dialog[open]")).to_have_count(0)
    assert ["rollback"] == [asked["action"] for asked in server.asked]
    server.show(STATES["building"]())
    for tab in tabs:
        tab.bring_to_front()
        expect(tab.locator("#rows")).to_contain_text("Let people sort by price")


def test_a_program_that_says_nothing_any_more_is_asked_anew(server: Server, page: Page) -> None:
    page.clock.install()
    server.show(STATES["live"]())
    page.goto(server.url)
    expect(page.locator(".row")).to_have_count(11)
    before = len(server.looked_at)
    page.clock.run_for(47_000)
    server.show(STATES["building"]())
    expect(page.locator("#rows")).to_contain_text("Let people sort by price")
    expect(page.locator("#notices")).to_be_empty()
    assert before + 1 == len(server.looked_at)
