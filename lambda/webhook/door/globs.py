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


@functools.lru_cache(maxsize=100)
def _row(patterns: tuple[str, ...]) -> _Row:
    begins = ends = stays = stays_at_slash = other = 0
    named: dict[str, int] = {"/": 0}
    place = 1
    for pattern in patterns:
        begins |= place
        for piece in re.findall(r"\*+|.", pattern, re.DOTALL):
            if piece[0] == "*":
                stays |= place
                stays_at_slash |= place if len(piece) > 1 else 0
                continue
            place <<= 1
            if piece == "?":
                other |= place
            else:
                named[piece] = named.get(piece, 0) | place
        ends |= place
        place <<= 1
    after = {character: found | (0 if character == "/" else other) for character, found in named.items()}
    return _Row(begins, ends, after, other, stays, stays_at_slash)
