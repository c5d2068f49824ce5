"""The dashboard by clicks: what is live, promote, roll back and hold, and a picture of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from local.cloud.system import deployed
from workbench.dashboards import dashboard_of
from workbench.stage import Served, Stage


@pytest.fixture(scope="module")
def own_stage() -> Iterator[Stage]:
    """A stack whose deployments are known."""
    with deployed() as stack:
        stage = Stage(stack)
        yield stage
        stage.close()


@pytest.fixture
def served(own_stage: Stage) -> Iterator[Served]:
    """The site that the dashboard is about."""
    with own_stage.serving() as served:
        yield served


@pytest.fixture
def dashboard(own_stage: Stage, served: Served) -> Iterator[str]:
    """Its address."""
    dashboard = dashboard_of(own_stage.stack, served.url)
    url = own_stage.run(dashboard.start(0))
    watching = own_stage.spawn(dashboard.watch())
    yield url
    watching.cancel()
    own_stage.run(dashboard.close())


def version(page: Page, served: Served) -> str | None:
    """What a reload of the site shows."""
    page.goto(served.url)
    return page.get_attribute("body", "data-version")


def click(page: Page, name: str) -> None:
    """Click the button; a page behind another one would get a frame a second."""
    page.bring_to_front()
    page.get_by_role("button", name=name).click()


def test_promote_and_roll_back_by_clicking(
    own_stage: Stage,
    served: Served,
    dashboard: str,
    context: BrowserContext,
    plain: list[Path],
    tmp_path: Path,
) -> None:
    first, second = own_stage.publish(plain[0]), own_stage.publish(plain[1])
    page, site = context.new_page(), context.new_page()
    page.goto(dashboard)
    expect(page.locator("caption")).to_have_text(f"{second} is live")
    third = own_stage.publish(plain[2])  # the page hears of it by itself
    expect(page.locator("caption")).to_have_text(f"{third} is live")
    expect(page.locator("tr.live th")).to_have_text(third)
    assert "three" == version(site, served)

    click(page, f"Make {first} live")
    expect(page.locator("caption")).to_have_text(f"{first} is live")
    expect(page.get_by_role("status")).to_have_text(f"published: {first}")
    assert "one" == version(site, served)

    click(page, f"Make {third} live")
    expect(page.locator("caption")).to_have_text(f"{third} is live")
    click(page, "Roll back")  # to what was live before the third came again
    expect(page.locator("caption")).to_have_text(f"{first} is live")
    assert "one" == version(site, served)

    folder = Path(os.environ.get("ARTIFACTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    page.bring_to_front()
    page.set_viewport_size({"width": 1100, "height": 420})
    page.screenshot(path=folder / "dashboard.png")
    assert (folder / "dashboard.png").stat().st_size > 5_000


def test_hold_and_release_with_the_keyboard(
    own_stage: Stage, served: Served, dashboard: str, context: BrowserContext, plain: list[Path]
) -> None:
    own_stage.publish(plain[0])
    page = context.new_page()
    page.goto(dashboard)
    page.get_by_label("Why hold new deployments").focus()
    page.keyboard.type("<b>Friday</b>")
    page.keyboard.press("Enter")
    expect(page.locator("#hold-note")).to_have_text("New deployments wait: <b>Friday</b> (dashboard)")
    assert "on-hold" in page.inner_text("#said")
    page.get_by_role("button", name="Release", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#hold-note")).to_be_hidden()
    assert {} == own_stage.stack.status()["hold"]


def test_a_reason_is_more_than_blanks_and_stays_in_the_form_when_it_is_refused(
    own_stage: Stage, served: Served, dashboard: str, context: BrowserContext, plain: list[Path]
) -> None:
    own_stage.publish(plain[0])
    page = context.new_page()
    page.goto(dashboard)
    reason = page.get_by_label("Why hold new deployments")
    for text, problem in (("   ", "say why"), ("é" * 101, "has at most 200 bytes, this one has 202")):
        reason.fill(text)
        click(page, "Hold")
        assert problem in reason.evaluate("(input) => input.validationMessage")
        assert {} == own_stage.stack.status()["hold"]
    reason.fill("é" * 100)
    assert "" == reason.evaluate("(input) => input.validationMessage")
    page.route("**/ask", lambda route: route.fulfill(json={"outcome": "refused", "reason": "not now"}))
    click(page, "Hold")
    expect(page.get_by_role("status")).to_have_text("refused: not now")
    expect(reason).to_have_value("é" * 100)
    page.unroute("**/ask")
    click(page, "Hold")
    expect(page.locator("#hold-note")).to_have_text(f"New deployments wait: {'é' * 100} (dashboard)")
    expect(reason).to_have_value("")
    own_stage.stack.ask(action="release", by="test")


def test_another_page_in_the_same_browser_changes_nothing(
    own_stage: Stage, served: Served, dashboard: str, context: BrowserContext, plain: list[Path]
) -> None:
    own_stage.publish(plain[0])
    live = own_stage.stack.live()
    page = context.new_page()
    page.goto(served.url)  # another origin, on the same machine
    blocked = page.evaluate(
        """(url) => fetch(url + '/ask', { method: 'POST', mode: 'no-cors', body: '{"action": "rollback"}' })
          .then(() => fetch(url + '/')).then((answer) => answer.text()).catch((error) => String(error))""",
        dashboard,
    )
    assert "Failed to fetch" in blocked  # its token cannot be read
    assert live == own_stage.stack.live()
