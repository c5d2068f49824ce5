"""Gives the sources that ship as the template carries them: joined and short, without comments."""

from __future__ import annotations

from functools import cache

from generator import embed, javascript
from instant_hosting import shipped


@cache
def joined(path: str) -> str:
    """An edge function (`function/router.js`) as one text with the files that it imports, comments included."""
    folder, _, entry = path.rpartition("/")
    return javascript.join(entry, lambda name: shipped.text(f"{folder}/{name}"))


@cache
def edge(path: str) -> str:
    """The same as the template carries it, without comments (see `javascript`)."""
    return javascript.strip(joined(path))


@cache
def program(entry: str) -> str:
    """One Python module made of `entry` (`publisher.direct`) and all of ours that it imports (see `embed`)."""
    return embed.program(modules(entry))


def modules(entry: str) -> dict[str, str]:
    """The sources of `entry` and of what it imports, each after those that it needs."""
    return embed.needed_modules(entry, _source)


def _source(module: str) -> str | None:
    path = shipped.module_path(module)
    return path and shipped.text(path)


@cache
def shell(path: str) -> str:
    """A shell fragment without its comment lines, indented by one blank a level in place of two."""
    lines = (line for line in shipped.text(path).splitlines(keepends=True) if not line.lstrip().startswith("#"))
    return "".join(" " * ((len(line) - len(line.lstrip(" "))) // 2) + line.lstrip(" ") for line in lines)
