"""Puts the page together: one HTML text with its style and its scripts, which lie here as whole files.

It is done anew for each request, because token and nonce are, and because whoever works on the page reloads it.
"""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent
# The scripts share one scope, and run in this order: the last one begins.
SCRIPTS = ("words.js", "build.js", "chart.js", "questions.js", "live.js", "details.js", "list.js", "main.js")


def assemble(token: str, nonce: str) -> str:
    """The page; only who has it has the `token`, and only what carries the `nonce` runs."""
    script = "\n".join(_read(name) for name in SCRIPTS)
    parts = {"$STYLE": _read("style.css"), "$SCRIPT": script, "$TOKEN": token, "$NONCE": nonce}
    text = _read("index.html")
    for place, part in parts.items():
        text = text.replace(place, part)
    return text


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
