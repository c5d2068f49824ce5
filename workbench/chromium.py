"""The browser that stands for a visitor's: which program, and how it is started without a screen."""

import shutil
from collections.abc import Callable

from playwright.sync_api import BrowserContext

Start = Callable[..., BrowserContext]  # with preferences and arguments
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def program() -> str:
    """Debian's Chromium, or what has its name on the PATH."""
    return shutil.which("chromium") or "/usr/bin/chromium"
