"""The dashboard's page in somebody's hands: by mouse and keyboard, the focus where one acted, across restarts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.reading import install_axe, sticks_out, stumbles
from workbench.dashboard.records import Json, deployment, deployments, message, recorded, site
from workbench.dashboard.server import Server
from workbench.dashboard.states import HOLD, STATES

DONE: Json = {"outcome": "published", "text": "It is live.", "reason": "", "after": ""}
HTML = "<img src=x onerror=document.title='owned'><b>Friday</b>"


@pytest.fixture
def shop(server: Server, page: Page) -> Page:
    """The page of a shop of which four deployments are known."""
    server.show(STATES["waiting"]())
    server.asked.clear()
    server.answer = DONE
    page.emulate_media(reduced_motion="reduce")
    page.goto(server.url)
    expect(page.locator(".row")).to_have_count(6)
    return page


def after_switch(rows: list[Json], to: int) -> Any:
    """The state once the deployment at this place is live."""
    was = next(row for row in rows if row["state"] == "live")
    now = [{**row, "state": "previous" if row is was else "ready"} for row in rows if row["kind"] == "deployment"]
    target = [row for row in rows if row["kind"] == "deployment"][to]
    now[to] = {**target, "state": "live", "since": target["at"], "how": "promote", "by": "ada"}
    return recorded(message(site(now, revision="2")), now)


def focused(page: Page) -> str:
    """The ID of what has the focus."""
    return str(page.evaluate("document.activeElement.id"))


def names(page: Page) -> str:
    """What the open dialog says."""
    return page.locator("dialog[open]").inner_text()


def test_a_rollback_says_to_what_before_it_is_done_and_the_focus_stays(server: Server, shop: Page) -> None:
    rows = server.recorded.rows["eu-central-1/shop"]
    live, previous = rows[1], rows[2]
    button = shop.locator("#rollback")
    expect(button).to_have_text(f"Roll back to {previous['short']} …")
    button.focus()
    shop.keyboard.press("Enter")
    assert f"Roll back shop to {previous['short']}?" in names(shop)
    for said in (live["message"], previous["message"], "2 files added", "3 files changed", "1 file removed"):
        expect(shop.locator("dialog[open]")).to_contain_text(said)
    assert [] == server.asked
    shop.keyboard.press("Escape")
    assert "rollback" == focused(shop)
    assert [] == server.asked

    server.answer = {**DONE, "outcome": "rolled-back", "text": f"Rolled back: {previous['short']} is live."}
    shop.keyboard.press("r")
    shop.keyboard.press("Enter")  # it has the focus
    expect(shop.locator("#said")).to_contain_text(f"Rolled back: {previous['short']} is live.")
    server.show(after_switch(rows, 2))
    expect(shop.locator(".release")).to_contain_text(previous["message"])
    expect(shop.locator("#news")).to_contain_text(f"{previous['short']} is live now: {previous['message']}.")
    asked = {"site": "eu-central-1/shop", "action": "rollback", "seen": live["id"], "to": previous["id"]}
    assert [asked] == server.asked
    assert "rollback" == focused(shop)


def test_a_row_is_made_live_by_keyboard_alone_and_keeps_the_focus(server: Server, shop: Page) -> None:
    rows = server.recorded.rows["eu-central-1/shop"]
    for _ in range(5):
        shop.keyboard.press("j")
    shop.keyboard.press("k")
    shop.keyboard.press("ArrowDown")
    target = rows[4]
    assert f"open-{target['id']}" == focused(shop)
    shop.keyboard.press("Enter")
    expect(shop.locator(f"#more-{target['id']}")).to_contain_text("2 files added")
    expect(shop.locator(f"#open-{target['id']}")).to_have_attribute("aria-expanded", "true")
    shop.keyboard.press("p")
    assert f"Make {target['short']} live on shop?" in names(shop)
    shop.keyboard.press("Enter")
    expect(shop.locator("dialog[open]")).to_have_count(0)
    server.show(after_switch(rows, 3))
    expect(shop.locator(f"#row-{target['id']} .state").first).to_have_text("Live")
    assert f"open-{target['id']}" == focused(shop)
    assert ["promote"] == [asked["action"] for asked in server.asked]
    assert target["id"] == server.asked[0]["deployment"]


def test_a_rollback_can_hold_new_deployments_first(server: Server, shop: Page) -> None:
    server.show(STATES["live"]())
    expect(shop.locator("#held")).to_have_count(0)
    live = server.recorded.rows["eu-central-1/shop"][0]
    shop.keyboard.press("r")
    shop.get_by_label("Hold new deployments too").check()
    shop.locator("#question-yes").click()
    assert [] == server.asked  # without a reason
    shop.get_by_label("Why").fill("Prices are wrong")
    server.answer = {**DONE, "outcome": "refused", "text": "No."}
    shop.keyboard.press("Enter")
    expect(shop.locator("#question-said")).to_have_text("No.")
    server.answer = {**DONE, "outcome": "on-hold"}
    shop.locator("#question-yes").click()
    expect(shop.locator("dialog[open]")).to_have_count(0)
    assert ["hold", "hold", "rollback"] == [asked["action"] for asked in server.asked]
    assert live["id"] == server.asked[2]["seen"]


def test_a_tab_never_leaves_an_open_question(server: Server, shop: Page) -> None:
    shop.keyboard.press("r")
    expect(shop.locator("dialog[open] summary")).to_have_count(3)
    held = "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
    inside = set()
    for _ in range(12):
        shop.keyboard.press("Tab")
        inside.add(shop.evaluate(held))
    assert {True} == inside
    assert [] == stumbles(shop)


def test_what_changes_meanwhile_stops_a_question(server: Server, shop: Page) -> None:
    rows = server.recorded.rows["eu-central-1/shop"]
    shop.locator(f"#promote-{rows[4]['id']}").click()
    server.show(after_switch(rows, 2))
    expect(shop.locator("#question-said")).to_contain_text(f"Meanwhile {rows[2]['short']} is live")
    expect(shop.locator("#question-yes")).to_be_disabled()


def test_a_refusal_is_read_where_one_asked_and_nothing_that_was_written_is_lost(server: Server, shop: Page) -> None:
    server.show(STATES["live"]())
    server.answer = {"outcome": "refused", "text": "Refused: the ledger is full.", "reason": "the ledger is full"}
    shop.locator("#hold").click()
    reason = shop.get_by_label("Why")
    for text, problem in (("   ", "Say why"), ("é" * 101, "has at most 200 bytes, this one has 202")):
        reason.fill(text)
        shop.locator("#question-yes").click()
        assert problem in reason.evaluate("(input) => input.validationMessage")
    assert [] == server.asked
    reason.fill(HTML)
    shop.keyboard.press("Enter")
    expect(shop.locator("#question-said")).to_have_text("Refused: the ledger is full.")
    expect(reason).to_have_value(HTML)
    server.answer = {"outcome": "denied", "text": "You may not.", "remedy": "Ask for `lambda:InvokeFunction`."}
    shop.locator("#question-yes").click()
    expect(shop.locator("#question-said")).to_have_text("You may not. Ask for lambda:InvokeFunction.")
    server.answer = {**DONE, "outcome": "on-hold", "text": "New deployments wait."}
    shop.locator("#question-yes").click()
    rows = deployments()
    server.show(recorded(message(site(rows, hold={**HOLD, "reason": HTML})), rows))
    expect(shop.locator("#held .reason")).to_have_text(f"“{HTML}”")
    expect(shop.locator("#release")).to_be_focused()
    assert [HTML] * 3 == [asked["reason"] for asked in server.asked]
    assert "owned" not in shop.title()
    assert 0 == shop.locator("main img, main b").count()


def test_a_hold_ends_with_or_without_what_waits(server: Server, shop: Page) -> None:
    waits = server.recorded.rows["eu-central-1/shop"][0]
    shop.locator("#release-publish").click()
    assert f"End the hold of shop and make {waits['short']} live?" in names(shop)
    shop.keyboard.press("Escape")
    expect(shop.locator("#release-publish")).to_be_focused()
    server.answer = {**DONE, "outcome": "released", "text": "The hold has ended."}
    shop.keyboard.press("h")
    shop.keyboard.press("Enter")
    expect(shop.locator("dialog[open]")).to_have_count(0)
    server.show(STATES["live"]())
    expect(shop.locator("#held")).to_have_count(0)
    expect(shop.locator("#hold")).to_be_focused()
    assert [False] == [asked["publish"] for asked in server.asked]


def test_a_removal_says_what_goes_and_what_is_kept_says_why(server: Server, shop: Page) -> None:
    rows = server.recorded.rows["eu-central-1/shop"]
    kept, goes = rows[2], rows[4]
    shop.locator(f"#open-{kept['id']}").click()
    expect(shop.locator(f"#more-{kept['id']}")).to_contain_text("It is kept: a rollback goes to it.")
    expect(shop.locator(f"#more-remove-{kept['id']}")).to_be_disabled()
    shop.locator(f"#open-{goes['id']}").click()
    shop.locator(f"#more-remove-{goes['id']}").click()
    assert f"Its {goes['files']} own files" in names(shop)
    assert "question-no" == focused(shop)  # Enter does not delete
    shop.locator("#question-yes").click()
    expect(shop.locator("dialog[open]")).to_have_count(0)
    assert [("remove", goes["id"])] == [(asked["action"], asked["deployment"]) for asked in server.asked]


def test_the_page_says_that_nobody_answers_and_comes_back_by_itself(server: Server, shop: Page) -> None:
    server.stop()
    expect(shop.locator("#notices")).to_contain_text("program does not answer.")
    expect(shop.locator("#rollback")).to_be_disabled()
    expect(shop.locator("[data-promote]").first).to_be_disabled()
    shop.locator("#rollback").click(force=True)
    expect(shop.locator("#said")).to_contain_text("Disconnected")
    assert shop.title().startswith("Disconnected")
    assert [] == stumbles(shop)
    server.show(STATES["building"]())
    server.start()
    expect(shop.locator("#notices")).to_be_empty()
    expect(shop.locator("#rows")).to_contain_text("Let people sort by price")
    shop.locator("#rollback").click()
    shop.locator("#question-yes").click()  # with the token of the new run
    expect(shop.locator("dialog[open]")).to_have_count(0)
    assert ["rollback"] == [asked["action"] for asked in server.asked]


def test_a_page_of_an_older_version_is_loaded_anew(server: Server, shop: Page) -> None:
    shop.evaluate("document.body.dataset.old = ''")
    rows = deployments()
    server.show(recorded(message(site(rows), version="9.9.9"), rows))
    expect(shop.locator("#version")).to_have_text("instant-hosting 9.9.9")
    assert 0 == shop.locator("[data-old]").count()


def test_of_many_times_the_newest_are_told(server: Server, page: Page) -> None:
    rows = deployments()
    state = recorded(message(site(rows)), rows)
    moments = [f"2026-01-{day:02}T00:00:00.000Z" for day in range(30, 0, -1)]
    lived = [{"since": since, "until": "", "how": "promote", "action": "promote", "by": "ada"} for since in moments]
    state.more[rows[0]["id"]]["lived"] = lived
    server.show(state)
    page.goto(server.url)
    page.locator(f"#open-{rows[0]['id']}").click()
    expect(page.locator(".lived li")).to_have_count(20)
    expect(page.locator(".lived li").last).to_contain_text("30 Jan 2026")


def test_with_several_sites_each_has_a_page_and_a_number(server: Server, page: Page) -> None:
    server.show(STATES["several"]())
    page.goto(server.url)
    expect(page.locator("h1")).to_have_text("shopeu-central-1")
    page.keyboard.press("2")
    expect(page.locator("h1")).to_have_text("docseu-central-1")
    expect(page.locator("#live")).to_contain_text("The first build is running")
    page.get_by_role("link", name="campaign").click()
    expect(page.locator("#held")).to_contain_text("Freeze until the fair is over")
    expect(page.get_by_role("link", name="campaign")).to_have_attribute("aria-current", "page")
    assert ["", "eu-central-1/shop", "eu-central-1/docs", "us-east-1/campaign"] == server.looked_at[-4:]
    page.reload()
    expect(page.locator("h1")).to_have_text("campaignus-east-1")


@pytest.mark.parametrize("width", [320, 1280])
def test_many_sites_leave_room_for_the_one_that_is_looked_at(server: Server, page: Page, width: int) -> None:
    rows = deployments(2)
    many = [site(rows, site=f"eu-central-1/site-{number:02}", name=f"site-{number:02}") for number in range(40)]
    server.show(recorded(message(*many), rows))
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{server.url}/#site=eu-central-1/site-39")
    expect(page.locator("h1")).to_contain_text("site-39")
    box = page.locator("h1").bounding_box()
    assert box
    assert box["y"] < 320
    expect(page.get_by_role("link", name="site-39")).to_be_in_viewport()
    assert [] == stumbles(page)
    assert [] == sticks_out(page)


def test_keys_can_be_turned_off_and_colours_chosen(server: Server, shop: Page) -> None:
    shop.keyboard.press("?")
    expect(shop.locator("#settings")).to_be_visible()
    assert [] == stumbles(shop)
    shop.get_by_label("Use these keys").uncheck()
    shop.get_by_label("dark").check()
    shop.get_by_role("button", name="Close", exact=True).click()
    shop.keyboard.press("r")
    expect(shop.locator("dialog[open]")).to_have_count(0)
    shop.reload()
    assert "rgb(11, 12, 14)" == shop.evaluate("getComputedStyle(document.body).backgroundColor")


def test_a_browser_that_keeps_nothing_for_pages_shows_it_all_the_same(server: Server, page: Page) -> None:
    refused = "get() { throw new DOMException('no', 'SecurityError'); }"
    server.show(STATES["waiting"]())
    page.add_init_script(f"Object.defineProperty(window, 'localStorage', {{ {refused} }})")
    page.goto(server.url)
    expect(page.locator(".row")).to_have_count(6)
    page.keyboard.press("?")
    page.get_by_label("dark").check()
    assert "rgb(11, 12, 14)" == page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_no_text_of_others_becomes_markup(server: Server, page: Page) -> None:
    rows = deployments()
    for name in ("message", "author", "branch", "short"):
        rows[0][name] = HTML
    rows[2]["reason"] = HTML
    told = site(rows, name=HTML, url="javascript:alert(1)", commit_url="javascript:{commit}")
    state = recorded(message(told), rows)
    state.more[rows[0]["id"]]["extras"] = [HTML]
    server.show(state)
    page.goto(server.url)
    expect(page.locator("p.subject")).to_have_text(HTML)
    page.locator(f"#open-{rows[0]['id']}").click()
    expect(page.locator(f"#more-{rows[0]['id']}")).to_contain_text(HTML)
    assert 0 == page.locator("main img, main b, [href^=javascript]").count()
    assert "owned" != page.title()


@pytest.mark.parametrize("width", [320, 2560])
def test_open_rows_and_questions_fit_the_window(server: Server, page: Page, width: int) -> None:
    server.show(STATES["long"]())
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(server.url)
    for place in range(3):
        page.locator("[data-open]").nth(place).click()
    expect(page.locator(".lived ul")).to_have_count(2)
    assert [] == sticks_out(page)
    page.locator("#rollback").click()
    expect(page.locator("dialog[open] summary")).to_have_count(3)
    assert [] == sticks_out(page)
    assert page.locator("dialog[open]").evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_what_a_build_has_made_takes_over_its_focus(server: Server, shop: Page) -> None:
    server.show(STATES["building"]())
    expect(shop.locator("#held")).to_have_count(0)
    build = server.recorded.rows["eu-central-1/shop"][0]
    shop.locator(f"#open-{build['id']}").click()
    expect(shop.locator(f"#more-{build['id']}")).to_contain_text("642 modules transformed")
    made = deployment(50, 0, build=build["id"], message=build["message"])
    rows = [made, *server.recorded.rows["eu-central-1/shop"][1:]]
    server.show(recorded(message(site(rows, revision="9")), rows))
    expect(shop.locator(f"#open-{made['id']}")).to_be_focused()
    expect(shop.locator("#news")).to_contain_text(f"The build has ended: {build['message']}.")


def test_a_build_that_runs_is_stopped_and_one_that_failed_is_followed_by_another(server: Server, shop: Page) -> None:
    server.show(STATES["building"]())
    rows = server.recorded.rows["eu-central-1/shop"]
    runs, failed = rows[0], next(row for row in rows if row["state"] == "failed")
    shop.locator(f"#open-{runs['id']}").click()
    shop.locator(f"#more-stop-{runs['id']}").click()
    assert f"Stop build {runs['short']} of shop?" in names(shop)
    assert "question-no" == focused(shop)  # Enter stops nothing
    server.answer = {**DONE, "outcome": "stopped", "text": f"build {runs['short']} is stopped."}
    shop.locator("#question-yes").click()
    expect(shop.locator("#said")).to_contain_text("is stopped.")
    assert [("stop", runs["id"])] == [(asked["action"], asked["build"]) for asked in server.asked]
    shop.locator(f"#open-{failed['id']}").click()
    shop.locator(f"#more-again-{failed['id']}").click()
    assert "Start a build of shop?" in names(shop)


def test_a_new_deployment_appears_above_and_takes_no_focus(server: Server, shop: Page) -> None:
    rows = server.recorded.rows["eu-central-1/shop"]
    shop.locator(f"#open-{rows[3]['id']}").focus()
    more = [deployment(40, 0, message="Quite new"), *rows]
    server.show(recorded(message(site(more, hold=HOLD, revision="7")), more))
    expect(shop.locator(".row").first).to_contain_text("Quite new")
    assert f"open-{rows[3]['id']}" == focused(shop)


@pytest.fixture(scope="module", autouse=True)
def axe(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The tool that reads as a screen reader does."""
    install_axe(tmp_path_factory)
