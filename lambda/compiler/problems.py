"""How people are told what is wrong with a line of theirs: in one line, with the spelling that we take."""

from __future__ import annotations

from typing import NamedTuple

SHOWN = 80  # characters of what somebody has written
PROBLEM_LIMIT = 1000  # of a file: nobody reads more, and a stranger's file may have millions


class Problem(NamedTuple):
    """What is wrong with a line.

    file: `_redirects` or `_headers`
    line: from 1
    text: what is wrong, what was written, the spelling that we take
    """

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


def is_enough(problems: list[Problem], file: str, line: int) -> bool:
    """Whether a file has so many problems that it is not read from this line on, which is one more."""
    if len(problems) < PROBLEM_LIMIT:
        return False
    text = f"{PROBLEM_LIMIT:,} lines before this one are wrong, and no further one is read: mend those first"
    problems.append(Problem(file, line, text))
    return True


class Refused(Exception):  # noqa: N818  # an answer more than an error
    """What is wrong with the line that is being read."""


def shown(written: str) -> str:
    """What somebody has written, in quotes, on one line and not too long."""
    cut = written if len(written) <= SHOWN else written[:SHOWN] + "..."
    return f"`{''.join(c if c.isprintable() else ascii(c)[1:-1] for c in cut)}`"
