"""Patterns for branches, paths, repositories and events: `*` and `?` stay within a segment, `**` crosses slashes.

As CodePipeline's own filters have them:
https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
No regular expression: one with many stars takes minutes for a name that a sender chooses, and this takes one pass.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence


def matches(text: str, patterns: Iterable[str]) -> bool:
    """Whether one of `patterns` is the pattern of the whole of `text`."""
    return any(_matches(text, _pieces(pattern)) for pattern in patterns)


@functools.lru_cache(maxsize=1000)
def _pieces(pattern: str) -> tuple[str, ...]:
    """Each wildcard, and each character between them."""
    return tuple(re.findall(r"\*\*|.", re.sub(r"\*{3,}", "**", pattern), re.DOTALL))


def _matches(text: str, pieces: Sequence[str]) -> bool:
    places = _skipping({0}, pieces)  # in front of which pieces the text so far may have come
    for character in text:
        after = set()
        for place in places:
            piece = pieces[place] if place < len(pieces) else ""
            if piece == "**" or (piece == "*" and character != "/"):
                after.add(place)
            elif piece == character or (piece == "?" and character != "/"):
                after.add(place + 1)
        if not after:
            return False
        places = _skipping(after, pieces)
    return len(pieces) in places


def _skipping(places: set[int], pieces: Sequence[str]) -> set[int]:
    """The places and those behind stars that match nothing."""
    found = set(places)
    for place in places:
        following = place
        while following < len(pieces) and pieces[following] in ("*", "**"):
            following += 1
            found.add(following)
    return found
