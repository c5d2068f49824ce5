"""Checks a built site's rules on this machine: what an upload would refuse, what would be stored, what visitors get.

It reads the folder and compiles it with an upload's own code, and asks AWS nothing.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from compiler.asking import Verdict, Visitor, addresses_of
from compiler.dressing import OWN
from compiler.headers import HEADERS, HeaderRule, headers_of, parse_headers
from compiler.places import has_finisher, is_shared
from compiler.redirects import REDIRECTS, parse_redirects
from compiler.table import compile_read, is_app, read_site, visitor_of
from content.files import File, UploadError
from content.plan import Plan, make_plan, site_of
from contract import Compiled, Site
from deployments.elsewhere import elsewhere
from deployments.errors import USAGE, Failure
from deployments.foreign.converting import above
from packer.folder import files_of_folder

DEFAULT_ROUTING = "mixed"  # of a site that says nothing; what the router takes an unknown word for too
_PAGE = 44  # bytes of a redirect's own page (uploader/sending.py) beside status and target, which stand there twice


class Options(NamedTuple):
    """How the folder would be published."""

    routing: str = ""
    fallback: str = ""
    assets: bool = False
    shared: bool = True
    lenient: bool = False


class Stored(NamedTuple):
    """What is stored beside the site's own files, for its addresses and rules."""

    copies: int
    redirects: int
    bytes: int  # of both; a redirect's page is about as large as all are
    lines: int  # of the store
    line_bytes: int


class Given(NamedTuple):
    """A header that `_headers` gives to what answers; no value: it is taken away."""

    name: str
    value: str | None
    line: int
    arrives: bool


class Asked(NamedTuple):
    """What a visitor gets for an address: each hop, and the headers of the file at the end."""

    address: str
    hops: list[tuple[str, Verdict]]
    headers: list[Given]


class Check:
    """A folder as an upload would find it."""

    def __init__(self, folder: Path, options: Options) -> None:
        try:
            found = files_of_folder(folder)
            plan = make_plan(found, options.routing or DEFAULT_ROUTING)
            self.site = _site(found, plan, options)
        except (UploadError, OSError) as error:
            raise Failure(str(error)) from None
        self.files = plan.files
        self._read = read_site(self.site)
        self.compiled: Compiled = compile_read(self.site, self._read)
        self.elsewhere, unread = elsewhere(folder, self.site["redirects"], self.site["headers"])
        self.warnings = [*self.compiled["warnings"], *_misplaced(folder, found), *unread]

    @cached_property
    def _visitor(self) -> Visitor:
        return visitor_of(self.site, self._read)

    @cached_property
    def _headers(self) -> list[HeaderRule]:
        return parse_headers(self.site["headers"])[0]

    def stored(self) -> Stored:
        """What is stored besides, and its size."""
        copies = [source for _, source, _, _ in self.compiled["objects"] if source]
        redirects = [target for _, _, target, _ in self.compiled["objects"] if target]
        size = sum(self.files[source].size for source in copies)
        lines = self.compiled["lines"]
        return Stored(
            len(copies),
            len(redirects),
            size + sum(_PAGE + 2 * len(target) for target in redirects),
            len(lines),
            sum(len(key) + len(value.encode()) for key, value in lines.items()),
        )

    def ask(self, address: str) -> Asked:
        """What a visitor gets who goes to `address`."""
        found = re.fullmatch(r"(?:https?://[^/?#]+|(?=/))([^?#]*)(?:\?([^#]*))?(?:#.*)?", address, re.DOTALL)
        if not found:
            raise Failure(f"{address!r} is no address of a site: write a path that begins with a slash", USAGE)
        path, query = (quote(part or "", safe=string.punctuation) for part in found.groups())
        hops = self._visitor.follow(path or "/", query)
        return Asked(address, hops, self._given(hops[-1][1]))

    def _given(self, verdict: Verdict) -> list[Given]:
        """The headers that `_headers` gives to the file that answers, with the line that decides each."""
        shared = is_shared(verdict.to, shared=self.site["shared"])
        if verdict.to not in self.files or shared or (verdict.status == 404 and not verdict.line):
            return []
        addresses = addresses_of(self._visitor, verdict)
        lines = {
            name.lower(): rule.line for rule in self._headers for name, _ in headers_of([rule], addresses)
        }  # the last one decides
        runs = has_finisher(addresses[0][1:], assets=self.site["assets"])
        return [
            Given(name, value, lines[name.lower()], runs or name.lower() in OWN)
            for name, value in headers_of(self._headers, addresses)
        ]


def _site(found: Mapping[str, File | None], plan: Plan, options: Options) -> Site:
    """What the compiler is asked; a line that makes the site an app decides the routing, if nobody else does."""
    fallback = options.fallback
    site = site_of(
        found, plan, fallback=fallback, assets=options.assets, shared=options.shared, lenient=options.lenient
    )
    app = any(is_app(rule) for rule in parse_redirects(site["redirects"])[0])
    return site if options.routing or not (app or fallback) else {**site, "routing": "spa"}


def _misplaced(folder: Path, found: Mapping[str, File | None]) -> list[str]:
    """Files of rules that lie where no upload looks."""
    missing = [name for name in (REDIRECTS, HEADERS) if name not in found]
    lost = [place / name for name in missing for place in above(folder) if (place / name).is_file()]
    what = f"outside of {folder.name}, so it has no effect: let the build copy it there"
    return [f"{path.name}: it lies in {path.parent}, {what}" for path in lost]
