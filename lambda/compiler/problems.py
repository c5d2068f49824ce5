"""How people are told what is wrong with a line of theirs: in one line, with the spelling that we take."""

from __future__ import annotations

from typing import NamedTuple

SHOWN = 80  # characters of what somebody has written


class Problem(NamedTuple):
    """What is wrong with a line."""

    file: str  # `_redirects` or `_headers`
    line: int  # from 1
    text: str  # what is wrong, what was written, the spelling that we take

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class Refused(Exception):  # noqa: N818  # an answer more than an error
    """What is wrong with the line that is being read."""


def shown(written: str) -> str:
    """What somebody has written, in quotes, on one line and not too long."""
    cut = written if len(written) <= SHOWN else written[:SHOWN] + "..."
    return f"`{''.join(c if c.isprintable() else ascii(c)[1:-1] for c in cut)}`"
