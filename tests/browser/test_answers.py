"""What a browser makes of single answers: missing files, the placeholder, version polls, redirects."""

from __future__ import annotations

import gzip
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error

from tests.browser import sites
from tests.browser.opening import LOAD_SCRIPT
from workbench.protections import (
    ERROR_PAGE,
    FILES_ARE_NO_PAGES,
    NO_STORE,
    ONLY_PAGES_FALL_BACK,
    ONLY_PAGES_MOVE,
    POLLS,
    REDIRECT,
    Protection,
)
from workbench.stage import Stage, staged

FETCH = """async ([path, cache]) => {
  const answer = await fetch(path, { cache });
  return [answer.status, answer.headers.get('content-type'), (await answer.text()).trim()];
}"""


@pytest.fixture
def empty_stage() -> Iterator[Stage]:
    """A stack to which nothing was ever published."""
    with staged() as stage:
        yield stage


MISSING_SCRIPT = pytest.mark.parametrize(
    ("without", "status", "words"),
    [
        (None, 404, "Nothing here in the plain site"),
        (FILES_ARE_NO_PAGES & ONLY_PAGES_FALL_BACK, 200, "Version"),
        (ERROR_PAGE, 404, "NoSuchKey"),
    ],
    ids=["as shipped", "files may be pages", "without the site's own page"],
)


@MISSING_SCRIPT
def test_a_missing_script_is_a_404_with_the_sites_own_page(
    stage: Stage, context: BrowserContext, plain: list[Path], without: Protection | None, status: int, words: str
) -> None:
    for beside in ("about.html", "guide"):  # pages beside an app make an exact set, and with it such a name is a route
        found = plain[0] / beside
        shutil.rmtree(found) if found.is_dir() else found.unlink()
    stage.publish(plain[0], "spa")
    page = context.new_page()
    with stage.serving(without=without) as served:
        page.goto(served.url)
        with page.expect_response("**/missing.js") as asked:
            assert not page.evaluate(LOAD_SCRIPT, "/missing.js")
        assert status == asked.value.status
        fetched = page.evaluate(FETCH, ["/missing.js", "default"])
        assert (status, True) == (fetched[0], words in fetched[2])
        opened = page.goto(served.url + "/missing.js")
        assert opened is not None
        assert (status, True) == (opened.status, words in opened.text())


@pytest.mark.parametrize("without", [None, NO_STORE], ids=["as shipped", "a placeholder that browsers keep"])
def test_a_visitor_gets_the_placeholder_before_the_first_deployment_and_then_the_site(
    empty_stage: Stage, context: BrowserContext, plain: list[Path], without: Protection | None
) -> None:
    page, click = context.new_page(), "document.querySelector('a').click()"
    with empty_stage.serving(without=without) as served:
        answer = page.goto(served.url)
        assert answer is not None
        assert (503, "No deployment yet") == (answer.status, page.inner_text("h1"))
        empty_stage.publish(plain[0])
        # a link, not a reload: it may be answered from the browser's cache
        page.evaluate("document.body.innerHTML = '<a href=\"/\">again</a>'")
        with page.expect_navigation():
            page.evaluate(click)
        assert (page.inner_text("h1") == "Plain site") == (without is None)


@pytest.mark.parametrize("cache", ["no-store", "reload"])
@pytest.mark.parametrize(
    ("without", "polled", "then"),
    [(None, "two", "one"), (POLLS, "one", "one"), (ONLY_PAGES_MOVE, "two", "two")],
    ids=["as shipped", "polls follow the pin", "polls move the pin"],
)
def test_a_version_poll_sees_the_new_version_and_the_page_stays(
    stage: Stage,
    context: BrowserContext,
    plain: list[Path],
    cache: str,
    without: Protection | None,
    polled: str,
    then: str,
) -> None:
    stage.publish(plain[0])
    page = context.new_page()
    with stage.serving(without=without) as served:
        page.goto(served.url)
        stage.publish(plain[1])
        assert polled == page.evaluate(FETCH, ["/version.txt", cache])[2]
        # for a browser this `no-cache` is a question whether the file has changed: max-age=0
        assert then == page.evaluate(FETCH, ["/version.txt", "no-cache"])[2]


@pytest.mark.parametrize("without", [None, REDIRECT], ids=["as shipped", "redirects that browsers keep"])
def test_a_change_of_the_routing_leaves_no_redirect_loop(
    stage: Stage, context: BrowserContext, tmp_path: Path, without: Protection | None
) -> None:
    site = sites.plain(tmp_path, "one")
    (site / "about").mkdir()
    (site / "about" / "index.html").write_text((site / "about.html").read_text())
    page = context.new_page()
    with stage.serving(without=without) as served:
        stage.publish(site, "folders")
        page.goto(served.url + "/about")
        assert page.url.endswith("/about/")
        (site / "about" / "index.html").unlink()
        (site / "about").rmdir()
        stage.publish(site, "files")
        if without is None:
            page.goto(served.url + "/about")
            assert page.url.endswith("/about")
            page.goto(served.url + "/about/")
            assert page.url.endswith("/about")
            assert "About the plain site" == page.inner_text("h1")
        else:
            with pytest.raises(Error, match="ERR_TOO_MANY_REDIRECTS"):
                page.goto(served.url + "/about/")


UNPACK = """async (path) => {
  const answer = await fetch(path);
  return await new Response(answer.body.pipeThrough(new DecompressionStream('gzip'))).text();
}"""


def test_what_the_build_has_compressed_runs_and_an_archive_stays_one(
    stage: Stage, context: BrowserContext, tmp_path: Path
) -> None:
    """Unity's loader asks for `game.framework.js.gz`; who unpacks `data.json.gz` must get it packed."""
    site = sites.plain(tmp_path, "one")
    (site / "Build").mkdir()
    noise = random.Random(1).randbytes(2_000).hex()  # packed it is still long enough for the edge to compress it
    script = f"document.title = 'unpacked' // {noise}"
    (site / "Build" / "game.framework.js.gz").write_bytes(gzip.compress(script.encode()))
    (site / "Build" / "game.data.gz").write_bytes(gzip.compress(b"data"))
    (site / "Build" / "data.json.gz").write_bytes(gzip.compress(b"{}"))
    stage.publish(site)
    page = context.new_page()
    with stage.serving() as served:
        page.goto(served.url)
        assert page.evaluate(LOAD_SCRIPT, "/Build/game.framework.js.gz")
        assert "unpacked" == page.title()
        assert "data" == page.evaluate(FETCH, ["/Build/game.data.gz", "default"])[2]
        assert "{}" == page.evaluate(UNPACK, "/Build/data.json.gz")


def test_a_text_is_shown_and_not_downloaded(stage: Stage, context: BrowserContext, tmp_path: Path) -> None:
    site = sites.plain(tmp_path, "one")
    names = ["notes.md", "data.yaml", "server.log", "feed.xsl"]
    for name in names:
        (site / name).write_text("<p>gr\xfc\xdfe</p>", encoding="utf-8")
    stage.publish(site)
    page = context.new_page()
    with stage.serving() as served:
        for name in names:
            page.goto(f"{served.url}/{name}")
            assert "gr\xfc\xdfe" in page.inner_text("body"), name
