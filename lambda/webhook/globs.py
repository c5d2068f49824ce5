"""Patterns for branches, paths, repositories and events: `*` and `?` stay within a segment, `**` crosses slashes.

As CodePipeline's own filters have them:
https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

_WILD = {"**": ".*", "*": "[^/]*", "?": "[^/]"}


def matches(text: str, patterns: Iterable[str]) -> bool:
    """Whether one of `patterns` is the pattern of the whole of `text`."""
    return any(_compiled(pattern).fullmatch(text) for pattern in patterns)


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    pieces = re.split(r"(\*\*|\*|\?)", re.sub(r"\*{3,}", "**", pattern))
    return re.compile("".join(_WILD.get(piece) or re.escape(piece) for piece in pieces), re.DOTALL)
