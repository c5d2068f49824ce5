"""What a file of another host asks for, one thing each, and what does it here.

Our own readers try each line that is proposed, so that nobody is given one that the next upload refuses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from compiler.headers import HEADERS, parse_headers
from compiler.problems import shown
from compiler.redirects import REDIRECTS, parse_redirects
from deployments.foreign.reading import Entry

_REMEDY = ": write lines for the addresses that you need, or leave it out"


class Demand(NamedTuple):
    """One thing that is done by lines (`redirects`, `headers`), by something else (`here`), or by nothing (`why`)."""

    where: str
    asks: str
    redirects: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    here: str = ""
    why: str = ""
    note: str = ""  # what is otherwise than there, although a line does it
    file: str = REDIRECTS  # in which people look for it

    def told(self) -> str:
        """What does it here, in a phrase."""
        lines = ", ".join(f"`{line.strip()}`" for line in (*self.redirects, *self.headers))
        answer = lines or self.here or f"nothing does it here: {self.why}"
        return f"{answer} ({self.note})" if self.note else answer


class Nothing(NamedTuple):
    """Why nothing does here what a setting of theirs did."""

    why: str


# What does a setting of theirs here, or why nothing does, by its name
Answers = Mapping[str, str | Nothing]


class Unsaid(Exception):  # noqa: N818  # an answer more than an error
    """Why our dialect cannot say it, with what to do instead."""

    def __init__(self, why: str) -> None:
        super().__init__(why if ": " in why else why + _REMEDY)


def redirect(where: str, asks: str, lines: Iterable[str], note: str = "") -> Demand:
    """A demand that `lines` of `_redirects` do, if our own reader takes each of them."""
    lines = tuple(lines)
    for line in lines:
        rules, problems = parse_redirects(line)
        if problems or len(rules) != 1 or line != " ".join(line.split()) or not line.isprintable():
            return Demand(where, asks, why=problems[0].text if problems else f"{shown(line)} is no line")
    return Demand(where, asks, redirects=lines, note=note)


def headers(where: str, patterns: Iterable[str], given: Iterable[tuple[str, str]], note: str = "") -> list[Demand]:
    """A demand for all headers that our own reader takes, and one for each that it refuses; no value takes one away."""
    patterns = tuple(patterns)
    there = " ".join(patterns)
    taken: dict[str, str] = {}
    refused: list[Demand] = []
    for name, value in given:
        line = f"  {name}: {' '.join(value.split())}" if value else f"  ! {name}"
        why = _refused("/*", line)
        if why:
            refused.append(Demand(where, f"header {shown(name)} for {there}", why=why, file=HEADERS))
        else:
            taken[name] = line
    why = next(filter(None, (_refused(pattern, "  X-A: b") for pattern in patterns)), "")
    asks = f"{', '.join(taken)} for {there}"
    lines = tuple(line for pattern in patterns for line in (pattern, *taken.values()))
    done = Demand(where, asks, headers=() if why else lines, why=why, note=note, file=HEADERS)
    return [done, *refused] if taken else refused


def _refused(pattern: str, line: str) -> str:
    """Why our own reader does not take a header for a pattern."""
    rules, problems = parse_headers(f"{pattern}\n{line}\n")
    if problems:
        return problems[0].text
    whole = [len(rule.changes) for rule in rules] == [1] and f"{pattern}{line}".isprintable()
    return "" if whole else f"{shown(f'{pattern} {line}')} is no rule"


def settings(entry: Entry, known: Answers, ours: Iterable[str]) -> list[Demand]:
    """A demand for each other member of `entry`: `known` says what does it, or why nothing does."""
    demands = []
    for name, member in entry.members():
        if name in ours or name[:1] == "$":
            continue
        answer = known.get(name, Nothing("it is not known here"))
        asks = " ".join([name, shown(member.text())] if member.text() else [name])
        demand = Demand(member.where, asks)
        demands.append(demand._replace(why=answer.why) if isinstance(answer, Nothing) else demand._replace(here=answer))
    return demands
