"""Says of each thing that another host's file asks for which line of the site does it, or which would.

A converted file is old a day later: who moves here sees at each look what is still missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from compiler.headers import HeaderRule, parse_headers
from compiler.redirects import Rule, parse_redirects
from deployments.errors import Failure
from deployments.foreign.converting import demands, found
from deployments.foreign.demands import Demand


class Elsewhere(NamedTuple):
    """One thing that is asked for elsewhere."""

    where: str
    asks: str
    here: str
    lacks: bool  # a line would do it, and is not there
    lines: tuple[str, ...]


def elsewhere(folder: Path, redirects: str, headers: str) -> tuple[list[Elsewhere], list[str]]:
    """All that other hosts' files ask for, in the site and beside it, and a warning for each that cannot be read."""
    rules, header_rules = parse_redirects(redirects)[0], parse_headers(headers)[0]
    asked: list[Elsewhere] = []
    warnings: list[str] = []
    for path in found(folder):
        try:
            asked += [_compared(one, rules, header_rules) for one in demands(path)]
        except Failure as failure:
            warnings.append(str(failure))
    return asked, warnings


def _compared(one: Demand, rules: Sequence[Rule], header_rules: Sequence[HeaderRule]) -> Elsewhere:
    lines = (*one.redirects, *one.headers)
    if not lines:
        return Elsewhere(one.where, one.asks, one.told(), False, lines)
    if one.headers:
        done, otherwise = _rules_of(one.headers, header_rules), ""
    else:
        done, otherwise = _lines_of(one.redirects, rules)
    if not all(done):
        return Elsewhere(one.where, one.asks, f"write {one.told()} into {one.file}", True, lines)
    names = ", ".join(f"{one.file}:{line}" for line in dict.fromkeys(done))
    return Elsewhere(one.where, one.asks, f"{names} {otherwise or 'does it'}", False, lines)


def _lines_of(wanted: Sequence[str], rules: Sequence[Rule]) -> tuple[list[int], str]:
    """For each line the number of the one with the same address (0: there is none), and what that does otherwise."""
    there = {(rule.source, rule.query): rule for rule in reversed(rules)}
    asked = [rule for line in wanted for rule in parse_redirects(line)[0]]
    done = [there.get((rule.source, rule.query)) for rule in asked]
    others = [
        f"does otherwise: to {here.target} ({here.status})"
        for here, rule in zip(done, asked, strict=True)
        if here and (here.target, here.status) != (rule.target, rule.status)
    ]
    return [here.line if here else 0 for here in done], ", ".join(others)


def _rules_of(wanted: Sequence[str], rules: Sequence[HeaderRule]) -> list[int]:
    """For each header of each path the number of the rule that sets it there, 0 if there is none."""
    there = {(rule.pattern, name.lower()): rule.line for rule in rules for name, _ in rule.changes}
    asked = parse_headers("\n".join(wanted))[0]
    return [there.get((rule.pattern, name.lower()), 0) for rule in asked for name, _ in rule.changes]
