"""The dashboard by clicks: what is live, promote, roll back and hold, and a picture of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from local.cloud.system import deployed
from tests.deployments.calling import start
from workbench.dashboards import dashboard_of
from workbench.stage import Served, Stage

_LOOK = 20_000  # milliseconds: the first one starts a function


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
    own_stage.stack.ask(action="release", by="test")


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


def click(page: Page, selector: str) -> None:
    """Click it; a page behind another one would get a frame a second."""
    page.bring_to_front()
    page.locator(selector).click()


def is_live(page: Page, deployment: str) -> None:
    """Both what is live and the list tell of this deployment."""
    page.bring_to_front()
    expect(page.locator("#copy-live")).to_have_attribute("data-copy", deployment, timeout=_LOOK)
    expect(page.locator(".row[data-state=live]")).to_have_id(f"row-{deployment}", timeout=_LOOK)


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
    is_live(page, second)
    third = own_stage.publish(plain[2])  # the page hears of it by itself
    is_live(page, third)
    assert "three" == version(site, served)

    click(page, f"#promote-{first}")
    expect(page.locator("dialog[open]")).to_contain_text("files changed")  # against what is live
    click(page, "#question-yes")
    is_live(page, first)
    expect(page.locator("#said")).to_contain_text("is live")
    assert "one" == version(site, served)

    click(page, f"#promote-{third}")
    click(page, "#question-yes")
    is_live(page, third)
    expect(page.locator("#rollback")).to_be_enabled()
    click(page, "#rollback")  # to what was live before the third came again
    expect(page.locator("#question-title")).to_contain_text("Roll back local to")
    click(page, "#question-yes")
    is_live(page, first)
    assert "one" == version(site, served)

    folder = Path(os.environ.get("ARTIFACTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    page.bring_to_front()
    page.screenshot(path=folder / "dashboard.png")
    assert (folder / "dashboard.png").stat().st_size > 5_000


def test_hold_and_release_with_the_keyboard(
    own_stage: Stage, served: Served, dashboard: str, context: BrowserContext, plain: list[Path]
) -> None:
    own_stage.publish(plain[0])
    page = context.new_page()
    page.goto(dashboard)
    expect(page.locator("#hold")).to_be_enabled()
    page.keyboard.press("h")
    page.keyboard.type("<b>Friday</b>")
    page.keyboard.press("Enter")
    expect(page.locator("#held .reason")).to_have_text("“<b>Friday</b>”")
    expect(page.locator("#release")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("#question-yes").press("Enter")
    expect(page.locator("#held")).to_have_count(0)
    expect(page.locator("#hold")).to_be_focused()
    assert {} == own_stage.stack.status()["hold"]


def test_a_row_tells_when_it_was_live_what_changed_and_why_it_is_kept(
    own_stage: Stage, served: Served, dashboard: str, context: BrowserContext, plain: list[Path]
) -> None:
    old, new = own_stage.publish(plain[0]), own_stage.publish(plain[1])
    page = context.new_page()
    page.goto(dashboard)
    is_live(page, new)
    click(page, f"#open-{old}")
    row = page.locator(f"#more-{old}")
    for said in ("When it was live", "files changed", "It is kept:"):
        expect(row).to_contain_text(said)
    expect(page.locator(f"#more-remove-{old}")).to_be_disabled()


@pytest.fixture
def commanded(own_stage: Stage) -> Iterator[Callable[[int], tuple[str, subprocess.Popen[str]]]]:
    """Starts the command at a port; its address, and its process."""
    started: list[subprocess.Popen[str]] = []

    def command(port: int) -> tuple[str, subprocess.Popen[str]]:
        environment = {**os.environ, **own_stage.stack.emulator.environment()}
        process = start("dashboard", "--stack", own_stage.stack.name, "--port", str(port), env=environment)
        started.append(process)
        assert process.stderr
        return process.stderr.readline().split()[1], process

    yield command
    for process in started:
        process.kill()
        process.communicate(timeout=60)


def test_an_open_page_goes_on_with_the_next_run_of_the_program(
    own_stage: Stage,
    commanded: Callable[[int], tuple[str, subprocess.Popen[str]]],
    context: BrowserContext,
    plain: list[Path],
) -> None:
    first = own_stage.publish(plain[0])
    url, program = commanded(0)
    page = context.new_page()
    page.goto(url)
    is_live(page, first)
    click(page, f"#open-{first}")
    program.kill()
    expect(page.locator("#notices")).to_contain_text("program does not answer.")
    expect(page.locator(f"#more-{first}")).to_be_visible()  # what was being read stays
    second = own_stage.publish(plain[1])
    commanded(int(url.rsplit(":", 1)[1]))
    is_live(page, second)
    expect(page.locator("#notices")).to_be_empty()
    expect(page.locator(f"#more-{first}")).to_be_visible()
    click(page, "#rollback")
    click(page, "#question-yes")  # with the token of the new run
    is_live(page, first)


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
