"""Finds the lines with a placeholder, `*` or a query that hold for an address, without trying each of them.

A site may have 20,000 addresses and 100 such lines: the compiler's time must not grow with their product.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from compiler.redirects import Rule


class Patterns:
    """The lines of which more than one address, or a query, is asked."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_first: dict[str, list[tuple[Rule, re.Pattern[str]]]] = defaultdict(list)
        for rule in rules:
            first = rule.source.split("/")[1]
            self._by_first["*" if first[:1] == ":" else first].append((rule, _expression(rule.source)))

    def at(self, address: str) -> list[Rule]:
        """The lines that hold for the decoded `address`, whatever the query, in the order of the file."""
        first = address.split("/", 2)[1]
        candidates = self._by_first.get(first, []) + (self._by_first.get("*", []) if first != "*" else [])
        return sorted((rule for rule, found in candidates if found.fullmatch(address)), key=lambda rule: rule.line)


def _expression(source: str) -> re.Pattern[str]:
    segments = source.split("/")[1:]
    has_splat = segments[-1] == "*"
    known = segments[:-1] if has_splat else segments
    text = "".join("/[^/]+" if segment[:1] == ":" else "/" + re.escape(segment) for segment in known if segment)
    return re.compile(text + ("(/.*)?" if has_splat else "/?"), re.DOTALL)
