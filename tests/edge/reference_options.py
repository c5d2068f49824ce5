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
    name, *named = [*members.get("lines", "").split(":"), "", "", ""][:4]
    tags, rules, place = named
    if tags:
        reads, mark = 1, listed(case, name, tags, decode(case.uri))
    if mark == "\n":
        return Decision(reads, exact=True)
    decision = Decision(reads, unlisted=mark == "no")
    if mark == ";" or not rules:
        return decision
    text = value(case, f"r:{name}", rules, decode(segment(case.uri, int(place)))) or ""
    told, *fields = text.split("\t")
    for at in range(0, len(fields), 5):
        there, status, source, query, target = fields[at : at + 5]
        if there in ("", standing(told, case, decode)) and (given := matched(source, query, case, decode)) is not None:
            return decision._replace(reads=reads + 1, status=int(status), target=filled(target, given, case))
    return decision._replace(reads=reads + 1)


def standing(told: str, case: Case, decode: Callable[[str], str]) -> str:
    """What stands in the request where the rules of a value are told apart: in the query or in the path."""
    if told.startswith("?"):
        return decode(case.query.get(told.removeprefix("?"), ""))
    return decode(segment(case.uri, int(told)))


def value(case: Case, kind: str, mask: str, text: str) -> str | None:
    """The one of the values that the text belongs to; None if the store lacks it."""
    number = int(hashlib.md5(text.encode()).hexdigest()[8:12], 16) % (int(mask) + 1)
    return case.values.get(f"{kind}:{number}")


def listed(case: Case, name: str, mask: str, address: str) -> str:
    """The mark of the address in the set, "no" if it has none, "unknown" if the set is not there."""
    text = value(case, f"t:{name}", mask, address)
    if text is None:
        return "unknown"
    marks = {text[at + 1 : at + 9]: text[at] for at in range(0, len(text), 9)}
    return marks.get(hashlib.md5(address.encode()).hexdigest()[:8], "no")


def segment(uri: str, number: int) -> str:
    """A segment of the path, from 1."""
    segments = uri.removeprefix("/").split("/")
    return segments[number - 1] if number <= len(segments) else ""


def matched(source: str, query: str, case: Case, decode: Callable[[str], str]) -> list[str] | None:
    """The segments of the path if the rule holds, else None."""
    wanted, given = source.split("/"), case.uri.split("/")
    whole = given[:-1] if given[-1] == "" else given
    if wanted[-1] == "*":
        wanted.pop()
        whole = whole[: len(wanted)]
    if len(wanted) != len(whole):
        return None
    for name, text in zip(wanted, whole, strict=True):
        if name != ":" and decode(text) != name:
            return None
    return given if asked(query, case, decode) else None


def asked(query: str, case: Case, decode: Callable[[str], str]) -> bool:
    """Whether the query has each member, with its value where one is wanted."""
    for member in query.split("&") if query else []:
        key, equals, wanted = member.partition("=")
        if key not in case.query or (equals and decode(case.query[key]) != wanted):
            return False
    return True


def filled(target: str, given: list[str], case: Case) -> str:
    """The target with what its references name; one slash at its beginning."""
    result = ""
    for number, piece in enumerate(target.split("<")):
        if number % 2 == 0:
            result += piece
        elif piece.startswith("?"):
            result += case.query[piece.removeprefix("?")]
        else:
            result += "/".join(given[int(piece[1:]) :]) if piece.startswith("*") else given[int(piece)]
    return "/" + result.lstrip("/") if result[:1] == "/" else result
