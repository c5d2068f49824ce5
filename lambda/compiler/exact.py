"""Fills the exact set: the addresses that the routing would send elsewhere, and those that no line may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from compiler.layout import Layout
from compiler.patterns import Patterns
from compiler.problems import Problem
from compiler.redirects import REDIRECTS, Rule
from compiler.store import EXACT, SPARED


def exact_set(
    layout: Layout, placed: Mapping[str, Rule], dynamic: Sequence[Rule], *, has_shell: bool
) -> tuple[dict[str, str], list[Problem]]:
    """The mark of each address; `placed` are the lines that are objects, by address, `dynamic` those of the store.

    With a shell an app's routes have a page that is not index.html, which then is what `/` alone answers.

    A problem is a forced line behind one that is not: the set cannot spare a page from one of the two.
    """
    marks = _exact(layout, placed, has_rules=bool(dynamic), has_shell=has_shell)
    problems: list[Problem] = []
    patterns = Patterns(dynamic)
    for address, owner in _owned(layout, placed) if dynamic else ():
        lines = [one for one in patterns.at(address) if not owner or one.line > owner.line]
        forced = [] if owner else [one for one in lines if one.forced]
        if forced and _win(forced, lines):
            marks.pop(address, None)
        elif forced:
            problems.append(_undecided(address, lines, forced[0]))
        elif lines:
            marks.setdefault(address, SPARED)
    return marks, problems


def _exact(layout: Layout, placed: Mapping[str, Rule], *, has_rules: bool, has_shell: bool) -> dict[str, str]:
    """The addresses that the routing would send elsewhere."""
    marks = dict.fromkeys([*layout.exact, *(["/"] if has_shell else [])], EXACT)
    if layout.addresses.routing == "spa" and (marks or has_rules):
        # there a navigation to a file's name that is not in the set is the app's
        there = [*layout.known, *placed]
        marks |= {address: EXACT for address in there if layout.addresses.is_file(address)}
    return marks


def _win(forced: Sequence[Rule], lines: Sequence[Rule]) -> bool:
    """Whether one of the `forced` takes the address before any of the other `lines` can."""
    return lines[0] is forced[0] and (not forced[0].query or len(forced) == len(lines))


def _undecided(address: str, lines: Sequence[Rule], forced: Rule) -> Problem:
    others = ", ".join(str(one.line) for one in lines if not one.forced)
    text = (
        f"it wins over the file at {address}, which lines {others} must not take: write it before them, "
        "without a query, or give them `!` too"
    )
    return Problem(REDIRECTS, forced.line, text)


def _owned(layout: Layout, placed: Mapping[str, Rule]) -> Iterator[tuple[str, Rule | None]]:
    """Each address that answers, with the line that decides it, or None: a file."""
    for address in [*layout.known, *layout.exact]:
        yield address, None
    for address, rule in placed.items():
        yield address, rule
        yield f"{address.rstrip('/')}/", rule
