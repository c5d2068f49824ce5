"""Reads `_headers`: each line belongs to a rule, or gives a problem that names it. docs/headers.md is the dialect.

It never raises, as redirects.py: all wrong lines are named at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from compiler.addresses import filled, pattern
from compiler.problems import Problem, Refused, is_enough, shown

HEADERS = "_headers"
# Cloudflare's, so that a file works here as there: https://developers.cloudflare.com/pages/configuration/headers/
HEADER_LINE_LIMIT = 2000  # characters
HEADER_RULE_LIMIT = 100  # paths

# What CloudFront refuses (a function that sets one makes a 502), or what it or S3 sets
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
OWNED = re.compile(
    "connection|expect|keep-alive|proxy-.*|te|trailers?|upgrade|x-accel-.*|x-amz.*|x-cache|x-edge-.*|x-forwarded-.*"
    "|x-real-ip|cdn-loop|content-length|content-range|accept-ranges|host|transfer-encoding|via|warning|age|date|server"
    "|etag|last-modified"
)
# What has another way, or none
ELSEWHERE = {
    "set-cookie": "all visitors would share the cookie; set it by a script of the page",
    "location": "a header does not redirect; write a line in _redirects",
    "status": "a header is no status; write a line in _redirects",
    "content-encoding": "a file whose name says so (.gz, .br) has it already; take the line out",
    "basic-auth": "there is no password here, and the header would tell it everyone; take the line out",
}


class HeaderRule(NamedTuple):
    """A path of `_headers` and what stands below it.

    line: of the path, from 1
    pattern: decoded: `:name` is a segment, one `*` may stand anywhere
    changes: in order, names as written; None: it is taken away
    """

    line: int
    pattern: str
    changes: tuple[tuple[str, str | None], ...]


def parse_headers(text: str) -> tuple[list[HeaderRule], list[Problem]]:
    """The rules of `_headers` in their order, and what is wrong with each other line."""
    rules: list[HeaderRule] = []
    problems: list[Problem] = []
    for number, path, lines in _blocks(text):
        holds_for = ""
        changes: list[tuple[str, str | None]] = []
        for at, line in [(number, path), *lines]:
            if is_enough(problems, HEADERS, at):
                return rules, problems
            try:
                if at > number:
                    _add(changes, line, path)
                elif path:
                    holds_for = _pattern(path, lines, rules)
            except Refused as refused:
                problems.append(Problem(HEADERS, at, str(refused)))
        if holds_for and changes:
            rules.append(HeaderRule(number, holds_for, tuple(changes)))
    return rules, problems


def headers_of(rules: Iterable[HeaderRule], addresses: Iterable[str]) -> list[tuple[str, str | None]]:
    """What all rules that hold for one of a file's decoded `addresses` leave, in order; None: it is taken away."""
    addresses = tuple(addresses)
    left: dict[str, tuple[str, str | None]] = {}
    for rule in rules:
        values = _values(rule.pattern, addresses)
        for name, value in rule.changes if values is not None else ():
            left.pop(name.lower(), None)
            left[name.lower()] = name, value and filled(value, values or {})
    return [change for change in left.values() if change[1] != ""]  # a `*` that stands for nothing


def _blocks(text: str) -> Iterator[tuple[int, str, list[tuple[int, str]]]]:
    """Each path with its line's number, and the lines below it; the first has none."""
    block: tuple[int, str, list[tuple[int, str]]] = 0, "", []
    for number, raw in enumerate(text.lstrip("\ufeff").split("\n"), 1):
        line = raw.strip()
        if re.match(r"/|[A-Za-z][\w+.-]*://", line):
            yield block
            block = number, line, []
        elif line and line[0] != "#":
            block[2].append((number, line))
    yield block


def _pattern(line: str, lines: list[tuple[int, str]], rules: list[HeaderRule]) -> str:
    _check_length(line)
    if len(rules) >= HEADER_RULE_LIMIT:
        raise Refused(f"{shown(line)} is over the limit of {HEADER_RULE_LIMIT} paths: join some into patterns")
    written = re.sub(r"\s+#.*", "", line)
    for mark in "?#":
        if mark in written:
            raise Refused(f"{shown(written)} has `{mark}`: write the path alone")
    if len(written.split()) > 1:
        raise Refused(f"{shown(written)} has a blank: write %20, and headers on lines of their own below the path")
    if not lines:
        raise Refused(f"{shown(written)} has no headers below it: write `  Name: value`")
    if written.count("*") > 1:
        raise Refused(f"{shown(written)} has more than one `*`: write `:name` for a segment")
    return pattern(written)


def _check_length(line: str) -> None:
    if len(line) > HEADER_LINE_LIMIT:
        raise Refused(f"{shown(line)} has {len(line):,} characters: a line has at most {HEADER_LINE_LIMIT:,}")


def _add(changes: list[tuple[str, str | None]], line: str, path: str) -> None:
    """Add what a line says."""
    _check_length(line)
    name, value = _name_and_value(line)
    _check_name(name)
    if not path:
        raise Refused(f"{shown(line)} stands above the first path: write a line like `/*` before it")
    if value is None:
        changes.append((name, None))
    else:
        _check_value(name, value)
        _join(changes, name, value)


def _name_and_value(line: str) -> tuple[str, str | None]:
    """A header's name, and its value; None if the line takes it away."""
    removed = re.fullmatch(r"!\s+([^\s:]+)", line)
    if removed:
        return removed[1], None
    name, colon, value = map(str.strip, line.partition(":"))
    if not colon and "/" in line:
        raise Refused(f"{shown(line)} is no path: write {shown('/' + line)}")
    if not colon and line[0] != "!":
        raise Refused(f"{shown(line)} is no header: write `Name: value`, or `! Name` to take one away")
    return name, value


def _join(changes: list[tuple[str, str | None]], name: str, value: str) -> None:
    """Add a value, to that of the same name if it has one: a browser would join them in the same way."""
    place = max((index for index, change in enumerate(changes) if change[0].lower() == name.lower()), default=-1)
    before = changes[place][1] if place >= 0 else None
    if before is None:
        changes.append((name, value))
    else:
        changes[place] = changes[place][0], f"{before}, {value}"


def _check_name(name: str) -> None:
    if name[:1] == "!":
        raise Refused(f"{shown(name)} would take a header away: write `! Name` with a blank and without a value")
    if not re.fullmatch(r"[\w.-]+", name, re.ASCII):
        raise Refused(f"{shown(name)} is no header's name: write letters, digits and `-`, without blanks")
    low = name.lower()
    if OWNED.fullmatch(low):
        raise Refused(f"{shown(name)} is CloudFront's or S3's own header, which no rule may change: take the line out")
    if low in ELSEWHERE:
        raise Refused(f"{shown(name)} is not for _headers: {ELSEWHERE[low]}")


def _check_value(name: str, value: str) -> None:
    if not value:
        raise Refused(f"{shown(name)} has no value: write `Name: value`, or `! Name` to take it away")
    odd = re.search(r"[^\x20-\x7d]", value)
    if odd:
        raise Refused(
            f"{shown(value)} has {shown(odd[0])}: a value is printable ASCII without `~`; in an address write"
            f" {quote(odd[0], errors='replace').replace('~', '%7E')}"
        )


def _values(path: str, addresses: tuple[str, ...]) -> dict[str, str] | None:
    """What the placeholders of a pattern stand for in the first address that it holds for, as in addresses."""
    start, expression = _header_expression(path)
    for address in addresses:
        found = expression.fullmatch(address) if address.startswith(start) else None
        if found:
            return {name: quote(value).replace("~", "%7E") for name, value in found.groupdict("").items()}
    return None


@lru_cache(maxsize=HEADER_RULE_LIMIT)
def _header_expression(path: str) -> tuple[str, re.Pattern[str]]:
    """What all addresses of a pattern begin with, and the pattern as a regular expression."""
    start = re.split(r"/:|/?\*", path)[0] if path != "/" else path
    head, below, _ = path.rpartition("/*") if path.endswith("/*") else (path.rstrip("/"), "", "")
    parts = [
        f"(?P<{part[1:]}>[^/]+)" if part[:1] == ":" else re.escape(part).replace(r"\*", "(?P<splat>.*)")
        for part in head.split("/")
    ]
    end = "(?:/(?P<splat>.*))?" if below else "/?"
    return start.rstrip("/"), re.compile("/".join(parts) + end, re.S)
