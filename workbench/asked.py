"""Asks a published site for every address that it hands out and every form of its pages' addresses, and others too.

docs/addresses.md says why ours answers some of them otherwise than both peers do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from compiler.layout import MISSING
from content.hashed_names import is_hashed
from workbench.links import Link
from workbench.peers import Reply, ask

PROMISED = ("link", "canonical", "alternate", "sitemap")  # none of them may cost a redirect

# Where both peers agree and ours differs, and docs/addresses.md has the reason: the kind of address, ours, theirs
EXPLAINED = {
    ("two slashes", "308 200", "200"),
    ("two slashes", "308 308 200", "200"),
    ("without a slash", "308 200", "200"),
    ("with a slash", "308 200", "200"),
    ("with a slash", "200", "200"),  # in `spa`
    ("index of a file", "404", "200"),
    ("index of a file", "308 404", "200"),
    ("index of a folder", "404", "200"),
    ("index of a folder", "200", "200"),  # in `spa`
    ("index of a file", "200", "200"),  # in `spa`
    ("not-found page", "404", "200"),
    ("not-found page", "308 308 404", "200"),  # with two slashes
    ("not-found page", "308 308 200", "200"),
    ("not-found page", "308 404", "200"),
    ("not-found page", "308 200", "200"),  # Next.js writes 404/index.html too
}


def forms(files: Iterable[str]) -> dict[str, str]:
    """Every form of address under which people look for these files, with its kind."""
    found: dict[str, str] = {}
    for path in files:
        found[f"/{quote(path)}"] = "full name"
        if path.endswith(".html") and not is_hashed(path) and "/." not in f"/{path}":
            for address, kind in _of_page(path.removesuffix(".html")):
                kind = "not-found page" if path == MISSING else kind
                found.setdefault(quote(address), kind)
    return found


def _of_page(name: str) -> Iterator[tuple[str, str]]:
    is_folder = name == "index" or name.endswith("/index")
    place = f"/{name}".removesuffix("/index") if is_folder else f"/{name}"
    yield place or "/", "without a slash"
    yield f"{place}/", "with a slash"
    yield f"/{place}", "two slashes"
    yield f"{place}/index", f"index of a {'folder' if is_folder else 'file'}"
    yield f"{place}/index.html", f"index.html of a {'folder' if is_folder else 'file'}"


def broken_promises(base: str, links: Iterable[Link], there: Mapping[str, str]) -> list[str]:
    """Each address that the site hands out and that costs a redirect, or leads to nothing although it is `there`."""
    wrong = []
    for link in links:
        if link.kind not in PROMISED:
            continue
        reply = ask(base, link.path)
        missing = reply.statuses[-1] == 404 and there.get(link.path, "not-found page") == "not-found page"
        if len(reply.statuses) > 1 or not (reply.statuses[-1] == 200 or missing):
            wrong.append(f"{link.path}, {link.kind} in {link.source}, answers {_told(reply)}")
    return wrong


def differences(base: str, others: Mapping[str, str], addresses: Mapping[str, str]) -> dict[tuple[str, str, str], str]:
    """Where both others agree and ours differs: the kind of address, ours and theirs, with the first such address."""
    found: dict[tuple[str, str, str], str] = {}
    for address, kind in addresses.items():
        ours = ask(base, address)
        first, second = (ask(other, address) for other in others.values())
        if first.end != second.end:
            continue
        direct = len(first.statuses) == len(second.statuses) == 1
        if ours.end != first.end or (direct and len(ours.statuses) > 1):
            found.setdefault((kind, _told(ours), str(first.statuses[-1])), address)
    return found


def unexplained(found: Mapping[tuple[str, str, str], str]) -> list[str]:
    """What of the differences no document gives a reason for."""
    return [
        f"{address} ({kind}) answers {ours}, both peers {theirs}"
        for (kind, ours, theirs), address in found.items()
        if (kind, ours, theirs) not in EXPLAINED
    ]


def _told(reply: Reply) -> str:
    return " ".join(map(str, reply.statuses))
