"""Says what a visitor gets for an address and which line decides: a plain reading of `_redirects`, without a table.

Loops are found with it at upload; `deployments rules --ask` answers with it, and tests hold the compiled deployment to
it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote

from compiler.addresses import UNASKED, decoded, path_of
from compiler.layout import MISSING, SLASH, Layout
from compiler.matching import fill, location, match
from compiler.patterns import Patterns
from compiler.places import INDEX, has_finisher
from compiler.redirects import Rule
from compiler.statuses import REDIRECT_STATUSES
from content.hashed_names import is_hashed
from contract import NAME_LIMIT

HOPS = 30  # of redirects; browsers give up after 20


class Verdict(NamedTuple):
    """What answers: the status, where a redirect leads or which file it is, and the line that decides (0: none)."""

    status: int
    to: str
    line: int = 0


class Visitor:
    """Asks a site for addresses, as a browser does that goes there."""

    def __init__(
        self,
        rules: Sequence[Rule],
        layout: Layout,
        *,
        shell: str = INDEX,
        has_set: bool | None = None,
        hashed: Collection[str] = (),
        taken: Mapping[str, Rule] | None = None,
        stored: Collection[int] = (),
    ) -> None:
        """`layout` is of its files alone, `hashed` are the others; `has_set`: the store lists exact addresses.

        `taken` are keys of files at which a line's object lies, with the line; `stored` are lines that are no objects.
        """
        self._stored = stored
        self.layout, self._shell, self._hashed, self._taken = layout, shell, hashed, taken or {}
        self._has_set = bool(layout.exact) if has_set is None else has_set
        self._static: dict[str, list[Rule]] = defaultdict(list)
        self._last: Rule | None = None  # it holds for all that is not there, as the routing's own answer does
        others: list[Rule] = []
        self.rules = rules
        for rule in rules:
            if rule.takes_all:
                self._last = rule
                break
            (self._static[rule.source] if rule.is_static else others).append(rule)
        self._patterns = Patterns(others)

    def ask(self, path: str, query: str = "") -> Verdict:
        """What a navigation to `path` with `query`, both as in the address bar, gets."""
        return _unasked(path, query) or self._pooled(path) or self._ruled(path, query) or self._routed(path, query)

    def _pooled(self, path: str) -> Verdict | None:
        """What a hashed file's address gets, for which the store is not asked."""
        name = decoded(path)[1:]
        if not is_hashed(name):
            return None
        return Verdict(200, name) if name in self._hashed else self._missing()

    def _ruled(self, path: str, query: str) -> Verdict | None:
        """What the first line that holds decides."""
        address = decoded(path)
        has, answers = self.layout.has(address), self.layout.answers(address)
        held = [rule for rule in self._candidates(address) if rule.forced or not (has if rule.is_static else answers)]
        for rule in held:
            values = match(rule, path, query)
            if values is not None:
                # an object lies at the key of the address that the routing prefers, and others lead there first
                at_key = rule.is_static and held[0].is_static and rule.line not in self._stored
                return (at_key and self._led(path, query)) or self._decided(rule, fill(rule.target, values), query)
        return None

    def follow(self, path: str, query: str = "") -> list[tuple[str, Verdict]]:
        """Each address from `path` on, with its query, and what it gets; a status of 0 ends what goes on for ever."""
        hops: list[tuple[str, Verdict]] = []
        seen: set[tuple[str, str]] = set()
        while (path, query) not in seen and len(seen) < HOPS:
            seen.add((path, query))
            verdict = self.ask(path, query)
            hops.append((_whole(path, query), verdict))
            if verdict.status not in REDIRECT_STATUSES or verdict.to[:1] != "/":
                return hops
            path, _, query = verdict.to.partition("#")[0].partition("?")
        return [*hops, (_whole(path, query), Verdict(0, path))]

    def end(self, path: str, query: str = "") -> tuple[Verdict, list[int]]:
        """Where all redirects from `path` lead, and the lines of those; a status of 0: nowhere, they go on for ever."""
        verdicts = [verdict for _, verdict in self.follow(path, query)]
        lines = [verdict.line for verdict in verdicts if verdict.line]
        return verdicts[-1], lines if verdicts[-1].status else list(dict.fromkeys(lines))

    def _candidates(self, address: str) -> list[Rule]:
        """The lines that hold for the address if their queries do, in the file's order."""
        lines = [*self._static.get(address.rstrip("/") or "/", ()), *self._patterns.at(address)]
        return sorted(lines, key=lambda rule: rule.line)

    def _decided(self, rule: Rule, target: str, query: str) -> Verdict:
        source = self._source(target)
        if rule.status not in REDIRECT_STATUSES:
            return Verdict(rule.status, source, rule.line) if source else self._missing(rule.line)
        if source and rule.is_static and not has_finisher(rule.source[1:], assets=self.layout.assets):
            return Verdict(200, source, rule.line)  # what is sent as it is can be a copy, and no redirect
        return Verdict(rule.status, location(target, query), rule.line)

    def _source(self, target: str) -> str:
        """The file that a target is, "" if it is none of the site."""
        if target[:1] != "/":
            return ""
        address = path_of(target)
        layout = self.layout
        return layout.source(layout.key(address)) or layout.source(layout.key(f"{address}/"))

    def _led(self, path: str, query: str) -> Verdict | None:
        """The routing's own redirect to the address with a slash at its end, or without."""
        address = decoded(path)
        redirect = address not in self.layout.exact and self.layout.addresses.place(address).redirect
        return Verdict(SLASH, location(_toggled(path, redirect), query)) if redirect else None

    def _routed(self, path: str, query: str) -> Verdict:
        address = decoded(path)
        key = self.layout.key(address)
        led = self._led(path, query) or self._sent_on(address, query)
        if led:
            return led
        if key in self._taken:
            return self._decided(self._taken[key], self._taken[key].target, query)
        if key:
            return Verdict(200, self.layout.source(key))
        return self._app(address) or self._missing()

    def _sent_on(self, address: str, query: str) -> Verdict | None:
        """The redirect that lies where the routing looks."""
        layout = self.layout
        there = layout.objects.get(layout.addresses.place(address).key) if address not in layout.exact else None
        if not there or not there.redirect:
            return None
        status, target = there.redirect.split(" ", 1)
        return Verdict(int(status), location(target, query))

    def _app(self, address: str) -> Verdict | None:
        """The page of an app, if the address is one of its routes."""
        addresses = self.layout.addresses
        is_route = addresses.is_route(address) and (self._has_set or not addresses.is_file(address))
        return Verdict(200, self._shell, self._line_of(200)) if addresses.routing == "spa" and is_route else None

    def _missing(self, line: int = 0) -> Verdict:
        page = self.layout.source(MISSING)
        if MISSING not in self.layout.files and self._last and self._last.status == 404:
            page = self._source(self._last.target)
        return Verdict(404, page, line or self._line_of(404))

    def _line_of(self, status: int) -> int:
        return self._last.line if self._last and self._last.status == status else 0


def addresses_of(visitor: Visitor, verdict: Verdict) -> list[str]:
    """Those of the file that answers, as `_headers` names them: for commands and tests, so this does not travel."""
    line = next((rule for rule in visitor.rules if rule.line == verdict.line), None)
    own = [line.source] if line and line.is_static else visitor.layout.of_file.get(verdict.to, [])
    return list(dict.fromkeys([*own, f"/{verdict.to}"]))


def _whole(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def _unasked(path: str, query: str) -> Verdict | None:
    """What the router says of an address itself, before it looks for anything."""
    clean = re.sub("//+", "/", path)
    address = decoded(clean)
    if UNASKED.search(address) or address[:1] != "/":
        return Verdict(400, "")
    if len(address.encode()) > NAME_LIMIT:
        return Verdict(414, "")
    return Verdict(SLASH, location(clean, query)) if clean != path else None


def _toggled(path: str, other: str) -> str:
    """The path as it was asked, with its end as in the address that the routing prefers."""
    if path.endswith("/"):
        return path.rstrip("/")
    return f"{path}/" if other.rstrip("/") == decoded(path) else path.removesuffix("index")


def cycles(rules: Sequence[Rule], visitor: Visitor) -> list[list[int]]:
    """The lines of each round of redirects that has no end."""
    found: dict[tuple[int, ...], None] = {}
    for rule in rules:
        if rule.status in REDIRECT_STATUSES and rule.target[:1] == "/":
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
