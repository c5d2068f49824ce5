"""What whoever cannot see the page would stumble over, as axe-core tells it, and what does not fit the window."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from workbench.once import once, shared

_FOLDER = Path(__file__).parent / "axe"
_AXE = _FOLDER / "node_modules" / "axe-core" / "axe.min.js"
# Everything that axe-core calls WCAG 2.2 A and AA, and its advice about landmarks, headings and lists.
_RUN = """async (rules) => (await axe.run(document, rules.length ? { runOnly: { type: 'rule', values: rules } } : {}))
  .violations.map(({ id, nodes }) =>
    [id, ...nodes.slice(0, 3).map((one) => `${one.html} ${one.failureSummary}`)].join('; '))"""
_WIDE = """() => document.documentElement.scrollWidth > innerWidth ? [...document.querySelectorAll('body *')]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 120)) : []"""


def install_axe(folders: pytest.TempPathFactory) -> None:
    """axe-core as package-lock.json has it, installed once, also when several workers ask at the same time."""
    install = ["npm", "ci", "--silent", "--no-audit", "--no-fund"]
    once(_AXE, lambda: subprocess.run(install, cwd=_FOLDER, check=True, timeout=300), shared(folders))


def stumbles(page: Page, *rules: str) -> list[str]:
    """What axe-core finds on the page, by all its rules or by those that are named; the page's CSP does not bind it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_RUN, list(rules))
    return found


def sticks_out(page: Page) -> list[str]:
    """The elements for which one would have to scroll sideways."""
    found: list[str] = page.evaluate(_WIDE)
    return found
