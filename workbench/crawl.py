"""Publishes real sites twice and walks through them as a visitor: `python -m workbench.crawl mixed=DIR ...`.

A command and no test, because the sites are large and not ours. `ROUTING=FIRST,SECOND` names two builds; with one
folder the second deployment is the same site with a comment more in each page. It prints a line a site, then each
difference between what the folder holds and what a visitor gets; the exit status is 1 if there is one. No link,
canonical address or sitemap's entry may cost a redirect. Where `PEERS` names a folder with two programs of npm's that
host built sites, these are asked too (workbench/peers.py).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urldefrag, urlsplit

from playwright.sync_api import Browser, Error, Page, sync_playwright

from contract import ROUTINGS
from local.commands.publication import Published, publish
from local.errors import LocalError
from workbench.asked import EXPLAINED, broken_promises, differences, forms, unexplained
from workbench.chromium import FLAGS, program
from workbench.links import addresses_of, links_of
from workbench.peers import peers
from workbench.stage import Served, Stage, staged

PAGES = int(os.environ.get("PAGES", "60"))  # that the browser opens on each site
SHOWN = 8  # differences of a kind that are printed
LINKS = "() => [...document.querySelectorAll('a[href]')].map((link) => link.href)"
NAVIGATION = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Accept": "text/html,*/*;q=0.8"}
FETCH = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Accept": "*/*"}


def edited(folder: Path, target: Path) -> Path:
    """A copy of the site with a comment more in each page."""
    shutil.copytree(folder, target, symlinks=True)
    for page in target.rglob("*.html"):
        if page.is_file() and not page.is_symlink():
            page.write_bytes(page.read_bytes() + b"<!-- second -->\n")
    return target


def asked(url: str, headers: dict[str, str]) -> tuple[int, str, bytes]:
    """Status, content type and body."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "identity", **headers})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type", ""), error.read()


def files_differ(base: str, folder: Path, routing: str, published: set[str]) -> Iterator[str]:
    """Each file that is not had at its own name, and each page that is not had at its addresses."""
    addresses = addresses_of(published, routing)
    for path in sorted(published):
        body = (folder / path).read_bytes()
        ways = [(f"/{quote(path)}", FETCH), *((way, NAVIGATION) for way in addresses.get(path, ()))]
        for way, headers in ways:
            status, kind, got = asked(base + way, headers)
            if (status, got) != (200, body):
                what = "other bytes" if status == 200 else str(status)
                yield f"{way} ({headers['Sec-Fetch-Dest']}) is not {path}: {what}, {kind}"


class Walk:
    """A visitor who follows links, and what did not come to them although the site has it."""

    def __init__(self, served: Served, folder: Path, browser: Browser) -> None:
        self.served, self.folder = served, folder
        self.base = served.url
        self.page: Page = browser.new_context().new_page()
        self.page.on("response", lambda response: self.heard(response.url, response.status))
        self.waiting, self.known = deque(["/"]), {"/"}
        self.opened = self.requests = 0
        self.problems: dict[str, None] = {}

    def heard(self, url: str, status: int) -> None:
        if url.startswith(self.base):
            self.requests += 1
            path = unquote(urlsplit(url).path).lstrip("/")
            if status >= 400 and self.has(path):
                self.problems[f"{urlsplit(url).path} is {status}, the site has it"] = None

    def has(self, path: str) -> bool:
        places = [path, f"{path}.html", f"{path.rstrip('/')}/index.html"]
        return any((self.folder / place).is_file() for place in places)

    def _links(self) -> list[str]:
        """The links of the page, or of the one to which it leads by itself (`http-equiv=refresh`)."""
        try:
            return list(self.page.evaluate(LINKS))
        except Error:
            self.page.wait_for_load_state("load", timeout=30_000)
            return list(self.page.evaluate(LINKS))

    def go(self, pages: int) -> None:
        """Open up to so many pages more."""
        end = self.opened + pages
        while self.waiting and self.opened < end:
            self.open(self.waiting.popleft())

    def open(self, path: str) -> None:
        """Open a page, unless it is a download, and note where it leads."""
        first = len(self.served.visits)
        try:
            self.page.goto(self.base + path, wait_until="load", timeout=30_000)
            links = self._links()
        except Error as error:
            if "Download is starting" not in str(error):
                self.problems[f"{path}: {str(error).splitlines()[0]}"] = None
            return
        self.opened += 1
        of = {visit.deployment for visit in self.served.visits[first:] if visit.deployment and visit.status < 400}
        if len(of) > 1:
            self.problems[f"{path} is of {len(of)} deployments"] = None
        self.follow(links)

    def follow(self, links: list[str]) -> None:
        """Put the site's own addresses that are new behind those that wait."""
        for link in links:
            parts = urlsplit(urldefrag(link)[0])
            if link.startswith(self.base) and parts.path not in self.known:
                self.known.add(parts.path)
                self.waiting.append(parts.path)


def visited(stage: Stage, browser: Browser, routing: str, folders: list[Path]) -> list[str]:
    """Publish the folders one after the other, with a visitor on the way; what differs. Prints the site's line."""
    first_folder, second = folders
    first = publish(stage.stack, first_folder, routing, "first")
    with stage.serving() as served:
        walk = Walk(served, first_folder, browser)
        walk.go(PAGES // 2)
        then: Published = publish(stage.stack, second, routing, "second")
        walk.folder = second
        walk.go(PAGES - PAGES // 2)
        paths = {path for path in kept(stage, then.deployment) if (second / path).is_file()}
        links = links_of(second, paths, routing)
        handed = broken_promises(served.url, links, forms(paths))
        wrong = [*walk.problems, *files_differ(served.url, second, routing, paths), *handed]
        wrong += unlike_peers(served.url, second, {link.path: link.kind for link in links} | forms(paths))
        walk.page.context.close()
    said = f"{first.files:,} files, {len(paths):,} and {len(links):,} links asked for, {walk.opened} pages opened"
    print(f"{first_folder.name} ({routing}): {said}, {walk.requests:,} requests, {len(wrong)} differences")
    for line in [*then.warnings, *wrong[:SHOWN]]:
        print("   ", line[:200])
    sys.stdout.flush()
    return wrong


def unlike_peers(base: str, folder: Path, addresses: dict[str, str]) -> list[str]:
    """What two other programs answer otherwise, both in the same way, if they are installed."""
    if "PEERS" not in os.environ:
        return []
    with peers(folder) as others:
        found = differences(base, others, addresses)
    explained = sorted({f"{kind}: {ours}" for kind, ours, _ in found.keys() & EXPLAINED})
    print(f"    {len(addresses):,} addresses asked of both peers too; explained: {', '.join(explained) or 'none'}")
    return unexplained(found)


def kept(stage: Stage, deployment: str) -> list[str]:
    """The paths of a deployment's files: its own and those of the pool."""
    folder, pool = f"deployments/{deployment}/", "immutable/"
    own = [key.removeprefix(folder) for key in stage.stack.keys(folder)]
    return own + [key.removeprefix(pool) for key in stage.stack.keys(pool)]


def main(arguments: list[str]) -> int:
    """Go through the sites that `arguments` name."""
    sites = [(routing, places.split(",")) for routing, _, places in (one.partition("=") for one in arguments)]
    wrong = [
        place for routing, places in sites for place in places if not (routing in ROUTINGS and Path(place).is_dir())
    ]
    if wrong or not sites:
        print(f"crawl: ROUTING=FOLDER or ROUTING=FIRST,SECOND, with {', '.join(ROUTINGS)}; no such folder: {wrong}")
        return 2
    with sync_playwright() as running, tempfile.TemporaryDirectory() as name, staged() as stage:
        browser = running.chromium.launch(executable_path=program(), args=list(FLAGS))
        good = [
            is_alike(stage, browser, routing, [Path(place).resolve() for place in places], Path(name) / str(number))
            for number, (routing, places) in enumerate(sites)
        ]
        browser.close()
    return 0 if all(good) else 1


def is_alike(stage: Stage, browser: Browser, routing: str, folders: list[Path], spare: Path) -> bool:
    """Whether a visitor gets what the folders hold; of a single one an edited copy, in `spare`, comes second."""
    first, *second = folders
    try:
        return not visited(stage, browser, routing, [first, *(second or [edited(first, spare)])])
    except LocalError as error:
        print(f"{first.name} ({routing}): {error}")
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
