"""Turns the edge functions' sources into the text that the template carries: no comments, one blank a level.

A function has 10,240 bytes, everything in, and a template body 51,200. Lines stay lines and names stay names, so that
whoever reads the template, or the function in the console, still reads what somebody wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_INDENT = 2  # what the sources are written with
# What lies between two tokens; a text (one that holds another one inside `${}` is not for an edge function); a word or
# a number; any other character.
_GAP = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_TOKEN = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|[\w$]+|.""", re.DOTALL)
_EXPRESSION = re.compile(r"/(?:\\.|\[(?:\\.|[^]\\])*\]|[^/\\[])+/\w*")
# After these a slash begins a regular expression, after all others it divides.
_BEFORE_EXPRESSION = {*"(,=:[!&|?{;+-*%^~<>", "", "return", "typeof", "case", "in", "delete", "void", "throw"}


def strip(source: str) -> str:
    """Give `source` without comments and blank lines, indented by one blank a level: the same tokens, line by line.

    `source` is indented by two blanks a level. The inside of a text of several lines stays as it is.
    """
    return "".join(_parts(source)).strip("\n") + "\n"


def _parts(source: str) -> Iterator[str]:
    place, token = 0, ""
    while place < len(source):
        gap = _GAP.match(source, place)
        if gap:
            yield _narrow(gap[0])
        else:
            expression = token in _BEFORE_EXPRESSION and _EXPRESSION.match(source, place)
            token = (expression or _TOKEN.match(source, place) or "")[0]
            yield token
        place += len(gap[0] if gap else token)


def _narrow(gap: str) -> str:
    """What must stay between two tokens: a line break, which may end a statement, with its indentation; or a blank."""
    _, line_break, last = gap.rpartition("\n")
    spaces = len(last) - len(last.lstrip(" "))
    return "\n" + " " * (spaces // _INDENT + spaces % _INDENT) if line_break else " "
