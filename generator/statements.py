"""Writes statements of Python in few characters: no comments, docstrings and annotations, short ones side by side.

All names stay, and so does the syntax tree but for docstrings, and for annotations that nothing reads at run time.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

_TEXT = r'''"""(?:\\[\s\S]|[^\\])*?"""|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*\''''
# A text, a bracket, or line breaks with the comments before them and the indentation after them. Python's own tokenizer
# takes a tenth of a second for the sources of a template.
_PIECE = re.compile(rf"{_TEXT}|[\[\](){{}}]|(?: *(?:#[^\n]*)?\n)+ *")
_QUOTED = r'"(?:\\[\s\S]|[^"\\])*"'
# Texts of one kind side by side, which are one text
_ADJACENT = rf"(?<![\w\"'])(?P<kind>[bfr]*){_QUOTED}(?: (?P=kind){_QUOTED})+"
_KEYWORD = "(?:and|as|assert|del|elif|else|except|for|from|if|in|is|lambda|not|or|raise|return|while|with|yield)"
# What has blanks that can go: an operator, a comma, a colon; a keyword beside a bracket or a text; or a text, in which
# the same may stand. Also the comma after the last member of a table, and after a call's last argument.
_BLANKS = re.compile(
    rf"{_ADJACENT}|{_TEXT}|[\[\](){{}}]| (?:[-+|*/%<>!=]?=|[-+|*/%<>&^]|\*\*|//|:=) |, | ?: ?|"
    rf"(?<=[\])}}\"']) (?={_KEYWORD}\b)|(?<!\w){_KEYWORD} (?=[\[({{\"'])|,(?=[)}}])"
)
_CALL = re.compile(rf"(?<!\w)(?!{_KEYWORD}\()\w+\(|[\])]\(")  # or what is defined with arguments


class Row(NamedTuple):
    """A line of a program: of one statement, or of several short ones side by side."""

    text: str  # with the line breaks of a text of several lines
    is_plain: bool = False  # its statements govern no others


class Writer:
    """Writes the statements of one source."""

    def __init__(self, source: str, width: int) -> None:
        self._source, self._width = source, width  # of statements side by side
        self._lines = [0, *(found.end() for found in re.finditer("\n", source))]

    def rows(self, body: Sequence[ast.stmt], level: int = 0, *, of_class: bool = False) -> list[Row]:
        """The statements with a blank for each level."""
        rows: list[Row] = []
        for node in body:
            rows += self._governing(node, level) if _bodies(node) else [self._plain(node, level, of_class)]
        return rows

    def _plain(self, node: ast.stmt, level: int, of_class: bool) -> Row:
        text = self._line(self._start(node), self._end(node), [] if of_class else [node])
        return Row(" " * level + text, "\n" not in text)

    def _governing(self, node: ast.stmt, level: int) -> list[Row]:
        """A statement and those below it."""
        indent, place = " " * level, self._start(node)
        annotated = [*ast.walk(node.args), node] if isinstance(node, ast.FunctionDef) else []
        rows = [Row(f"{indent}@{self._line(self._start(one), self._end(one), [])}") for one in _decorators(node)]
        for body in _bodies(node):
            head = self._line(place, self._first(body[0]), annotated).strip()
            place = self._end(body[-1])
            if head:
                rows += self._below(indent + head, node, body, level + 1)
            else:  # an `elif`: an `if` where else an `else` would stand
                rows += self.rows(body, level)
        return rows

    def _below(self, head: str, node: ast.stmt, body: Sequence[ast.stmt], level: int) -> list[Row]:
        """The rows of `body` after `head`, on the same line if there is one statement alone, or few that fit."""
        rows = self.rows(without_docstring(node, body), level, of_class=isinstance(node, ast.ClassDef))
        below = side_by_side(rows or [Row("pass", is_plain=True)], self._width)
        joined = f"{head} {below[0].text.lstrip(' ')}"
        if len(below) == 1 and below[0].is_plain and (len(rows) <= 1 or len(joined) <= self._width):
            return [Row(joined)]
        return [Row(head), *(Row(row.text) for row in below)]

    def _line(self, start: int, end: int, annotated: Sequence[ast.AST]) -> str:
        """What stands there in one line, but for the annotations of these nodes."""
        parts = []
        for node in annotated:
            annotation = read_by_nobody(node)
            if annotation:
                sign = " ->" if isinstance(node, ast.FunctionDef) else ":"
                parts.append(self._source[start : self._source.rindex(sign, 0, self._start(annotation))])
                start = self._end(annotation)
        return _on_one_line("".join([*parts, self._source[start:end]]))

    def _first(self, node: ast.stmt) -> int:
        decorators = _decorators(node)
        return self._start(decorators[0]) - len("@") if decorators else self._start(node)

    def _start(self, node: ast.stmt | ast.expr) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.stmt | ast.expr) -> int:
        return self._lines[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)


def side_by_side(rows: Sequence[Row], width: int) -> list[Row]:
    """The rows, with plain statements that follow each other on one line as far as they fit."""
    result: list[Row] = []
    for row in rows:
        last = result[-1] if result else Row("")
        joined = f"{last.text};{row.text.lstrip(' ')}"
        if last.is_plain and row.is_plain and len(joined) <= width:
            result[-1] = last._replace(text=joined)
        else:
            result.append(row)
    return result


def without_blanks(program: str) -> str:
    """The program without blanks but those in texts, and those that keep two words apart."""
    calls = {call.end() - 1 for call in _CALL.finditer(program)}
    opened: list[bool] = []  # whether it is a call

    def narrow(piece: re.Match[str]) -> str:
        text = piece[0]
        if piece["kind"] is not None:
            return _as_one(piece["kind"], text)
        if _deeper(text) > 0:
            opened.append(piece.start() in calls)
        elif _deeper(text) < 0:
            opened.pop()
        elif text == ",":  # of a tuple it may be what makes it one
            return "" if program[piece.end()] == "}" or opened[-1] else text
        return text.strip() if " " in (text[0], text[-1]) else text

    return _BLANKS.sub(narrow, program)


def _as_one(kind: str, texts: str) -> str:
    """Texts side by side as one, unless the end of one would be read together with the next."""
    parts = re.findall(kind + _QUOTED, texts)
    if any(re.search(r"\\[0-7]{1,2}\"$", part) for part in parts):
        return texts
    return f'{kind}"{"".join(part[len(kind) + 1 : -1] for part in parts)}"'


def read_by_nobody(node: ast.AST, *, of_class: bool = False) -> ast.expr | None:
    """An annotation that nothing reads at run time: all but those of classes, which NamedTuple reads."""
    if isinstance(node, ast.FunctionDef):
        return node.returns
    if isinstance(node, ast.arg):
        return node.annotation
    return node.annotation if isinstance(node, ast.AnnAssign) and node.value and not of_class else None


def without_docstring(node: ast.AST, body: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    """The statements below `node` but for its docstring."""
    documented = isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node, clean=False)
    return body if documented in (False, None) else body[1:]


def _on_one_line(text: str) -> str:
    """A statement without comments, and with no line breaks but those of its texts."""
    if "\n" not in text:
        return text
    depth = 0

    def joined(piece: re.Match[str]) -> str:
        nonlocal depth
        depth += _deeper(piece[0])
        if piece[0][0] not in " #\n":
            return piece[0]
        is_within = depth and text[piece.start() - 1] not in "([{" and text[piece.end()] not in ")]}"
        return " " if is_within else ""

    return _PIECE.sub(joined, text)


def _deeper(piece: str) -> int:
    return (piece in ("(", "[", "{")) - (piece in (")", "]", "}"))


def _bodies(node: ast.AST) -> list[list[ast.stmt]]:
    """The statements that are governed by one, in their order."""
    handlers = [handler.body for handler in getattr(node, "handlers", ())]
    after = [getattr(node, name, []) for name in ("orelse", "finalbody")]
    return [body for body in (getattr(node, "body", []), *handlers, *after) if body]


def _decorators(node: ast.stmt) -> list[ast.expr]:
    return getattr(node, "decorator_list", [])
