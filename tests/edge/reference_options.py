"""What a deployment's own set of addresses, rules and shell change, written from docs/decisions/edge-rules.md.

Like the reference that uses it, it shares no expression with the functions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.edge.harness import Case


class Decision(NamedTuple):
    """What the options say of a request."""

    reads: int = 0
    exact: bool = False  # an object lies at the address
    unlisted: bool = False  # there is a set, and the address is not in it
    status: int = 0  # of the rule that holds, 0 for none
    target: str = ""  # where it leads


def decide(case: Case, members: Mapping[str, str], decode: Callable[[str], str]) -> Decision:
    """The set is asked first, then the rules, unless the set has the address."""
    reads, mark = 0, "unknown"
    if members.get("set"):
        reads, mark = 1, listed(case, members["set"], decode(case.uri))
    if mark == "\n":
        return Decision(reads, exact=True)
    decision = Decision(reads, unlisted=mark == "no")
    if mark == ";" or not members.get("rules"):
        return decision
    lines = value(case, "r", members["rules"], decode(segment(case.uri, members["rules"])), slice(0, 4)) or ""
    for line in lines.split("\n"):
        status, source, target, query = [*line.split("\t"), "", "", "", ""][:4]
        if source and (values := matched(source, query, case, decode)) is not None:
            return decision._replace(reads=reads + 1, status=int(status), target=filled(target, values))
    return decision._replace(reads=reads + 1)


def value(case: Case, kind: str, option: str, text: str, digits: slice) -> str | None:
    """The one of an option's values that the text belongs to; None if the store lacks it."""
    name, count = option.split(":")[:2]
    number = int(hashlib.md5(text.encode()).hexdigest()[digits], 16) % int(count)
    return case.values.get(f"{kind}:{name}:{number}")


def listed(case: Case, option: str, address: str) -> str:
    """The mark of the address in the set, "no" if it has none, "unknown" if the set is not there."""
    text = value(case, "t", option, address, slice(8, 12))
    if text is None:
        return "unknown"
    marks = {text[at + 1 : at + 9]: text[at] for at in range(0, len(text), 9)}
    return marks.get(hashlib.md5(address.encode()).hexdigest()[:8], "no")


def segment(uri: str, rules: str) -> str:
    """The segment that tells which value has the rules."""
    segments = uri.removeprefix("/").split("/")
    number = int(rules.rsplit(":", 1)[1])
    return segments[number - 1] if number <= len(segments) else ""


def matched(source: str, query: str, case: Case, decode: Callable[[str], str]) -> dict[str, str] | None:
    """What the placeholders stand for, None if the rule does not hold."""
    values: dict[str, str] = {}
    wanted, given = source.split("/"), case.uri.split("/")
    if wanted[-1] == "*":
        wanted = wanted[:-1]
        given, rest = given[: len(wanted)], given[len(wanted) :]
        values["splat"] = "/".join(rest)
    elif len(given) == len(wanted) + 1 and given[-1] == "":
        given = given[:-1]
    if len(wanted) != len(given):
        return None
    for name, text in zip(wanted, given, strict=True):
        if name.startswith(":") and text:
            values[name[1:]] = text
        elif decode(text) != name:
            return None
    return with_query(values, query, case, decode)


def with_query(values: dict[str, str], query: str, case: Case, decode: Callable[[str], str]) -> dict[str, str] | None:
    """The same with what the query gives, None if a member is missing or other."""
    for member in query.split("&") if query else []:
        key, _, name = member.partition("=")
        if key not in case.query:
            return None
        if name.startswith(":"):
            values[name[1:]] = case.query[key]
        elif decode(case.query[key]) != name:
            return None
    return values


def filled(target: str, values: Mapping[str, str]) -> str:
    """The target with the values in their places; one slash at its beginning."""
    result, rest = "", target
    while rest:
        colon, rest = rest[0] == ":", rest[1:] if rest[0] == ":" else rest
        length = next(
            (at for at, sign in enumerate(rest) if not (sign.isascii() and (sign.isalnum() or sign == "_"))), len(rest)
        )
        if colon:
            name, rest = rest[:length], rest[length:]
            result += values.get(name, f":{name}") if name else ":"
        else:
            result, rest = result + rest[0], rest[1:]
    return "/" + result.lstrip("/\\") if result[:1] in ("/", "\\") else result
