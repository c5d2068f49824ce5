"""Says which requests a line holds for, and where it leads: the meaning that compiler, commands and edge share.

The edge's own code is JavaScript; this is what tests and `deployments rules --ask` hold it to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.addresses import decoded, filled
from compiler.redirects import Rule


def match(rule: Rule, path: str, query: str = "") -> dict[str, str] | None:
    """What the placeholders of `rule` stand for in a request, raw; None if the rule does not hold for it.

    `path` and `query` (without its question mark) are as they stand in the request. A slash at the end of `path` does
    not count, but it stays in what `*` took.
    """
    values = match_path(rule.source, path)
    if values is None:
        return None
    given: dict[str, str] = {}
    for name, value in _pairs(query):
        given.setdefault(name, value)  # of a name that is there twice the first one counts
    for name, wanted in rule.query:
        if name not in given or (wanted[:1] != ":" and decoded(given[name]) != wanted):
            return None
        if wanted[:1] == ":":
            values[wanted[1:]] = given[name]
    return values


def match_path(source: str, path: str) -> dict[str, str] | None:
    """What the placeholders of `source`, a decoded path, stand for in `path`, raw; None if it is another path."""
    values: dict[str, str] = {}
    wanted, given = source.split("/")[1:], path.split("/")[1:]
    if wanted[-1] == "*":
        wanted.pop()
        values["splat"] = "/".join(given[len(wanted) :])
        given = given[: len(wanted)]
    elif given[-1:] == [""] and len(given) > len(wanted):
        given.pop()
    if len(given) != len(wanted):
        return None
    for index, segment in enumerate(wanted):
        part = given[index]
        if segment[:1] == ":" and part:
            values[segment[1:]] = part
        elif segment != decoded(part):
            return None
    return values


def fill(target: str, values: Mapping[str, str]) -> str:
    """`target` with its placeholders filled in; what is a path begins with one slash."""
    result = filled(target, values)
    return "/" + result.lstrip("/\\") if target[:1] == "/" else result  # two would lead to another host


def location(target: str, query: str = "") -> str:
    """`target` with the request's query, unless it has its own; a fragment stays last."""
    address, mark, fragment = target.partition("#")
    goes_along = f"?{query}" if query and "?" not in address else ""
    return address + goes_along + mark + fragment


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    for member in query.split("&"):
        name, _, value = member.partition("=")
        yield name, value
