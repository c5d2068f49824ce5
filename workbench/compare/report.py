"""Prints what `compare` found: sizes, code, words, and what else differs with its reason.

A difference of meaning without a reason makes it fail, so that no template changes unexplained.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple, Protocol

from workbench.compare.differences import ABSENT, Difference, Kind

REASONS = Path(__file__).with_name("reasons.toml")


class Reason(NamedTuple):
    """A row of the table: what it explains, as patterns, and how."""

    template: str
    place: str
    why: str

    def explains(self, template: str, difference: Difference) -> bool:
        return fnmatchcase(template, self.template) and fnmatchcase(".".join(difference.place), self.place)


class Found(Protocol):
    """A difference, in which template it is, and in how many of the combinations of its conditions."""

    @property
    def template(self) -> str: ...
    @property
    def difference(self) -> Difference: ...
    @property
    def share(self) -> str: ...


def load_reasons(path: Path = REASONS) -> list[Reason]:
    return [Reason(**row) for row in tomllib.loads(path.read_text()).get("reason", [])]


def report(found: Iterable[Found], sizes: Mapping[str, tuple[int, int]], reasons: Sequence[Reason]) -> int:
    """Print everything; the exit status is 1 if a difference of meaning has no reason."""
    by_difference: dict[Difference, list[Found]] = {}
    for one in found:
        by_difference.setdefault(one.difference, []).append(one)
    _print_sizes(sizes)
    kinds = {kind: {d: where for d, where in by_difference.items() if d.kind is kind} for kind in Kind}
    _print_code(kinds[Kind.CODE])
    _print_words(kinds[Kind.WORDS])
    return _print_meaning(kinds[Kind.MEANING], reasons)


def _print_sizes(sizes: Mapping[str, tuple[int, int]]) -> None:
    print("Bytes of the templates")
    for name, (before, after) in sizes.items():
        print(f"  {name:32}{before:9,} -> {after:7,}  {after - before:+,}")


def _print_code(code: Mapping[Difference, Sequence[Found]]) -> None:
    print(f"\nCode: {len(code)} texts differ")
    for one, where in code.items():
        before, after = (0 if text == ABSENT else len(text.encode()) for text in (one.before, one.after))
        print(f"  {'.'.join(one.place)}: {before:,} -> {after:,} bytes in {_templates(where)}")


def _print_words(words: Mapping[Difference, Sequence[Found]]) -> None:
    print(f"\nWords for people: {len(words)} differ")
    for one, where in words.items():
        _print_both(one, where)


def _print_meaning(meaning: Mapping[Difference, Sequence[Found]], reasons: Sequence[Reason]) -> int:
    print(f"\nEverything else: {len(meaning)} differ")
    used: set[Reason] = set()
    unexplained = 0
    for one, where in meaning.items():
        _print_both(one, where)
        for row in where:
            fitting = [reason for reason in reasons if reason.explains(row.template, one)]
            used.update(fitting)
            unexplained += not fitting
        whys = {reason.why: None for reason in reasons if any(reason.explains(row.template, one) for row in where)}
        print(*(f"    because: {why}" for why in whys) if whys else ["    NO REASON GIVEN"], sep="\n")
    for reason in reasons:
        if reason not in used:
            print(f"\nThis reason explains nothing here: {reason.template} {reason.place}")
    if unexplained:
        print(f"\n{unexplained} without a reason: undo it, or say why in {REASONS.name}")
    return 1 if unexplained else 0


def _print_both(one: Difference, where: Sequence[Found]) -> None:
    print(f"  {'.'.join(one.place)} in {_templates(where)}")
    print(f"    - {one.before}\n    + {one.after}")


def _templates(where: Sequence[Found]) -> str:
    return ", ".join(f"{one.template}{one.share}" for one in where)
