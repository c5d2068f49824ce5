"""How a pattern of another host is written in `_redirects` and `_headers`.

It stands apart from the hosts, because all of them share these few rules about names, files and an app's routes.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote

SPARED = "what it leaves out there gets the page here too, unless it is a file"
LIMIT = 32  # lines for one pattern of theirs: more would be nobody's to read, and there are 100 dynamic ones
NO_SLASH = "files, or bare for pages that are folders"  # the routings whose addresses have no slash at the end

# Addresses of an app's routes, and of what is none: an expression is tried with them
_ROUTES = "/a", "/users/1", "/a/b/c-d"
_FILES = "/main.js", "/css/site.css", "/img/logo.png"


class Spelling(NamedTuple):
    """A pattern in our spelling, and what a target calls its parts there: `{":path*": ":splat"}`."""

    source: str
    names: Mapping[str, str] = {}
    note: str = ""


def literal(text: str) -> str:
    """Text of theirs as a path of ours: what would mean something here is encoded."""
    return quote(text, safe="/%!$&'()+,;=@~-._")


def placeholder(name: str, taken: Iterable[str] = ()) -> str:
    """A name of theirs as a placeholder of ours."""
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)
    plain = plain if plain[:1].isalpha() and plain != "splat" else f"p{plain}"
    while f":{plain}" in taken:
        plain += "_"
    return f":{plain}"


def filled(target: str, names: Mapping[str, str]) -> str:
    """A target of theirs in our spelling; the longest names first, as `:path` begins `:path*` too."""
    if not names:
        return target
    longest = sorted(names, key=len, reverse=True)
    pattern = "|".join(re.escape(name) + (r"(?!\w)" if name[-1].isalnum() else "") for name in longest)
    result = re.sub(pattern, lambda found: names[found[0]], target)
    return re.sub(r"(?<!:)//+", "/", result)


def is_app(expression: str) -> bool:
    """Whether a regular expression takes an app's routes."""
    try:
        with warnings.catch_warnings():  # a JavaScript's expression may look odd to Python
            warnings.simplefilter("ignore")
            found = re.compile(expression)
    except (re.error, RecursionError, OverflowError):
        return False
    return all(found.search(route) for route in _ROUTES)


def leaves_files(expression: str) -> bool:
    """Whether it leaves all files to themselves."""
    return not any(re.search(expression, file) for file in _FILES)
