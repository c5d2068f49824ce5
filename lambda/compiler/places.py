"""Says where the router looks for an address: the part of function/routing.js that can be decided at upload.

It is a second telling of the same rules; tests ask both the same addresses.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import quote

from content.hashed_names import is_hashed
from content.media_types import FILES, extension

# Cache behaviors that have no viewer-response function, unless the setting `[headers] assets` says so; a test compares
# them with the template's.
_ASSETS = re.compile(r".*\.(css|png|jpg)|assets/.*\.js|_.*/.*\.js", re.DOTALL)
HTML = ".html"
INDEX = "index.html"


class Place(NamedTuple):
    """What the router makes of an address: the key below the deployment's folder, or a redirect to another address."""

    key: str = ""
    redirect: str = ""


class Addresses(NamedTuple):
    """The addresses of a site with this routing, of whose files `also` lists extensions that the router lacks."""

    routing: str
    also: Collection[str] = ()

    def is_file(self, address: str) -> bool:
        """Whether the router takes the address for a file's full name, whatever the routing."""
        return "/." in address or extension(address) in FILES or extension(address) in self.also

    def is_route(self, address: str) -> bool:
        """Whether an app of one page may have it: not a file's name with a slash behind it, nor below a dot folder."""
        return "/." not in address and not (address.endswith("/") and extension(address.rstrip("/")) in FILES)

    def place(self, address: str) -> Place:
        """Where `address` (decoded, not that of a hashed file) leads; in `spa` all pages are one."""
        path = address[1:]
        if not path:
            return Place(INDEX)
        if "/." in address or (self.is_file(address) and not path.endswith("/")):
            return Place(path)
        if self.routing == "spa":
            return Place(INDEX if self.is_route(address) else path)
        return self._page(path)

    def _page(self, path: str) -> Place:
        slash, bare = path.endswith("/"), path.rstrip("/")
        if self.routing == "mixed":
            return Place(path + INDEX if slash else path + HTML)
        if slash != (self.routing == "folders"):
            own = bare.removesuffix("index") if f"/{bare}".endswith("/index") else f"{bare}/"
            return Place(redirect=f"/{bare}" if slash else f"/{own}")
        return Place(f"{bare}/{INDEX}" if self.routing in ("folders", "bare") else path + HTML)

    def of_page(self, path: str) -> list[str]:
        """The addresses of the page in the file `path`: where it answers with 200, then those that lead there."""
        name = path.removesuffix(HTML)
        if name == "index":
            return ["/"]
        folder = name.endswith("/index")
        bare = "/" + name.removesuffix("/index")
        if self.routing == "folders" or (self.routing == "mixed" and folder):
            return [f"{bare}/", bare]
        if self.routing == "spa":
            return [bare, f"{bare}/"] if folder else [bare]
        return [bare, f"{bare}/"]


def own_key(address: str) -> str:
    """The key of an object that an address has for itself, whatever the routing."""
    return address[1:] + INDEX if address.endswith("/") else address[1:]


def encoded(address: str) -> str:
    """A decoded address as it stands in a header."""
    return quote(address, safe="/:@!$&'()*+,;=~")


def has_finisher(path: str, *, assets: bool) -> bool:
    """Whether the viewer-response function runs for the object at this address."""
    return assets or not _ASSETS.fullmatch(path)


def is_shared(path: str, *, shared: bool) -> bool:
    """Whether a file lies in the pool, where all deployments share it."""
    return shared and is_hashed(path)
