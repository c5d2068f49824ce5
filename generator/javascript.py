"""Turns the edge functions' sources into the text that the template carries: joined, no comments, one blank a level.

A function of CloudFront's is one text that can import nothing of ours, so the files that it is made of are joined. It
has 10,240 bytes, everything in, and a template body 51,200: that is what blanks and line breaks go for. Names stay, and
the statements in their order, so that whoever reads the template, or the function in the console, still knows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

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
# Statements that are whole on their line: such as govern no other; such as govern some
_PLAIN = re.compile(r"(?! *(?:(?:if|else|for|while|do|try|switch|async|function|import)\b|}))[^\n]*;$")
_GOVERNING = re.compile(r" *(?:if|else|for|while|try)\b[^\n]*[;}]$")
_DECLARING = re.compile(r" *(const|let) [^;\n]*;$")  # and nothing else
_WIDTH = 400  # of statements side by side
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_OURS = re.compile(r"import \{([^}]*)\} from '\./([\w-]+\.js)';\n")
_EXPORT = re.compile(r"^export (?=(?:const|(?:async )?function) ([\w$]+))", re.MULTILINE)
_DEFINED = re.compile(r"^(?:export )?(?:const|let|var|(?:async )?function) ([\w$]+)", re.MULTILINE)
_SEVERAL = (0, 0, 0)  # in place of line breaks: what has a block in it, or a text of several lines, is not one line
_GOES_ON = {*"=+&|?"}  # a line that ends with one of these goes on in the next one
_GOES_ON_WITH = {*"?:.&|"}  # and a line that begins with one of these goes on with the one before


def join(entry: str, read: Callable[[str], str]) -> str:
    """Give the file `entry` and all that it imports of its neighbours as one text, each behind what it needs.

    `read` gives a file's text. Imports of neighbours go, and so does the word `export`; other imports come first.
    `ValueError` says which name is not exported, or defined in two files.
    """
    texts: dict[str, str] = {}
    _collect(entry, read, texts)
    owners: dict[str, str] = {}
    for file, text in texts.items():
        for name in _DEFINED.findall(text):
            if owners.setdefault(name, file) != file:
                raise ValueError(f"{name} is defined in {owners[name]} and in {file}; one text can hold it once")
    imports = [found for text in texts.values() for found in _IMPORT.findall(text) if not _OURS.match(found)]
    return "".join([*dict.fromkeys(imports), *(_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts.values())])


def _collect(file: str, read: Callable[[str], str], texts: dict[str, str]) -> None:
    """Put the file's text behind those of the files that it imports."""
    text = read(file)
    for names, neighbour in _OURS.findall(text):
        if neighbour not in texts:
            _collect(neighbour, read, texts)
        missing = {name.strip() for name in names.split(",") if name.strip()} - set(_EXPORT.findall(texts[neighbour]))
        if missing:
            raise ValueError(
                f"{file} imports {', '.join(sorted(missing))} of {neighbour}, which does not export it: export it there"
            )
    texts[file] = text


def strip(source: str) -> str:
    """Give `source` without comments and blank lines, indented by one blank a level: the same program.

    `source` is indented by two blanks a level. What stands in brackets or goes on after an operator is one line, so is
    a block of one statement, and statements that fit share one. Declarations of a kind that follow each other are one.
    Blanks stay where two tokens would be one. The last comma and the last semicolon before a bracket go. The inside of
    a text of several lines stays as it is.
    """
    return "\n".join(_side_by_side(_lines(_parts(source)))) + "\n"


def _lines(parts: list[str]) -> list[str]:
    """The parts by line; a text of several lines is within one."""
    lines = [""]
    for part in parts:
        if part.startswith("\n"):
            lines.append(part[1:])
        else:
            lines[-1] += part
    return [line for line in lines if line.strip(" ")]


class _Line(NamedTuple):
    """A line of what ships."""

    text: str
    declares: str | None  # with what its last statement does, "" for none that declares; None if the line is not whole

    @property
    def depth(self) -> int:
        return len(self.text) - len(self.text.lstrip(" "))

    def has_room(self, more: str) -> bool:
        return len(self.text) + len(more.lstrip(" ")) < _WIDTH


def _side_by_side(lines: list[str]) -> list[str]:
    """The same with statements side by side that fit, and a block of nothing else on the line of its head."""
    done: list[_Line] = []
    for text in lines:
        if text.lstrip(" ").startswith("}") and done and done[-1].text.endswith(";"):
            done[-1] = done[-1]._replace(text=done[-1].text[:-1])
        _add(done, _Line(text, _declared(text)))
    return [line.text for line in done]


def _add(done: list[_Line], line: _Line) -> None:
    """Put the line behind the others, or what it says on the last one."""
    if len(done) > 1 and _is_within(done[-2], done[-1], line):
        block, head = done.pop(), done.pop()
        text = head.text + block.text.lstrip(" ") + line.text.lstrip(" ")
        _add(done, _Line(text, _declared(text)))
    elif done and _is_beside(done[-1], line):
        done.append(_joined(done.pop(), line))
    else:
        done.append(line)


def _is_beside(last: _Line, line: _Line) -> bool:
    """Whether both are whole, of one block, and have room on one line."""
    is_whole = last.declares is not None and line.declares is not None
    return is_whole and last.depth == line.depth and last.has_room(line.text)


def _joined(last: _Line, line: _Line) -> _Line:
    """Both on one line; declarations of a kind are one."""
    text = line.text.lstrip(" ")
    if line.declares and line.declares == last.declares:
        return _Line(f"{last.text[:-1]},{text[len(f'{line.declares} ') :]}", line.declares)
    return _Line(last.text + text, line.declares)


def _declared(text: str) -> str | None:
    if not (_PLAIN.match(text) or _GOVERNING.match(text)):
        return None
    declares = _DECLARING.match(text)
    return declares[1] if declares else ""


def _is_within(head: _Line, block: _Line, end: _Line) -> bool:
    """Whether the block is all between the other two, with room for it on their line."""
    is_block = head.declares is None and block.declares is not None
    is_ended = head.text.endswith("{") and end.text.lstrip(" ").startswith("}") and head.depth == end.depth
    return is_block and is_ended and head.has_room(block.text + end.text)


class _Open(NamedTuple):
    """What is open at a place: a bracket of an expression, or else a block of statements."""

    is_expression: bool
    breaks: list[int]  # which parts are its line breaks


class _Reading:
    """The tokens of a text, and what must stay between them, as far as it is read."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.last = ""  # token
        self._before, self._place = "", 0  # the token before it, and its own place in the parts
        self._open = [_Open(False, [])]

    def add_gap(self, gap: str, after: str) -> None:
        """Put what must stay of a gap behind the others; `after` is how the text goes on."""
        opened = self._open[-1]
        self.parts.append(_narrow(gap, self._before + self.last, after, opened.is_expression))
        if self.parts[-1].startswith("\n"):
            opened.breaks.append(len(self.parts) - 1)

    def add_token(self, found: str) -> None:
        """Put a token behind the others, and note what it opens or closes."""
        if found in ("(", "[", "{"):
            in_expression = self.last == ":" and self._open[-1].is_expression
            self._open.append(_Open(found != "{" or self.last in _BEFORE_OBJECT or in_expression, []))
        elif found in (")", "]", "}") and self._open[1:]:
            self._close(found)
        self._open[-1].breaks.extend(_SEVERAL if "\n" in found else ())
        self._before, self.last, self._place = self.last, found, len(self.parts)
        self.parts.append(found)

    def _close(self, found: str) -> None:
        """Take out what nothing needs before this end: a last comma or semicolon, the line breaks of one statement."""
        is_expression, breaks = self._open.pop()
        is_single = len(breaks) == 2
        if (self.last == "," and is_expression) or (self.last == ";" and found == "}" and is_single):
            self.parts[self._place] = ""
        self._open[-1].breaks.extend(breaks if is_expression else _SEVERAL)
        for number in breaks if is_single and not is_expression else ():
            self.parts[number] = ""


def _parts(source: str) -> list[str]:
    """The tokens of `source`, and what must stay between them."""
    read, place = _Reading(), 0
    while place < len(source):
        gap = _GAP.match(source, place)
        if gap:
            place = gap.end()
            read.add_gap(gap[0], source[place : place + 2])
        else:
            expression = read.last in _BEFORE_EXPRESSION and _EXPRESSION.match(source, place)
            found: str = (expression or _TOKEN.match(source, place) or "")[0]
            read.add_token(found)
            place += len(found)
    return read.parts


def _narrow(gap: str, before: str, after: str, within: bool) -> str:
    """What must stay between two tokens: a line break, which may end a statement, with its indentation; or a blank."""
    if _is_needless(before, after, within):
        return ""
    _, line_break, last = gap.rpartition("\n")
    if within or not line_break or _goes_on(before, after):
        ends = before.endswith("from") or (line_break and before.endswith("return"))
        return " " if ends or _would_join(before[-1:], after[:1]) else ""
    spaces = len(last) - len(last.lstrip(" "))
    return "\n" + " " * (spaces // _INDENT + spaces % _INDENT)


def _is_needless(before: str, after: str, within: bool) -> bool:
    """Whether a gap is just inside an expression's bracket, or beside the sign of an assignment."""
    at_bracket = before[-1:] in ("(", "[", "{") or after[:1] in (")", "]", "}")
    assigns = after in ("= ", "=\n") or (before[-1:] == "=" and before[-2:-1] not in _WITH_EQUALS)
    return (within and at_bracket) or assigns


def _goes_on(before: str, after: str) -> bool:
    """Whether a statement that a line break may end goes on behind it."""
    is_number = after[:1] == "." and after[1:].isdigit()
    goes_on_with = after[:1] in _GOES_ON_WITH and not is_number
    return goes_on_with or before == "=>" or (before[-1:] in _GOES_ON and before != "++")


def _would_join(before: str, after: str) -> bool:
    """Whether two tokens that end and begin so would be one, or another two, without the blank between them."""
    both_words = all(sign.isalnum() or sign in "_$" for sign in (before, after) if sign)
    is_number = before.isdigit() and after == "."
    return both_words or (before == after and before in "+-") or is_number or "/" in (before, after)
