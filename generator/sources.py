"""Finds the sources that ship inside the template: in the checkout, or inside the installed wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator import embed, javascript

_HERE = Path(__file__).resolve().parent
# setup.cfg packs the folders function/, lambda/ and codebuild/ below generator/shipped/ into the wheel.
_ROOT = _HERE / "shipped" if (_HERE / "shipped").is_dir() else _HERE.parent


def path(name: str) -> Path:
    """Where a shipped file lies, named as in the repository."""
    return _ROOT / name


@cache
def text(path: str) -> str:
    """The text of a shipped file, named as in the repository (`function/viewer-request.js`), with `\\n` line ends."""
    return (_ROOT / path).read_text(encoding="utf-8")


@cache
def edge(path: str) -> str:
    """An edge function as the template carries it, without comments (see `javascript`)."""
    return javascript.strip(text(path))


@cache
def python(*paths: str) -> str:
    """One Python module made of several shipped ones, without comments (see `embed`)."""
    return embed.join({Path(path).stem: text(path) for path in paths})


@cache
def shell(path: str) -> str:
    """A shipped shell fragment without its comment lines, indented by one blank a level in place of two."""
    lines = (line for line in text(path).splitlines(keepends=True) if not line.lstrip().startswith("#"))
    return "".join(" " * ((len(line) - len(line.lstrip(" "))) // 2) + line.lstrip(" ") for line in lines)
