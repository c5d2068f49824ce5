"""Patterns for branches, paths, repositories and events: `*` and `?` stay within a segment, `**` crosses slashes.

CodePipeline's own filters have the same:
https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
They are not turned into regular expressions, because one with many stars takes minutes for a name that a sender
chooses. Instead all patterns of a filter are one row of bits. Each character of a name is then one step, whatever the
patterns are.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple


class _Row(NamedTuple):
    """Patterns side by side; bit n is the place in front of piece n, and each pattern's last bit is its end.

    after: for a character, the places that it may lead to from the place before
    other: the same for a character that no pattern names
    stays, stays_at_slash: the places with `*` or `**` in front, where a character may be passed over
    """

    begins: int
    ends: int
    after: Mapping[str, int]
    other: int
    stays: int
    stays_at_slash: int


def matches(text: str, patterns: Sequence[str]) -> bool:
    """Whether one of `patterns` is the pattern of the whole of `text`."""
    return any_matches((text,), patterns)


def any_matches(texts: Iterable[str], patterns: Sequence[str]) -> bool:
    """Whether one of `texts` is wholly what one of `patterns` says."""
    row = _row(tuple(patterns))
    return any(_matches(text, row) for text in texts)


def _matches(text: str, row: _Row) -> bool:
    places = row.begins
    for character in text:
        stays = row.stays_at_slash if character == "/" else row.stays
        places = (places << 1) & row.after.get(character, row.other) | places & stays
        if not places:
            return False
    return bool(places & row.ends)


@functools.lru_cache(maxsize=100)  # filters: a route has a few, and one that was dropped is only made again
def _row(patterns: tuple[str, ...]) -> _Row:
    begins = ends = 0
    found: dict[str, int] = {"/": 0}  # by piece: behind a character or `?`, and where `*` or `**` is
    place = 1
    for pattern in patterns:
        begins |= place
        for piece in re.findall(r"\*+|.", pattern, re.DOTALL):
            name = piece[:2]  # more than two stars are two
            place <<= name[0] != "*"
            found[name] = found.get(name, 0) | place
        ends |= place
        place <<= 1
    one, many, other = (found.pop(name, 0) for name in ("*", "**", "?"))
    after = {character: places | other * (character != "/") for character, places in found.items()}
    return _Row(begins, ends, after, other, one | many, many)
