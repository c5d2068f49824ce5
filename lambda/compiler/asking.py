"""Says what a visitor gets for an address and which line decides: a plain reading of `_redirects`, without a table.

Loops are found with it at upload; `deployments rules --ask` answers with it, and tests hold the compiled deployment to
it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import quote

from compiler.addresses import decoded
from compiler.layout import SLASH, Layout
from compiler.matching import fill, location, match
from compiler.patterns import Patterns
from compiler.places import INDEX
from compiler.redirects import Rule

HOPS = 30  # of redirects; browsers give up after 20
REDIRECTS = 301, 302, 303, 307, 308


class Verdict(NamedTuple):
    """What answers: the status, where a redirect leads or which file it is, and the line that decides (0: none)."""

    status: int
    to: str
    line: int = 0


class Visitor:
    """Asks a site for addresses, as a browser does that goes there."""

    def __init__(self, rules: Iterable[Rule], layout: Layout) -> None:
        """`layout` is of the site's files alone."""
        self._layout = layout
        self._static: dict[str, list[Rule]] = defaultdict(list)
        others: list[Rule] = []
        for rule in rules:
            (self._static[rule.source] if rule.is_static else others).append(rule)
        self._patterns = Patterns(others)

    def ask(self, path: str, query: str = "") -> Verdict:
        """What a navigation to `path` with `query`, both as in the address bar, gets."""
        address = decoded(path)
        there = self.exists(address)
        plain = address.rstrip("/") or "/"
        lines = sorted([*self._static.get(plain, ()), *self._patterns.at(address)], key=lambda rule: rule.line)
        for rule in lines:
            values = match(rule, path, query) if rule.forced or not there else None
            if values is not None:
                return self._decided(rule, fill(rule.target, values), query)
        return self._routed(path, query)

    def exists(self, address: str) -> bool:
        """Whether something of the site has this address, with a slash at the end or without."""
        plain = address.rstrip("/")
        return bool(self._layout.key(plain or "/") or self._layout.key(f"{plain}/"))

    def end(self, path: str, query: str = "") -> tuple[Verdict, list[int]]:
        """Where all redirects from `path` lead, and the lines of those; a status of 0: nowhere, they go on for ever."""
        lines: list[int] = []
        seen: set[tuple[str, str]] = set()
        while (path, query) not in seen and len(seen) < HOPS:
            seen.add((path, query))
            verdict = self.ask(path, query)
            lines += [verdict.line] * (verdict.line != 0)
            if verdict.status not in REDIRECTS or verdict.to[:1] != "/":
                return verdict, lines
            path, _, query = verdict.to.partition("#")[0].partition("?")
        return Verdict(0, path), list(dict.fromkeys(lines))

    def _decided(self, rule: Rule, target: str, query: str) -> Verdict:
        if rule.status in REDIRECTS:
            return Verdict(rule.status, location(target, query), rule.line)
        address = decoded(target.partition("#")[0].partition("?")[0])
        key = self._layout.key(address) or self._layout.key(f"{address}/")
        if rule.status == 200 and not key:
            return Verdict(404, "404.html", rule.line)
        return Verdict(rule.status, self._layout.source(key), rule.line)

    def _routed(self, path: str, query: str) -> Verdict:
        address = decoded(path)
        layout = self._layout
        if address not in layout.exact:
            place = layout.addresses.place(address)
            if place.redirect:
                return Verdict(SLASH, location(quote(place.redirect, safe="/%:@!$&'()*+,;=~"), query))
            if place.key in layout.objects and layout.objects[place.key].redirect:
                status, target = layout.objects[place.key].redirect.split(" ", 1)
                return Verdict(int(status), location(target, query))
        key = layout.key(address)
        if key:
            return Verdict(200, layout.source(key))
        if layout.addresses.routing == "spa" and (layout.exact or not layout.addresses.is_file(address)):
            return Verdict(200, INDEX)
        return Verdict(404, "404.html")


def cycles(rules: Sequence[Rule], visitor: Visitor) -> list[list[int]]:
    """The lines of each round of redirects that has no end."""
    found: dict[tuple[int, ...], None] = {}
    for rule in rules:
        if rule.status in REDIRECTS and rule.target[:1] == "/":
            for path in _samples(rule.source):
                query = "&".join(f"{name}={_value(value)}" for name, value in rule.query)
                end, lines = visitor.end(path, query)
                if not end.status and lines:
                    found[tuple(sorted(lines))] = None
    return [list(lines) for lines in found]


def _samples(source: str) -> list[str]:
    """Paths that a line holds for, as they stand in a request."""
    segments = [quote(_value(segment)) for segment in source.split("/")[1:]]
    if source.endswith("/*"):
        return ["/" + "/".join([*segments[:-1], "x"]), "/" + "/".join(segments[:-1])]
    return ["/" + "/".join(segments)]


def _value(written: str) -> str:
    return f"x-{written[1:]}" if written[:1] == ":" else written
