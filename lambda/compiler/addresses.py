"""Reads the addresses that lines hold for as the edge does: decoded, by segments, some of which are placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from compiler.problems import Refused, shown

PLACEHOLDER = re.compile(r":([A-Za-z]\w*)", re.ASCII)
# What the router answers itself, so that no line could hold for it
UNASKED = re.compile(r"[\x00-\x1f\\\x7f\ud800-\udfff]|/\.\.?(?:/|$)|//")


def decoded(text: str) -> str:
    """`text` without percent-encoding, as the router decodes it: of what is no UTF-8 only ASCII."""
    if not re.search("%(?![0-9A-Fa-f]{2})", text):
        try:
            return unquote_to_bytes(text).decode()
        except UnicodeError:
            pass
    return re.sub("%([0-7][0-9A-Fa-f])", lambda found: chr(int(found[1], 16)), text)


def path_of(target: str) -> str:
    """The path that a target names, decoded."""
    return decoded(re.split("[?#]", target)[0])


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with the placeholders that have a value filled in."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def pattern(written: str) -> str:
    """The path that a line holds for, decoded; `Refused` says what is wrong with it."""
    path = _asked_path(written)
    names = ["splat"] if "*" in written else []
    for segment in written.split("/"):
        names += _placeholder(segment)
    twice = next((name for name in names if names.count(name) > 1), "")
    if twice:
        raise Refused(f"`:{twice}` is there twice: give each placeholder a name of its own (`*` is `:splat`)")
    return path


def _asked_path(written: str) -> str:
    """A path that somebody could ask this site for, decoded."""
    if re.match("[A-Za-z][A-Za-z0-9+.-]*://", written):
        raise Refused(
            f"{shown(written)} names a host: take it out (http leads to https anyway), or write this site's path"
        )
    if written[:1] != "/":
        raise Refused(f"{shown(written)} does not begin with a slash: write {shown('/' + written)}")
    path = decoded(written)
    if UNASKED.search(path) or "%2f" in written.lower():
        raise Refused(
            f"{shown(written)} is an address that the site answers itself: write single slashes, without dot segments,"
            " backslashes, %2F and control characters"
        )
    return path


def _placeholder(segment: str) -> list[str]:
    """The name of the placeholder that a segment is, if it is one."""
    found = PLACEHOLDER.fullmatch(segment)
    if not found and re.search("^:|:[A-Za-z]", segment):
        raise Refused(
            f"{shown(segment)} is no whole placeholder: write `/:name/` with letters, digits, `_`, or %3A for a colon"
        )
    if not found and (decoded(segment)[:1] == ":" or decoded(segment).count("*") != segment.count("*")):
        raise Refused(f"{shown(segment)} would be taken for a placeholder: take the line out, no line can name it")
    return [found[1]] if found else []
