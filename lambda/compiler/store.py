"""Writes what the router looks up in the store: which addresses are exact, and the rules with a placeholder or a query.

A value is small, as the router searches it, and it is found by a hash, as the router must not look through many. All
values exist: a key that is missing costs the router as much as twenty pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from compiler.redirects import Rule
from contract import VALUE_LIMIT

EMPTY = "\n"
EXACT, SPARED = "\n", ";"  # what stands before a tag: the key is the address itself; no rule takes the address
TAG = 9  # characters, with its mark
SET_VALUE = 300  # bytes of a value
SET_LIMIT = 500_000  # bytes of all
RULE_LINES, RULE_VALUE = 8, 600  # lines and bytes of a value
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
    size = 1
    while size * SET_VALUE < len(marks) * TAG:
        size *= 2
    while True:
        values = [""] * size
        for address, mark in sorted(marks.items()):
            values[place(found[address][8:12], size)] += mark + found[address][:8]
        if max(map(len, values)) <= SET_VALUE:
            break
        size *= 2
    if sum(map(len, values)) > SET_LIMIT:
        raise TooMuchError(
            f"{len(marks):,} addresses are exact, of which the store takes {SET_LIMIT // TAG:,}: publish fewer"
        )
    tags = {one[:12]: address for address, one in found.items()}
    for address in others:
        twin = tags.get(digest(address)[:12])
        if twin and twin != address:
            raise TooMuchError(f"{address} and {twin} have the same MD5 where the router looks: rename one")
    return [value or EMPTY for value in values]


def rule_values(rules: list[Rule], targets: Mapping[int, str]) -> tuple[list[str], int]:
    """The values that hold each rule where a path that it can match is looked for, and the segment's number.

    `targets` are by line where they are not as written. `TooMuchError` names lines that would stand together.
    """
    if not rules:
        return [], 0
    texts = {rule.line: _line(rule, targets.get(rule.line, rule.target)) for rule in rules}
    best: tuple[tuple[int, int], list[list[Rule]], int] | None = None
    for segment in _SEGMENTS:
        for size in _SIZES:
            if size >= 2 * len(rules):  # a value each
                break
            values: list[list[Rule]] = [[] for _ in range(size)]
            for rule in rules:
                for number in _places(rule.source, segment, size):
                    values[number].append(rule)
            weight = max(sum(len(texts[rule.line].encode()) + 1 for rule in value) for value in values)
            rank = max(map(len, values)), weight
            if best is None or rank < best[0]:
                best = rank, values, segment
    assert best
    (count, weight), values, segment = best
    if count > RULE_LINES or weight > min(RULE_VALUE, VALUE_LIMIT):
        fullest = max(values, key=len) if count > RULE_LINES else max(values, key=lambda value: _weight(value, texts))
        lines = ", ".join(str(rule.line) for rule in fullest)
        raise TooMuchError(
            f"lines {lines} can all match the same paths, and the router takes {RULE_LINES} such lines of {RULE_VALUE} "
            "bytes: write them with other first segments, or as lines without * and placeholders"
        )
    return ["\n".join(texts[rule.line] for rule in value) or EMPTY for value in values], segment


def named(values: Mapping[str, list[str]]) -> tuple[str, dict[str, str]]:
    """What the store's keys have in common, made of the content, and the lines by key; `values` by kind (`t`, `r`)."""
    content = repr(sorted(values.items())).encode()
    name = hashlib.sha256(content).hexdigest()[:12]
    return name, {f"{kind}:{name}:{k}": value for kind, one in values.items() for k, value in enumerate(one)}


def digest(text: str) -> str:
    """The MD5 as hex digits: 5,300 instructions at the edge, of nothing that is secret."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def place(digits: str, size: int) -> int:
    """Which of `size` values the hex digits name."""
    return int(digits, 16) & (size - 1)


def _weight(value: list[Rule], texts: Mapping[int, str]) -> int:
    return sum(len(texts[rule.line].encode()) + 1 for rule in value)


def _line(rule: Rule, target: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in rule.query)
    return "\t".join([str(rule.status), rule.source, target, *([query] if query else [])])


def _places(source: str, segment: int, size: int) -> Iterable[int]:
    """The values in which a path that `source` matches can be looked for."""
    parts = source.split("/")
    wanted = parts[segment] if segment < len(parts) else ""
    if wanted[:1] == ":" or (parts[-1] == "*" and segment >= len(parts) - 1):
        return range(size)
    return [place(digest(wanted)[:4], size)]
