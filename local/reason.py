"""Finds in what a build said the lines for a person who asks why it failed.

Tools say the reason first and then pages of usage, or they say much and the reason last: both ends are shown.
"""

from __future__ import annotations

import re

_ALL = 40  # lines that are shown as they are
_BEFORE, _FROM, _LAST = 2, 20, 8  # around the first error, and at the end
_ERROR = re.compile(
    r"\b(?:error|fatal|failed|failure|cannot|can't|could not|not found|no such|missing|exception|traceback|denied)\b"
    r"|err!|\b\w+error\b",
    re.IGNORECASE,
)
_NONE = re.compile(r"\b(?:0|no|without) (?:errors?|failures?|failed)\b", re.IGNORECASE)


def essence(output: str) -> list[str]:
    """The lines around the first error and the last ones; where lines are left out, one says how many."""
    lines = output.strip().splitlines()
    if len(lines) <= _ALL:
        return lines
    first = next((n for n, line in enumerate(lines) if _ERROR.search(line) and not _NONE.search(line)), len(lines))
    start = max(0, min(first - _BEFORE, len(lines) - _FROM - _LAST))
    end, last = start + _FROM, len(lines) - _LAST
    return [*_left_out(start), *lines[start:end], *_left_out(last - end), *lines[last:]]


def told(what: str, output: str) -> str:
    """What failed, and below it why, as far as `output` says so."""
    return "\n".join([what, *(f"  | {line}" for line in essence(output))])


def _left_out(number: int) -> list[str]:
    return [f"... {number} more lines ..."] if number > 0 else []
