"""Reads where a line of `_redirects` leads: an address, or the file of a page.

It is apart from `redirects` because a target is what can do harm: it may lead a visitor to another host.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import quote

from compiler.addresses import PLACEHOLDER, UNASKED, decoded
from compiler.problems import Refused, shown
from compiler.statuses import PAGE_STATUSES, REDIRECT_STATUSES

ADDRESS = "%!#$&'()*+,/:;=?@[]"  # what a target keeps as it is, besides letters, digits and `_.-~` (RFC 3986)


def read_target(written: str, status: int, names: set[str], asked: Collection[str]) -> str:
    """A line's target as it stands in a header; `Refused` says what is wrong with it.

    names: of the line's placeholders
    asked: the values that the line asks of a query, placeholders too
    """
    _check_spelling(written)
    if written[0] != "/":
        _check_host(written, status)
    elif status not in REDIRECT_STATUSES:
        _check_page(written, status)
    if re.search(r"/\*(?:[?#]|$)", written):
        raise Refused(f"{shown(written)} has a `*` in its target: write `:splat` for what the `*` before took")
    _check_names(written, names)
    if written[0] == "/" and status not in PAGE_STATUSES:
        _check_beginning(written, asked)
    return quote(written, safe=ADDRESS)


def _check_spelling(written: str) -> None:
    if "\\" in written or not written.isprintable():
        raise Refused(f"{shown(written)} has a backslash or a control character: write slashes")
    if written.startswith("/.netlify/"):
        kind = "a function of Netlify" if written.startswith("/.netlify/functions/") else "a service of Netlify"
        raise Refused(f"{shown(written)} is {kind}, which is not here: take the line out, or name another address")
    if written.startswith("//"):
        raise Refused(f"{shown(written)} has two slashes: write {shown('https://' + written.strip('/'))}, or one slash")


def _check_beginning(written: str, asked: Collection[str]) -> None:
    found = PLACEHOLDER.match(written, 1)
    if found and found[0] in asked:
        raise Refused(
            f"{shown(written)} begins with what a visitor's query says, which can be another host: write a folder of "
            f"the site before {found[0]}"
        )


def _check_names(target: str, names: set[str]) -> None:
    for found in PLACEHOLDER.finditer(target):
        if found[1] not in names and not target[found.start() - 1].isalnum():  # `/wiki/Talk:Foo` has none
            has = ", ".join(f"`:{name}`" for name in sorted(names)) or "none"
            raise Refused(
                f"{shown(found[0])} is no placeholder of the line's path, which has {has}: write one of those"
            )


def _check_host(written: str, status: int) -> None:
    if status == 200:
        raise Refused(
            f"{shown(written)} with 200 would serve another host's answers: API origins, not yet; write 302 to send"
            " visitors there"
        )
    if status in PAGE_STATUSES:
        raise Refused(f"{shown(written)} with {status} must be a page of this site: write its path, `/404.html`")
    host = re.split("[/?#]", written.partition("://")[2])[0]
    if PLACEHOLDER.search(host):
        raise Refused(f"{shown(written)} has a placeholder in the host: write one line for each host")
    if not re.fullmatch(r"(?:[^@]+@)?[A-Za-z0-9._-]+(?::\d+)?", host, re.ASCII):
        raise Refused(f"{shown(written)} has no host, or one that is not ASCII: write `https://xn--...`")


def _check_page(written: str, status: int) -> None:
    if re.search("[?#]", written):
        raise Refused(f"{shown(written)} with {status} is a file, which has no query and no fragment: leave them out")
    if UNASKED.search(decoded(written)):
        raise Refused(f"{shown(written)} is no path of a file: leave out dot segments and double slashes")
