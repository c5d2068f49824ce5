"""Reads a built site for the addresses that it hands out: links, canonical addresses, sitemaps, and what pages load.

Relative addresses are resolved against the address under which the routing answers the page, as a browser does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from compiler.layout import lay_out
from content.hashed_names import is_hashed

HOST = "site.test"  # of addresses that name none
# What a page promises about addresses, by element; a search engine that is promised one must not be sent on
_KINDS = {"canonical": "canonical", "alternate": "alternate", "stylesheet": "part", "modulepreload": "part"}
_PARTS = {"script": "src", "img": "src"}


class Link(NamedTuple):
    """An address that the site hands out: of which kind it is, and the first file that does."""

    path: str  # as it is asked for, without query and fragment
    kind: str  # link, canonical, alternate, sitemap or part
    source: str


def addresses_of(files: Iterable[str], routing: str) -> dict[str, list[str]]:
    """Each file with the addresses under which the routing answers it, the one to link first, percent-encoded."""
    layout = lay_out(files, routing, assets=False)
    return {path: [quote(one) for one in found] for path, found in layout.of_file.items()}


def links_of(folder: Path, files: Iterable[str], routing: str) -> list[Link]:
    """All addresses of the site itself that its pages and sitemaps hand out, each once a kind."""
    files = sorted(files)
    answers = addresses_of(files, routing)
    handed = [
        (address, kind, path)
        for path in files
        for address, kind in _handed_out(folder / path, path, (answers.get(path) or [f"/{quote(path)}"])[0])
    ]
    # The site takes for its own the hosts of its canonical addresses and sitemaps, and one that has pages of its names.
    there = {one for found in answers.values() for one in found} - {"/"}
    own = {HOST}
    for address, kind, _ in handed:
        if kind in ("canonical", "sitemap") or urlsplit(address).path in there:
            own.add(urlsplit(address).netloc)
    found: dict[tuple[str, str], Link] = {}
    for address, kind, path in handed:
        parts = urlsplit(urldefrag(address)[0])
        if parts.scheme in ("http", "https") and parts.netloc in own:
            found.setdefault((parts.path or "/", kind), Link(parts.path or "/", kind, path))
    return list(found.values())


def _handed_out(file: Path, path: str, at: str) -> list[tuple[str, str]]:
    """The addresses that a file hands out, with their kinds, if it is a page or a sitemap."""
    if is_hashed(path) or not re.search(r"\.html$|sitemap[^/]*\.xml$", path):
        return []
    text = file.read_text("utf-8", "replace")
    if path.endswith(".xml"):
        return [(unescape(one).strip(), "sitemap") for one in re.findall(r"<loc>([^<]+)</loc>", text)]
    page = _Page(at)
    page.feed(text)
    return page.found


class _Page(HTMLParser):
    """Collects what a page hands out."""

    def __init__(self, at: str) -> None:
        super().__init__()
        self.base = f"https://{HOST}{at}"
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = {name: value or "" for name, value in attrs}
        if tag == "base" and fields.get("href"):
            self.base = urljoin(self.base, fields["href"])
        elif tag == "a":
            self._add(fields.get("href"), "link")
        elif tag == "link":
            for rel in fields.get("rel", "").split():
                if rel in _KINDS:
                    self._add(fields.get("href"), _KINDS[rel])
        elif tag in _PARTS:
            self._add(fields.get(_PARTS[tag]), "part")
        elif tag == "meta" and fields.get("property") == "og:url":
            self._add(fields.get("content"), "canonical")

    def _add(self, address: str | None, kind: str) -> None:
        if address is not None and not address.startswith("#"):
            try:
                # a browser encodes what is not ASCII, and leaves what is encoded
                whole = urljoin(self.base, address.strip())
            except ValueError:
                return
            self.found.append((quote(whole, safe="/%:@!$&'()*+,;=~?#[]"), kind))
