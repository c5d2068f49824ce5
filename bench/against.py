"""Compares what the router costs with what an earlier one cost, for deployments that have no rules."""

from __future__ import annotations

import subprocess
from typing import NamedTuple

from bench.asked import FETCH, HASHED, IMAGE, NAVIGATION, Asked
from bench.counting import LIVE, net
from generator import javascript
from workbench import ROOT

# What all that the edge can do besides may cost those who use none of it
_PAGE, _HASHED = 2_000, 3_000
# Each by itself, as a mean would hide the dearest. Of `bare` no earlier router knew.
_PAGES = {
    "spa": ["/", "/about", "/blog/2024/a-longer-title-of-a-post", "/user/john.doe", "/caf%C3%A9/menu"],
    "files": ["/", "/about", "/blog/2024/a-longer-title-of-a-post", "/user/john.doe", "/caf%C3%A9/menu"],
    "folders": ["/", "/about/", "/blog/2024/a-longer-title-of-a-post/", "/user/john.doe/", "/caf%C3%A9/menu/"],
    "mixed": ["/", "/about", "/blog/2024/a-longer-title-of-a-post/", "/user/john.doe", "/caf%C3%A9/menu"],
}
_FILES: list[Asked] = [
    ("/images/logo.svg", IMAGE),
    ("/feed.xml", FETCH),
    ("/data/prices.json", FETCH),
    ("/docs/a.pdf", NAVIGATION),
]
_RARE: list[tuple[str, Asked]] = [
    ("folders", ("/about", NAVIGATION)),
    ("files", ("/about/", NAVIGATION)),
    ("mixed", ("/.well-known/security.txt", FETCH)),
]


class _Row(NamedTuple):
    what: str
    asked: Asked
    pin: str
    routing: str
    limit: int | None


def compare(function: str, revision: str) -> list[str]:
    """Print what each request cost and costs; give those that cost more than they may."""
    old, too_dear = _router(revision), []
    print(f"{'net of an empty handler':<54}{'old':>8}{'new':>8}{'more':>8}{'limit':>8}")
    for row in _rows():
        was, is_now = (net(text, [row.asked], row.pin, row.routing) for text in (old, function))
        limit = "-" if row.limit is None else f"{row.limit:,}"
        print(f"{row.what:<54}{was:>8,}{is_now:>8,}{is_now - was:>8,}{limit:>8}", flush=True)
        if row.limit is not None and is_now - was > row.limit:
            too_dear.append(row.what)
    return too_dear


def _rows() -> list[_Row]:
    rows = []
    for visit, pin in (("first visit", ""), ("pinned", LIVE)):
        for routing, pages in _PAGES.items():
            rows += [_Row(f"{routing}, {visit}: {uri}", (uri, NAVIGATION), pin, routing, _PAGE) for uri in pages]
        rows += [_Row(f"file, {visit}: {asked[0]}", asked, pin, "mixed", _PAGE) for asked in _FILES]
        rows += [_Row(f"hashed, {visit}: {asked[0][-30:]}", asked, pin, "mixed", _HASHED) for asked in HASHED]
        # a redirect leads to a page and is none, and little lies below a dot: shown, and nothing is demanded
        rows += [_Row(f"{routing}, {visit}: {asked[0]}", asked, pin, routing, None) for routing, asked in _RARE]
    return rows


def _router(revision: str) -> str:
    """The text of the revision's router, joined and stripped as ours is."""
    return javascript.strip(javascript.join("router.js", lambda name: _shown(f"{revision}:function/{name}")))


def _shown(what: str) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), "show", what], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"edge: git has no {what}: give a commit, tag or branch ({done.stderr.strip()})")
    return done.stdout
