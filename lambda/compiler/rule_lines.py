"""Writes the lines that the router reads for the rules with a placeholder or a query, and keeps them cheap to read.

A value of the store is one line of fields, with tabs between them. The first one says by what most of its rules are
told apart: by a segment of the path (its number) or by a member of the query (`?` and its name). Five fields follow for
each rule: what stands there (nothing, if the rule holds for several), the status, the source with a lone colon for each
placeholder, the query's members (a name alone if any value will do), and the target. Behind each `<` of a target there
is a segment's number (`<2<`), a number with all segments behind it (`<*3<`), or a query's member (`<?id<`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from compiler.addresses import PLACEHOLDER
from compiler.redirects import Rule
from compiler.store import EMPTY, TooMuchError, digest, place

# Instructions of the router, in thousands, as `python -m bench.edge` measures them for its dearest lines, rounded up
# (docs/decisions/edge-rules.md): what a value may cost besides the line that holds, and what a line costs that is told
# apart, that has no query, that has one
COST_LIMIT = 34
_APART, _PLAIN, _QUERY = 3, 13, 23
BYTES_LIMIT = 600  # of a value
_SEGMENTS = range(1, 5)  # of a path: by which of them values are found
_TELLING = range(1, 10)  # and rules told apart
_SIZES = 1, 2, 4, 8, 16, 32, 64, 128


def rule_values(rules: Sequence[Rule], targets: Mapping[int, str]) -> tuple[list[str], int]:
    """The values that hold each rule where a path that it can match is looked for, and the segment's number.

    `targets` are by line where they are not as written. `TooMuchError` names lines that would stand together.
    """
    if not rules:
        return [], 0
    fields = {rule.line: _fields(rule, targets.get(rule.line, rule.target)) for rule in rules}
    sizes = [size for size in _SIZES if size < 2 * len(rules)]  # a value each is enough
    spreads = [_Spread(segment, _spread(rules, segment, size)) for segment in _SEGMENTS for size in sizes]
    best = min(spreads, key=lambda spread: spread.weight(fields))
    for value in best.values:
        _refuse_costly(value, fields)
    return [_written(value, fields) if value else EMPTY for value in best.values], best.segment


class _Spread(NamedTuple):
    """One way to spread rules over values: by this segment of the path."""

    segment: int
    values: list[list[Rule]]

    def weight(self, fields: Mapping[int, list[str]]) -> tuple[int, int]:
        """What its worst value costs, and the bytes of its longest; the less the better."""
        return max(map(_cost, self.values)), max(len(_written(value, fields).encode()) for value in self.values)


def _spread(rules: Sequence[Rule], segment: int, size: int) -> list[list[Rule]]:
    values: list[list[Rule]] = [[] for _ in range(size)]
    for rule in rules:
        for number in _places(rule.source, segment, size):
            values[number].append(rule)
    return values


def _places(source: str, segment: int, size: int) -> Iterable[int]:
    """The values in which a path that `source` matches can be looked for."""
    wanted = _literal(source, segment)
    return range(size) if wanted is None else [place(digest(wanted), size)]


def _literal(source: str, segment: int) -> str | None:
    """What a path that `source` matches has as this segment, "" for none; None if that can be several."""
    parts = source.split("/")
    if parts[-1] == "*" and segment >= len(parts) - 1:
        return None
    wanted = parts[segment] if segment < len(parts) else ""
    return None if wanted[:1] == ":" else wanted


def _refuse_costly(value: Sequence[Rule], fields: Mapping[int, list[str]]) -> None:
    size = len(_written(value, fields).encode())
    if _cost(value) > COST_LIMIT or size > BYTES_LIMIT:
        lines = ", ".join(str(rule.line) for rule in value)
        raise TooMuchError(
            f"lines {lines} can all match the same paths, and the router has no time to try so many: write them with "
            "other first segments, as fewer lines with a query, or as lines without * and placeholders"
        )


def _written(value: Sequence[Rule], fields: Mapping[int, list[str]]) -> str:
    at = _telling(value)
    return "\t".join([at, *(field for rule in value for field in [_told(rule, at), *fields[rule.line]])])


def _cost(value: Sequence[Rule]) -> int:
    return _cost_if_told(value, _telling(value)) if value else 0


def _telling(value: Sequence[Rule]) -> str:
    """By what the rules are told apart best."""
    queries = dict.fromkeys(f"?{name}" for rule in value for name, _ in rule.query)
    return min([*map(str, _TELLING), *queries], key=lambda at: _cost_if_told(value, at))


def _cost_if_told(value: Sequence[Rule], at: str) -> int:
    """What it costs at most to find the line that holds: the last one of those that are tried together."""
    told = {rule.line: _told(rule, at) for rule in value}
    worst = 0
    for there in {"", *told.values()}:
        tried = [rule for rule in value if told[rule.line] in ("", there)]
        if not tried:
            continue  # cheaper than any page for which one holds
        costs = [_QUERY if rule.query else _PLAIN for rule in tried[:-1]]
        worst = max(worst, sum(costs) + _APART * (len(value) - len(tried)))
    return worst


def _told(rule: Rule, at: str) -> str:
    """What stands there in each path, or query, that the rule holds for; "" if that can be several things."""
    if at[0] == "?":
        wanted = dict(rule.query).get(at[1:], "")
        return "" if wanted[:1] == ":" else wanted
    return _literal(rule.source, int(at)) or ""


def _fields(rule: Rule, target: str) -> list[str]:
    source = "/".join(":" if part[:1] == ":" else part for part in rule.source.rstrip("/").split("/"))
    query = "&".join(name if value[:1] == ":" else f"{name}={value}" for name, value in rule.query)
    values = {part: str(number) for number, part in enumerate(rule.source.split("/")) if part[:1] == ":"}
    values |= {value: f"?{name}" for name, value in rule.query if value[:1] == ":"}
    if source.endswith("*"):
        values[":splat"] = f"*{source.count('/')}"
    return [str(rule.status), source, query, PLACEHOLDER.sub(lambda found: _reference(found[0], values), target)]


def _reference(name: str, values: Mapping[str, str]) -> str:
    return f"<{values[name]}<" if name in values else name
