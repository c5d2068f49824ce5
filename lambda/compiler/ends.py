"""Finds which of the site's own files a line of `_redirects` leads to: nothing is placed here, and nothing refused.

A loop or a missing target is a fault of the file as a whole, so it is looked for before a line is placed.
"""

from __future__ import annotations

from compiler.addresses import decoded, path_of
from compiler.layout import Layout
from compiler.places import HTML, INDEX, own_key
from compiler.redirects import Rule
from compiler.statuses import REDIRECT_STATUSES


def page_of(layout: Layout, target: str) -> str:
    """The file that the target of a rewrite is, "" if there is none."""
    address = decoded(target)
    key = layout.key(address) or layout.key(address.rstrip("/") or "/") or layout.key(f"{address}/")
    return layout.source(key) or layout.source(address[1:]) or layout.source(address[1:] + HTML)


def end_of(layout: Layout, target: str) -> str:
    """The file that answers the target of a redirect, "" if there is none."""
    return layout.source(layout.key(path_of(target))) if target[:1] == "/" else ""


def comes_back(layout: Layout, rule: Rule) -> bool:
    """Whether its object would lie at the key that it leads to (`/a.html /a 301!`), or at an app's page."""
    is_app = layout.addresses.routing == "spa"
    forms = rule.source, f"{rule.source.rstrip('/')}/"
    taken = {
        own_key(one) if is_app else layout.exact.get(one) or layout.addresses.place(one).key for one in forms
    } & layout.files
    if is_app and INDEX in taken:
        return True
    if rule.status not in REDIRECT_STATUSES or rule.target[:1] != "/":
        return False
    end = layout.key(path_of(rule.target))
    led = layout.objects[end].redirect if end in layout.objects else ""
    return (layout.key(decoded(led.partition(" ")[2])) if led else end) in taken
