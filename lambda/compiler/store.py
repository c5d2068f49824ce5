"""Writes what the router looks up in the store: which addresses are exact, and the rules with a placeholder or a query.

A value is small, as the router searches it, and it is found by a hash, as the router must not look through many. All
values exist: a key that is missing costs the router as much as twenty pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from compiler.redirects import Rule

EMPTY = "\n"
EXACT, SPARED = "\n", ";"  # what stands before a tag: the key is the address itself; no rule takes the address
_TAG, _LOOKED_AT = 8, 12  # hex digits of an address's MD5: its tag, and with them those that find the value
# To search 1,000 bytes costs the router 31,000 instructions, a line of rules 20,000 to 30,000: `python -m bench.edge`
SET_VALUE = 300  # bytes of a value
RULE_LINES, RULE_VALUE = 8, 600  # lines and bytes of a value
# All values of a store have 5 MB, of two deployments and of those that somebody promotes meanwhile:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
SET_LIMIT = 500_000  # bytes of all
_PLACE = 4  # hex digits of a segment's MD5: they find the value
_NAME = 12  # hex digits that name all values of a deployment
_SEGMENTS = range(1, 5)  # of a path: by which of them rules are found
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128)


class TooMuchError(ValueError):
    """The store cannot hold it in a form that the router could search; says what to do."""


def set_values(marks: Mapping[str, str], others: Iterable[str]) -> list[str]:
    """The values that hold each address of `marks` behind its mark; none for no address.

    `TooMuchError` if they are too many, or if one of the `others`, addresses that are not in it, looks the same.
    """
    if not marks:
        return []
    found = {address: digest(address) for address in marks}
    _refuse_twins(found, others)
    size = 1
    while size * SET_VALUE < len(marks) * (_TAG + 1):
        size *= 2
    while True:
        values = [""] * size
        for address, mark in sorted(marks.items()):
            values[place(found[address][_TAG:_LOOKED_AT], size)] += mark + found[address][:_TAG]
        if max(map(len, values)) <= SET_VALUE:
            break
        size *= 2
    if sum(map(len, values)) > SET_LIMIT:
        raise TooMuchError(
            f"{len(marks):,} addresses are exact, of which the store takes {SET_LIMIT // (_TAG + 1):,}: publish fewer"
        )
    return [value or EMPTY for value in values]


def _refuse_twins(found: Mapping[str, str], others: Iterable[str]) -> None:
    tags = {one[:_LOOKED_AT]: address for address, one in found.items()}
    for address in others:
        twin = tags.get(digest(address)[:_LOOKED_AT])
        if twin and twin != address:
            raise TooMuchError(f"{address} and {twin} have the same MD5 where the router looks: rename one")


def rule_values(rules: Sequence[Rule], targets: Mapping[int, str]) -> tuple[list[str], int]:
    """The values that hold each rule where a path that it can match is looked for, and the segment's number.

    `targets` are by line where they are not as written. `TooMuchError` names lines that would stand together.
    """
    if not rules:
        return [], 0
    texts = {rule.line: _line(rule, targets.get(rule.line, rule.target)) for rule in rules}
    sizes = [size for size in _SIZES if size < 2 * len(rules)]  # a value each is enough
    spreads = [_Spread(_spread(rules, segment, size), segment, texts) for segment in _SEGMENTS for size in sizes]
    best = min(spreads, key=lambda spread: (spread.lines, spread.bytes))
    if best.lines > RULE_LINES or best.bytes > RULE_VALUE:
        together = ", ".join(str(rule.line) for rule in best.fullest())
        raise TooMuchError(
            f"lines {together} can all match the same paths, and the router takes {RULE_LINES} such lines of "
            f"{RULE_VALUE} bytes: write them with other first segments, or as lines without * and placeholders"
        )
    return ["\n".join(texts[rule.line] for rule in value) or EMPTY for value in best.values], best.segment


class _Spread(NamedTuple):
    """One way to spread rules over values: by this segment of the path."""

    values: list[list[Rule]]
    segment: int
    texts: Mapping[int, str]

    @property
    def lines(self) -> int:
        return max(map(len, self.values))

    @property
    def bytes(self) -> int:
        return max(map(self._bytes_of, self.values))

    def fullest(self) -> list[Rule]:
        """The value that has too much."""
        return max(self.values, key=len if self.lines > RULE_LINES else self._bytes_of)

    def _bytes_of(self, value: list[Rule]) -> int:
        return sum(len(self.texts[rule.line].encode()) + 1 for rule in value)


def _spread(rules: Sequence[Rule], segment: int, size: int) -> list[list[Rule]]:
    values: list[list[Rule]] = [[] for _ in range(size)]
    for rule in rules:
        for number in _places(rule.source, segment, size):
            values[number].append(rule)
    return values


def named(values: Mapping[str, list[str]]) -> tuple[str, dict[str, str]]:
    """What the store's keys have in common, made of the content, and the lines by key; `values` by kind (`t`, `r`)."""
    content = repr(sorted(values.items())).encode()
    name = hashlib.sha256(content).hexdigest()[:_NAME]
    return name, {f"{kind}:{name}:{k}": value for kind, one in values.items() for k, value in enumerate(one)}


def digest(text: str) -> str:
    """The MD5 as hex digits: 5,300 instructions at the edge, of nothing that is secret."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def place(digits: str, size: int) -> int:
    """Which of `size` values the hex digits name."""
    return int(digits, 16) & (size - 1)


def _line(rule: Rule, target: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in rule.query)
    return "\t".join([str(rule.status), rule.source, target, *([query] if query else [])])


def _places(source: str, segment: int, size: int) -> Iterable[int]:
    """The values in which a path that `source` matches can be looked for."""
    parts = source.split("/")
    wanted = parts[segment] if segment < len(parts) else ""
    if wanted[:1] == ":" or (parts[-1] == "*" and segment >= len(parts) - 1):
        return range(size)
    return [place(digest(wanted)[:_PLACE], size)]
