"""Writes sites for the compiler in few words.

In few words, so that a test shows the one rule that it is about, and not all that a site has.
"""

from __future__ import annotations

from compiler.table import compile_site
from contract import Compiled, Site


def compiled(routing: str, *files: str, redirects: str = "", headers: str = "", **more: bool | str) -> Compiled:
    """The routing table of a site that has `files`."""
    return compile_site(site_of(routing, *files, redirects=redirects, headers=headers, **more))


def site_of(routing: str, *files: str, redirects: str = "", headers: str = "", **more: bool | str) -> Site:
    """A site that has `files`, as the compiler gets it."""
    return {
        "routing": routing,
        "files": list(files),
        "redirects": redirects,
        "headers": headers,
        "fallback": "",
        "assets": False,
        "shared": True,
        "lenient": False,
        **more,  # type: ignore[typeddict-item]  # a test may say what no upload does
    }


def objects(table: Compiled) -> dict[str, str]:
    """What lies at each key beside the files: the file that it is a copy of, or the redirect; a status before it."""
    return {key: " ".join(filter(None, [status, redirect or file])) for key, file, redirect, status in table["objects"]}


def marks(table: Compiled) -> int:
    """How many addresses are in the exact set."""
    values = [value for key, value in table["lines"].items() if key[0] == "t" and value.strip()]
    return sum(value.count("\n") + value.count(";") for value in values)
