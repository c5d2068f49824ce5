"""Vercel's patterns: https://github.com/pillarjs/path-to-regexp (version 6), as `/blog/:slug*` and `/(.*)`.

It is read by its own grammar, because a pattern that is guessed would send visitors elsewhere without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from math import prod
from typing import NamedTuple

from compiler.problems import shown
from deployments.foreign.demands import Unsaid
from deployments.foreign.spelling import LIMIT, SPARED, Spelling, is_app, leaves_files, literal, placeholder

_SEGMENT = "", "[^/]+", "[^/]+?", "[^/]*", "[^\\/]+", "[^\\/]+?"
_REST = ".*", ".+", ".*?", ".+?", "[^?]*", "[^?]+"
_WORDS = re.compile(r"(?:[\w~%-]|\\[.-])+(?:\|(?:[\w~%-]|\\[.-])+)*")


class _Part(NamedTuple):
    """Text, or a parameter with what stands before and behind it."""

    prefix: str
    name: str = ""  # "" of a group without one
    expression: str | None = None  # None: it is text alone
    suffix: str = ""
    modifier: str = ""
    number: int = 0  # of all parameters, from 1

    @property
    def takes(self) -> bool:
        """Whether it takes something of an address that differs."""
        return self.expression is not None

    @property
    def written(self) -> str:
        name = f":{self.name}" if self.name else ""
        return f"{name}({self.expression})" if self.expression else name


def spellings(source: str, *, page: bool = False, star: bool = False) -> list[Spelling]:
    """What a source is here.

    `page`: all that it takes is one page, so that it may be said more broadly; `star`: it is for `_headers`, where the
    star may stand anywhere.
    """
    try:
        parts = list(_parts(source))
    except (IndexError, ValueError):
        raise Unsaid(f"{shown(source)} is no pattern of path-to-regexp") from None
    if page and (app := _app(parts)):
        return [app]
    choices = [list(_choices(part)) for part in parts]
    _refuse(source, parts, total=prod(map(len, choices)))
    found = [_spelled(source, list(one), star) for one in product(*choices)]
    if not any(one.source for one in found):
        raise Unsaid(f"{shown(source)} takes no address")
    return [one for one in found if one.source]  # without all that is optional nothing is left


def _refuse(source: str, parts: list[_Part], *, total: int) -> None:
    """Refuse a source that stands for more than lines can say."""
    if total > LIMIT:
        raise Unsaid(f"{shown(source)} stands for {total} addresses: write those that you need")
    if parts[-1:] and _needs_more(parts[-1]) and any(part.modifier == "?" for part in parts):
        raise Unsaid(
            f"{shown(source)} has an optional part before a rest that must be there, which no line can tell apart"
        )


def _parts(source: str) -> Iterator[_Part]:
    text, at, number = "", 0, 0
    while at < len(source):
        sign = source[at]
        if sign in "*+?)}":
            raise ValueError(source)
        if sign not in ":({":
            step = 2 if sign == "\\" else 1
            text, at = text + source[at + step - 1], at + step
            continue
        part, at = _part(source, at)
        if sign != "{" and text[-1:] in ("/", "."):
            part, text = part._replace(prefix=text[-1]), text[:-1]
        if text:
            yield _Part(text)
        number += part.takes
        yield part._replace(number=number * part.takes)
        text = ""
    if text:
        yield _Part(text)


def _part(source: str, at: int) -> tuple[_Part, int]:
    """What begins with a brace, a colon or a parenthesis, and where it ends."""
    if source[at] == "{":
        group = _balanced(source, at, "{}")
        prefix = re.split("[:(]", group[1:-1])[0]
        core, end = group[1 + len(prefix) : -1], at + len(group)
        name, expression, suffix = _parameter(core) if core else ("", None, "")
    else:
        name, expression, rest = _parameter(source[at:])
        prefix, suffix, end = "", "", len(source) - len(rest)
    modifier = source[end] if end < len(source) and source[end] in "*+?" else ""
    return _Part(prefix, name, expression, suffix, modifier), end + len(modifier)


def _parameter(text: str) -> tuple[str, str, str]:
    """Its name and its expression, and what is left."""
    found = re.match(r":(\w+)", text)
    name, rest = (found[1], text[found.end() :]) if found else ("", text)
    if rest[:1] == "(":
        group = _balanced(rest, 0, "()")
        return name, group[1:-1], rest[len(group) :]
    if not found:
        raise ValueError(text)
    return name, "", rest


def _balanced(text: str, start: int, signs: str) -> str:
    depth, at = 0, start
    while True:
        if text[at] == "\\":
            at += 1
        depth += (text[at] == signs[0]) - (text[at] == signs[1])
        at += 1
        if not depth:
            return text[start:at]


def _needs_more(part: _Part) -> bool:
    """Whether it takes what is left, and not nothing: a star of ours takes nothing too."""
    return part.modifier == "+" or (not part.modifier and part.expression in _REST)


class _Choice(NamedTuple):
    """A part, or one of the words that it stands for; "" if it is left out."""

    part: _Part
    word: str | None = None


def _choices(part: _Part) -> Iterator[_Choice]:
    if part.expression and _WORDS.fullmatch(part.expression) and part.modifier in ("", "?"):
        for word in part.expression.split("|"):
            yield _Choice(part, part.prefix + word.replace("\\", "") + part.suffix)
    elif part.takes:
        yield _Choice(part._replace(modifier="") if part.modifier == "?" else part)
    else:
        yield _Choice(part, part.prefix + part.suffix)
    if part.modifier == "?":
        yield _Choice(part, "")


def _spelled(source: str, choices: list[_Choice], star: bool) -> Spelling:
    path = ""
    names: dict[str, str] = {}
    for index, (part, word) in enumerate(choices):
        if word and word[0] != "/" and re.search(r"/:\w+$", path):
            raise Unsaid(f"{shown(source)} has a part of a segment: a placeholder is a whole one here")
        if word is not None:
            path += literal(word)
            names |= _named(part, word.removeprefix(part.prefix).removesuffix(part.suffix), gone=not word)
        else:
            end = index == len(choices) - 1
            path, value = _parameterised(source, part, path, names, end=end, star=star)
            names |= _named(part, value)
    return Spelling(path, names)


def _parameterised(
    source: str, part: _Part, path: str, names: dict[str, str], *, end: bool, star: bool
) -> tuple[str, str]:
    """The path with a parameter, and what its value is called."""
    if part.expression in _REST or (part.modifier in ("*", "+") and part.expression in _SEGMENT):
        return _rest(part, path, end=end and not part.suffix, star=star)
    if part.expression not in _SEGMENT or part.modifier:
        one = f"`:{part.name or 'name'}`"
        raise Unsaid(f"{shown(part.written)} is an expression: a line would take every segment, as {one}")
    if part.prefix != "/" or part.suffix:
        raise Unsaid(f"{shown(source)} has a part of a segment: a placeholder is a whole one here")
    value = placeholder(part.name or f"p{part.number}", names.values())
    return f"{path}/{value}", value


def _rest(part: _Part, path: str, *, end: bool, star: bool) -> tuple[str, str]:
    """The path with a star."""
    before = path + literal(part.prefix)
    if end and part.prefix == "/":
        return f"{path}/*", ":splat"
    if end and not star:
        return f"{before}/*", "/:splat"
    if star and "*" not in path:
        return f"{before}*{literal(part.suffix)}", ":splat"
    raise Unsaid(f"{shown(part.written)} takes several segments, and here only the last one, `*`, can")


def _named(part: _Part, value: str, *, gone: bool = False) -> dict[str, str]:
    """All ways in which a target may call the part's value."""
    if not part.number:
        return {}
    found = {f"${part.number}": value}
    if part.name:
        found |= {f":{part.name}{modifier}": value for modifier in ("", "*", "+")}  # a `?` begins the target's query
        if gone:  # with the slash before it
            found |= {f"/{name}": "" for name in list(found)}
    return found


def _app(parts: list[_Part]) -> Spelling | None:
    """All of a site but for some of it: `/((?!api/).*)`, which only a page for all can stand for."""
    if len(parts) != 1 or not parts[0].expression or "(?!" not in parts[0].expression or parts[0].prefix != "/":
        return None
    expression = f"^/(?:{parts[0].expression})$"
    if not is_app(expression):
        return None
    names = any(re.search(r"(?<!\\)\w", spared) for spared in re.findall(r"\(\?!([^)]*)", expression))
    return Spelling("/*", {}, SPARED if names or not leaves_files(expression) else "")
