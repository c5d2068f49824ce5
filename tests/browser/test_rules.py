"""A site's own rules, in a browser: they come and go with their version, and no browser keeps one of them."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

from workbench.stage import Served, Stage

PAGE = '<!doctype html><html lang="en"><title>{name}</title><body data-version="{version}">{name}</body></html>'
STATUS = "fetch('{}').then((answer) => answer.status)"
IMMUTABLE = "/static/*\n  Cache-Control: public, max-age=31536000, immutable\n"


def site(folder: Path, version: str, redirects: str, headers: str = "") -> Path:
    """Two pages and what they load, with the rules of this version."""
    target = folder / version
    for name in ("index", "news", "old-news", "data-one", "data-two"):
        (target / "static").mkdir(parents=True, exist_ok=True)
        (target / f"{name}.html").write_text(PAGE.format(name=name, version=version))
    (target / "static" / "app.js").write_text(f"window.app = '{version}';")
    (target / "_redirects").write_text(redirects)
    (target / "_headers").write_text(headers)
    return target


@pytest.fixture
def versions(tmp_path: Path) -> list[Path]:
    """Two versions whose rules contradict each other."""
    two = "/moved /old-news\n/data /data-two 200\n/blog/* /old-news?from=:splat\n"
    return [
        site(tmp_path, "one", "/moved /news\n/data /data-one 200\n/blog/* /news?from=:splat\n"),
        site(tmp_path, "two", two, "/*\n  X-Two: 2\n"),
    ]


def led_to(page: Page, served: Served, path: str) -> str:
    """Where the address bar ends."""
    page.goto(served.url + path)
    url = urlsplit(page.url)
    return url.path + f"?{url.query}" * bool(url.query)


def test_redirects_switch_and_roll_back_with_their_version_although_a_browser_has_followed_them(
    stage: Stage, context: BrowserContext, versions: list[Path]
) -> None:
    one, two = stage.publish(versions[0], "files"), stage.upload(versions[1], "files")
    page = context.new_page()
    with stage.serving() as served:
        for deployment, target in ((one, "/news"), (two, "/old-news"), (one, "/news")):
            stage.switch(deployment)
            for _ in range(2):  # also from the browser's cache
                assert led_to(page, served, "/moved") == target
                assert led_to(page, served, "/moved?x=1") == f"{target}?x=1"
                assert led_to(page, served, "/blog/a/b") == f"{target}?from=a/b"


def test_headers_come_and_go_with_their_version(stage: Stage, context: BrowserContext, versions: list[Path]) -> None:
    one, two = stage.publish(versions[0], "files"), stage.upload(versions[1], "files")
    page = context.new_page()
    with stage.serving() as served:
        for deployment, value in ((one, None), (two, "2"), (one, None)):
            stage.switch(deployment)
            answer = page.goto(f"{served.url}/news")
            assert answer
            assert answer.headers.get("x-two") == value
            assert not [name for name in answer.headers if name.startswith("x-amz-meta")]


def test_an_open_page_keeps_the_rewrites_of_its_version_until_it_is_opened_anew(
    stage: Stage, context: BrowserContext, versions: list[Path]
) -> None:
    two = stage.upload(versions[1], "files")
    stage.publish(versions[0], "files")
    page = context.new_page()
    data = "fetch('/data').then((answer) => answer.text()).then((text) => text.match(/data-\\w+/)[0])"
    with stage.serving() as served:
        page.goto(served.url)
        stage.switch(two)
        assert page.evaluate(data) == "data-one"
        page.reload()
        assert page.evaluate(data) == "data-two"


def test_a_redirect_moves_no_pin_but_the_page_that_it_leads_to_does(
    stage: Stage, context: BrowserContext, versions: list[Path]
) -> None:
    stage.publish(versions[0], "files")
    page = context.new_page()
    with stage.serving() as served:
        led = page.goto(f"{served.url}/moved")
        assert led
        first = led.request.redirected_from
        assert first
        moved = first.response()
        assert moved
        assert [(one.status, "set-cookie" in one.all_headers()) for one in (moved, led)] == [(301, False), (200, True)]


def test_a_missing_file_is_no_app_page_that_a_browser_would_keep_for_a_year(
    stage: Stage, context: BrowserContext, tmp_path: Path
) -> None:
    broken = site(tmp_path, "one", "/* /index.html 200\n", IMMUTABLE)
    whole = site(tmp_path, "two", "/* /index.html 200\n", IMMUTABLE)
    (whole / "static" / "x.js").write_text("window.x = 1;")
    stage.publish(broken, "spa")
    page = context.new_page()
    with stage.serving() as served:
        page.goto(f"{served.url}/a/route")
        missing = page.request.get(f"{served.url}/static/x.js")
        assert (missing.status, "immutable" in missing.headers.get("cache-control", "")) == (404, False)
        assert page.evaluate(STATUS.format("/static/x.js")) == 404
        stage.publish(whole, "spa")
        page.goto(f"{served.url}/a/route")
        assert page.evaluate(STATUS.format("/static/x.js")) == 200


def test_lines_without_a_loop_end_in_a_page(stage: Stage, context: BrowserContext, tmp_path: Path) -> None:
    chain = "/a /b\n/b/* /c/:splat\n/c /d/x 302\n/d/:one /news\n"
    page = context.new_page()
    with stage.serving() as served:
        for routing in ("files", "mixed"):
            stage.publish(site(tmp_path / routing, "one", chain), routing)
            assert led_to(page, served, "/a") == "/news"
            assert page.title() == "news"
