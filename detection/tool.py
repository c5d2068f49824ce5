"""One tool that is known: how a project shows that it uses it, what it is called, and who reads its configuration.

All tools have one form, so that a new one is a row and, if its configuration counts, a function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from detection.draft import Draft
from detection.files import Files


def nothing(_: Draft) -> None:
    """For a tool of which no configuration is read."""


def anywhere(_: Files) -> bool:
    """For a tool whose every project is a site."""
    return True


class Tool(NamedTuple):
    """One tool.

    framework: its row in FRAMEWORKS; `custom` where output and routing are said here
    packages: it is used where package.json names one of them
    commands: what a script runs to build with it, the usual one first; where `build` does, that is the proof
    files: it is used where there is one of them
    read: finds out what the configuration changes
    is_site: whether a folder with it makes a site: Vite and others also make libraries
    """

    name: str
    framework: str
    packages: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    read: Callable[[Draft], None] = nothing
    install: str = ""
    build: str = ""
    output: str = ""
    routing: str = ""
    is_site: Callable[[Files], bool] = anywhere


def scripts(*names: str) -> tuple[str, ...]:
    """The names that a configuration in JavaScript or TypeScript may have."""
    return tuple(f"{name}.{end}" for name in names for end in ("js", "mjs", "cjs", "ts", "mts", "cts"))
