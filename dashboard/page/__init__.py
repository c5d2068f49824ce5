"""Puts the page together: one HTML text with its style and its scripts, which lie here as whole files.

It is done anew for each request, because token and nonce are, and because whoever works on the page reloads it.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from generator import javascript

_FOLDER = Path(__file__).resolve().parent
_BEGIN = "main.js"
# A later one may change what an earlier one says.
_STYLES = "base", "controls", "head", "notices", "live", "traffic", "list", "details", "dialogs", "widths"


def assemble(token: str, nonce: str) -> str:
    """The page; only who has it has the `token`, and only what carries the `nonce` runs."""
    style = "".join(_read(f"style/{name}.css") for name in _STYLES)
    parts = {"$STYLE": style, "$SCRIPT": _short(script()), "$TOKEN": token, "$NONCE": nonce}
    text = _read("index.html")
    for place, part in parts.items():
        text = text.replace(place, part)
    return text


def script() -> str:
    """The scripts as one text, each behind what it imports."""
    return javascript.join(_BEGIN, _read)


@lru_cache(maxsize=1)
def _short(text: str) -> str:
    """The same without comments and indentation, by the step that the edge functions go through."""
    return javascript.strip(text)


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
