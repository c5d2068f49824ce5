"""Lays out a site's own files: for every address that a file should have, an object lies at the key that is asked for.

What the router would have to find out on each request is decided here once: a copy of a page at its other key, a
redirect from a folder without its slash, a file that looks like a page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple
from unicodedata import normalize

from compiler.places import HTML, INDEX, Addresses, encoded, has_finisher, own_key
from content.hashed_names import is_hashed
from content.media_types import FILES, extension

ALSO_LIMIT = 300  # bytes that `also=` may take of the store's value
MISSING = "404.html"
SLASH = 308  # what leads to an address with a slash or without, as the router's own redirects


class Object(NamedTuple):
    """What lies at a key: the bytes of the file `source`, or a redirect (`301 /new`); perhaps with a status."""

    source: str = ""
    redirect: str = ""
    status: str = ""
    address: str = ""  # under which it answers, where that is none of its source's


class Answering(NamedTuple):
    """What answers with 200."""

    key: str
    source: str  # the file whose bytes it has
    addresses: Sequence[str]


class Layout(NamedTuple):
    """The objects of a deployment beside its files, and which addresses are found by their exact name only.

    assets: the viewer-response function runs for stylesheets and images too
    exact: address: the key that is asked for, as no routing would
    known: every other address that answers or leads on: its file
    of_file: a file's addresses with 200
    hidden: files that are reached by their full name only, or not at all
    """

    files: Set[str]
    addresses: Addresses
    assets: bool
    objects: Mapping[str, Object]
    exact: Mapping[str, str]
    known: Mapping[str, str]
    of_file: Mapping[str, list[str]]
    hidden: Sequence[str]

    def key(self, address: str) -> str:
        """The key that answers `address` or a redirect to it, "" if there is nothing of this site."""
        if address in self.exact:
            return self.exact[address]
        place = self.addresses.place(address)
        key = self.addresses.place(place.redirect).key if place.redirect else place.key
        if self.addresses.routing == "spa" and key == INDEX and address not in ("/", f"/{INDEX}"):
            return ""
        return key if key in self.files or key in self.objects else ""

    def has(self, address: str) -> bool:
        """Whether something of the site has this address, with a slash at the end or without."""
        plain = address.rstrip("/")
        return bool(self.key(plain or "/") or self.key(f"{plain}/"))

    def answers(self, address: str) -> bool:
        """Whether it has just this address, so that no line of the store may take it."""
        return address in self.known or address in self.exact

    def source(self, key: str) -> str:
        """The file whose bytes lie at `key`, "" if there is none."""
        return self.objects[key].source if key in self.objects else key if key in self.files else ""


def lay_out(files: Iterable[str], routing: str, *, assets: bool) -> Layout:
    """Lay out `files`; `assets`: the viewer-response function runs for stylesheets and images too."""
    own = {path for path in files if not is_hashed(path)}
    laying = _Laying(own, Addresses(routing, also(own)), assets)
    for name, source in _names_of(own):
        laying.add(name, source)
    return Layout(
        own,
        laying.addresses,
        assets,
        laying.objects,
        laying.exact,
        laying.known,
        laying.of_file,
        laying.hidden,
    )


class _Laying:
    """What has been laid out so far; one file after another."""

    def __init__(self, files: Set[str], addresses: Addresses, assets: bool) -> None:
        self.files, self.addresses, self.assets = files, addresses, assets
        self.objects: dict[str, Object] = {}
        self.exact: dict[str, str] = {}
        self.known: dict[str, str] = {}
        self.of_file: dict[str, list[str]] = {}
        self.hidden: list[str] = []

    def add(self, name: str, source: str) -> None:
        """Lay out a file under its name, or under the other form of it."""
        if name != source:
            self._put(name, Object(source))
        if name.endswith(HTML) and "/." not in f"/{name}":
            self._add_page(name, source)
        self._add_file(name, source)

    def _put(self, key: str, what: Object) -> bool:
        """Put an object at a key, unless something of the site is there: then whether it is the same."""
        if key in self.files:
            return key == what.source
        return self.objects.setdefault(key, what) == what

    def _add_page(self, name: str, source: str) -> None:
        if name == MISSING:  # it answers what is not there
            return
        own, *others = self.addresses.of_page(name)
        if is_hashed(own[1:]):  # the pool's
            self.hidden.append(source)
            return
        if self.addresses.routing == "spa" and own != "/":
            self._add_exact([own, *others], name, source)
            return
        key = self.addresses.place(own).key
        if own[1:] in self.files or not self._put(key, Object(source)):
            self.hidden.append(source)
            return
        self.of_file.setdefault(source, []).append(own)
        self.known[own] = source
        for other in others:
            self._lead(other, own, source)

    def _add_exact(self, found: list[str], name: str, source: str) -> None:
        """In `spa`: a page beside the app's."""
        for address in found:
            key = own_key(address)
            if key == name or self._put(key, Object(source)):
                self.exact[address] = key
                self.of_file.setdefault(source, []).append(address)

    def _lead(self, address: str, own: str, source: str) -> None:
        """Let another form of a page's address lead to it."""
        place = self.addresses.place(address)
        self.known[address] = source
        if place.redirect:
            return
        if has_finisher(address[1:], assets=self.assets):
            self._put(place.key, Object(redirect=f"{SLASH} {encoded(own)}"))
        else:
            self._put(place.key, Object(source))

    def _add_file(self, name: str, source: str) -> None:
        """A file by its full name."""
        address = f"/{name}"
        own = self.of_file.setdefault(source, [])
        if address in own:
            return
        own.append(address)
        place = self.addresses.place(address)
        # the routing may give the app's page instead, a redirect, or the page of the same name
        is_app = self.addresses.routing == "spa" and place.key != name
        if is_app or place.redirect or not self._put(place.key, Object(source)):
            self.exact[address] = name
        else:
            self.known[address] = source


def _names_of(files: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each file's name with its file: also in the other form of Unicode, which people type, if no file has that."""
    there = set(files)
    for path in sorted(there):
        yield path, path
        composed = normalize("NFC", path)
        if composed not in there:
            yield composed, path


def also(files: Iterable[str]) -> list[str]:
    """The extensions that the router does not know and that no address of a page ends with, the commonest first."""
    plain = sorted(path for path in files if "/." not in f"/{path}")
    pages = {extension(path.removesuffix(HTML).removesuffix("/index")) for path in plain if path.endswith(HTML)}
    counts = Counter(map(extension, plain))
    taken: list[str] = []
    for name, _ in counts.most_common():
        # the end of a version (1.2.0, 1.2.0-beta) is none: addresses end so too
        fits = re.fullmatch(r"(?=.*[a-z])(?![0-9]+-)[0-9a-z_-]{1,20}", name, re.ASCII)
        if fits and name not in pages and name not in FILES and len(",".join([*taken, name])) <= ALSO_LIMIT:
            taken.append(name)
    return taken
