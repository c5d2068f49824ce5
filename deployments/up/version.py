"""From which version to which a stack goes, and what its owner has to do for it.

A template says its version in its description, since the first one: `Instant Hosting 0.1.0 (git): ...`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from contract import VERSION
from instant_hosting import shipped

_DESCRIPTION = re.compile(r"Instant Hosting (\d+(?:\.\d+)+\S*) \((\w+)\)")
_CHANGELOG = "CHANGELOG.md"
_MARKS = "**Act", "**Replaces**"
UNRELEASED = "Unreleased"


class Origin(NamedTuple):
    """Which template a stack was made from."""

    version: str
    source: str


class Act(NamedTuple):
    """What a version asks of a stack's owner, in the CHANGELOG's words."""

    version: str
    text: str


def origin(description: str) -> Origin | None:
    """What a stack's description says; None if no template of ours made it."""
    found = _DESCRIPTION.match(description)
    return Origin(found[1], found[2]) if found else None


def is_newer(version: str, than: str = VERSION) -> bool:
    """Whether `version` is a later one."""
    return _numbers(version) > _numbers(than)


def acts(since: str) -> list[Act]:
    """What has changed for the owner of a stack of the version `since`, the oldest first."""
    if not is_newer(VERSION, since):
        return []
    later = [one for one in _all() if one.version == UNRELEASED or is_newer(one.version, since)]
    return sorted(later, key=lambda one: (one.version == UNRELEASED, _numbers(one.version)))


@cache
def _all() -> list[Act]:
    """The items that are marked, in the CHANGELOG's order: the newest version first."""
    found: list[Act] = []
    version = ""
    for block in re.split(r"\n(?=## |### |- |\*\*|\n)", shipped.text(_CHANGELOG)):
        if heading := re.match(r"## (\S+)", block):
            version = heading[1]
        elif block.startswith("- ") and version and any(mark in block for mark in _MARKS):
            found.append(Act(version, _plain(block[2:])))
    return found


def _plain(text: str) -> str:
    """An item without Markdown's marks, and without its first mark, which is why it is shown."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(text.split()))
    plain = re.sub(r"^\*\*Act:?\*\*:? ", "", plain).replace("**", "")
    return plain[:1].upper() + plain[1:]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
