"""Turns the edge functions' sources into the text that the template carries: no comments, one blank a level.

A function has 10,240 bytes, everything in, and a template body 51,200. A statement is a line and names stay names, so
that whoever reads the template, or the function in the console, still reads what somebody wrote.
"""

from __future__ import annotations

import re

_INDENT = 2  # what the sources are written with
# What lies between two tokens; a text (one that holds another one inside `${}` is not for an edge function); a word or
# a number; any other character.
_GAP = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_TOKEN = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|[\w$]+|.""", re.DOTALL)
_EXPRESSION = re.compile(r"/(?:\\.|\[(?:\\.|[^]\\])*\]|[^/\\[])+/\w*")
# After these a slash begins a regular expression, after all others it divides.
_BEFORE_EXPRESSION = {*"(,=:[!&|?{;+-*%^~<>", "", "return", "typeof", "case", "in", "delete", "void", "throw"}
_BEFORE_OBJECT = {*"(,=[?&|", "return"}  # after these a brace begins an object, and a block of statements after others
_WITH_EQUALS = {*"=!<>+-*/%&|^"}  # with a sign of equality behind it each of these is another operator
_GOES_ON = {*"=+&|?"}  # a line that ends with one of these goes on in the next one
_OPERATORS = {*"=<>+-*%&|^?:,"}  # around these no blank is needed, unless two of them would become another one


def strip(source: str) -> str:
    """Give `source` without comments and blank lines, indented by one blank a level: the same tokens in the same order.

    `source` is indented by two blanks a level. What stands in brackets or goes on after an operator is one line, and so
    is a block of one statement; operators have no blanks around them. The inside of a text of several lines stays as it
    is.
    """
    return "".join(_parts(source)).strip("\n") + "\n"


def _parts(source: str) -> list[str]:
    parts: list[str] = []
    place, before, last = 0, "", ""  # the last two tokens
    within = [False]  # whether what is open is a bracket of an expression, or else a block of statements
    breaks: list[list[int]] = [[]]  # which parts are the line breaks in what is open
    while place < len(source):
        gap = _GAP.match(source, place)
        if gap:
            parts.append(_narrow(gap[0], before + last, source[gap.end() : gap.end() + 2], within[-1]))
            breaks[-1] += [len(parts) - 1] * parts[-1].startswith("\n")
            place = gap.end()
            continue
        expression = last in _BEFORE_EXPRESSION and _EXPRESSION.match(source, place)
        found = (expression or _TOKEN.match(source, place) or "")[0]
        if found in ("(", "[", "{"):
            within.append(found != "{" or last in _BEFORE_OBJECT or (last == ":" and within[-1]))
            breaks.append([])
        elif found in (")", "]", "}") and within[1:]:
            own = breaks.pop()
            if within.pop():
                breaks[-1] += own
            else:
                breaks[-1] += [0] * 3  # what has a block in it, or a text of several lines, is not put on one line
                for number in own if len(own) == 2 else ():
                    parts[number] = " "
        breaks[-1] += [0] * 3 * ("\n" in found)
        before, last = last, found
        parts.append(found)
        place += len(found)
    return parts


def _narrow(gap: str, before: str, after: str, within: bool) -> str:
    """What must stay between two tokens: a line break, which may end a statement, with its indentation; or a blank."""
    if within and (before[-1:] in ("(", "[", "{") or after[:1] in (")", "]", "}")):
        return ""
    if after in ("= ", "=\n") or (before[-1:] == "=" and before[-2:-1] not in _WITH_EQUALS):  # an assignment
        return ""
    _, line_break, last = gap.rpartition("\n")
    if within or not line_break or (before[-1:] in _GOES_ON and before != "++"):
        return "" if _is_plain(before, after) else " "
    spaces = len(last) - len(last.lstrip(" "))
    return "\n" + " " * (spaces // _INDENT + spaces % _INDENT)


def _is_plain(before: str, after: str) -> bool:
    """Whether two tokens stay two without a blank, and one of them is an operator."""
    first, second = before[-1:], after[:1]
    if after[:2] == "!=":
        return True
    return bool({first, second} & _OPERATORS) and not (first in {*"+-?"} and second in {*"+-."})
