"""Takes pictures of the dashboard's page: each state, both schemes, three widths; and the one that the docs show.

`python -m workbench.dashboard.pictures build/dashboard` writes all, `... docs/dashboard.png` that one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from workbench.chromium import FLAGS, program
from workbench.dashboard.server import Server, serving
from workbench.dashboard.states import STATES

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
WIDTHS = {390: 844, 1280: 900, 2560: 1440}  # and how high
SHOWN = (1200, 760)  # the picture of the docs


def _rolls_back(page: Page) -> None:
    page.locator("#rollback").click()
    expect(page.locator("dialog[open] summary")).to_have_count(3)


def _opens(place: int) -> Callable[[Page], None]:
    def opens(page: Page) -> None:
        page.locator("[data-open]").nth(place).click()
        expect(page.locator(".more p.loading")).to_have_count(0)
        page.locator("#list").evaluate("(list) => list.scrollIntoView()")

    return opens


# What somebody has done: by name, in which state, and how.
ACTS: Mapping[str, tuple[str, Callable[[Page], None]]] = {
    "question-rollback": ("live", _rolls_back),
    "question-hold": ("live", lambda page: page.locator("#hold").click()),
    "question-promote": ("live", lambda page: page.locator("[data-promote]").last.click()),
    "row-deployment": ("live", _opens(1)),
    "row-failed": ("live", _opens(2)),
    "row-building": ("building", _opens(0)),
    "keys": ("live", lambda page: page.keyboard.press("?")),
}


def main(target: Path) -> None:
    """Write one picture if `target` ends with .png, else all of them into the folder."""
    with sync_playwright() as playwright, serving(STATES["live"]()) as server:
        browser = playwright.chromium.launch(executable_path=program(), args=list(FLAGS))
        if target.suffix == ".png":
            _photograph(browser, server, "building", "light", SHOWN, target)
        else:
            _all(browser, server, target)
        browser.close()


def _all(browser: Browser, server: Server, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (state, act) in {**{state: (state, _nothing) for state in STATES}, **ACTS}.items():
        for scheme in SCHEMES:
            for size in WIDTHS.items():
                _photograph(browser, server, state, scheme, size, folder / f"{name}-{size[0]}-{scheme}.png", act)


def _nothing(_: Page) -> None:
    pass


def _photograph(
    browser: Browser,
    server: Server,
    state: str,
    scheme: Scheme,
    size: tuple[int, int],
    target: Path,
    act: Callable[[Page], None] = _nothing,
) -> None:
    server.show(STATES[state]())
    width, height = size
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce")
    page.goto(server.url)
    expect(page.locator("#link .state")).to_have_count(1)
    expect(page.locator("p.loading:visible")).to_have_count(2 if state == "loading" else 0)
    act(page)
    page.screenshot(path=target)
    page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
