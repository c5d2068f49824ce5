"""Where the promise ends: each limit of docs/consistency.md, shown by the mixture that it allows.

They are about files without a hash in their names. A limit that no longer shows is good news: then the page is wrong.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import BrowserContext

from pruner import pruning as prune
from tests.browser.opening import STYLE, VERSION, open_then_publish
from tests.browser.progressive import READY, WATCH_UPDATE
from tests.browser.sites import FETCHED, SHOWN
from workbench.chromium import Start
from workbench.stage import Stage, until


@pytest.mark.parametrize("way", ["a tab of its own", "a popup", "a link with target=_blank"])
def test_two_tabs_share_one_pin(stage: Stage, context: BrowserContext, plain: list[Path], way: str) -> None:
    old = context.new_page()
    with stage.serving() as served:
        open_then_publish(stage, old, served, plain)
        with context.expect_page() as opened:
            if way == "a tab of its own":
                context.new_page().goto(served.url)
            elif way == "a popup":
                old.evaluate("void open('/', '', 'popup')")
            else:
                old.evaluate("void Object.assign(document.links[0], { target: '_blank' }).click()")
        opened.value.wait_for_load_state()
        assert "two" == opened.value.evaluate(VERSION)
        assert ("one", "two") == (old.evaluate(VERSION), old.evaluate(FETCHED))


FRAME_ASKS = """(kind) => new Promise((done) => {
  const frame = document.createElement('iframe');
  if (kind === 'sandboxed') frame.sandbox = 'allow-scripts';
  else frame.credentialless = true;
  frame.onload = done;
  frame.src = '/about';
  document.body.append(frame);
})"""


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("sandboxed", ("one", "two")), ("credentialless", ("two", "two"))],
)
def test_what_a_frame_asks_for_without_the_cookie_is_of_the_live_version(
    stage: Stage, context: BrowserContext, plain: list[Path], kind: str, shown: tuple[str, str]
) -> None:
    page = context.new_page()
    with stage.serving() as served:
        open_then_publish(stage, page, served, plain)
        page.evaluate(FRAME_ASKS, kind)
        frame = page.frames[1]
        assert ("one", shown) == (page.evaluate(VERSION), (frame.evaluate(VERSION), frame.evaluate(STYLE)))


def test_a_fetch_that_omits_credentials_gets_the_live_version(
    stage: Stage, context: BrowserContext, plain: list[Path]
) -> None:
    page = context.new_page()
    with stage.serving() as served:
        open_then_publish(stage, page, served, plain)
        assert "two" == page.evaluate(FETCHED.replace("'/version.txt'", "'/version.txt', {credentials: 'omit'}"))


def test_the_web_manifest_is_of_the_live_version(
    stage: Stage, context: BrowserContext, plain: list[Path], tmp_path: Path
) -> None:
    for version, site in zip(("one", "two"), plain, strict=False):
        (site / "app.webmanifest").write_text(f'{{"name": "{version}"}}')
        index = site / "index.html"
        index.write_text(index.read_text().replace("<title>", '<link rel="manifest" href="/app.webmanifest"><title>'))
    page = context.new_page()
    with stage.serving() as served:
        open_then_publish(stage, page, served, plain)
        found = context.new_cdp_session(page).send("Page.getAppManifest")
        assert '{"name": "two"}' == found["data"]


def test_a_browser_that_blocks_cookies_gets_the_live_version(stage: Stage, start: Start, plain: list[Path]) -> None:
    context = start({"profile": {"default_content_setting_values": {"cookies": 2}}})
    page = context.pages[0]
    with stage.serving() as served:
        open_then_publish(stage, page, served, plain)
        assert [] == context.cookies()
        assert ("one", "two") == (page.evaluate(VERSION), page.evaluate(FETCHED))


def test_a_browser_whose_pin_is_gone_gets_the_live_version(
    stage: Stage, context: BrowserContext, plain: list[Path]
) -> None:
    page = context.new_page()
    with stage.serving() as served:
        open_then_publish(stage, page, served, plain)
        context.clear_cookies()  # a page that was open for more than a day
        assert ("one", "two") == (page.evaluate(VERSION), page.evaluate(FETCHED))


def test_an_event_source_asks_for_what_is_new(stage: Stage, context: BrowserContext, plain: list[Path]) -> None:
    page = context.new_page()
    with stage.serving() as served:
        open_then_publish(stage, page, served, plain)
        pin = context.cookies()[0]["value"]
        page.evaluate("void new EventSource('/version.txt')")
        asked = until(
            lambda: [v for v in served.visits if v.headers.get("accept") == "text/event-stream"],
            lambda found: bool(found),
        )
        assert asked[0].deployment not in ("", pin)


@pytest.mark.parametrize("way", ["hard reload", "developer tools"])
def test_what_scripts_fetch_during_a_hard_reload_is_new(
    stage: Stage, context: BrowserContext, plain: list[Path], way: str
) -> None:
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    new = stage.upload(plain[1])
    stage.publish(plain[0])
    with stage.serving() as served:
        page.goto(served.url)
        if way == "developer tools":
            tools.send("Network.setCacheDisabled", {"cacheDisabled": True})
        with served.holding(lambda request: request.path == "/version.txt") as let_go:
            tools.send("Page.reload", {"ignoreCache": way == "hard reload"})
            until(lambda: served.waiting, lambda count: count > 0)
            stage.switch(new)
            let_go()
        until(lambda: page.evaluate(SHOWN), lambda parts: parts == ["one", "one", "one", "two"], 5)


def test_after_a_workers_update_the_open_page_gets_new_files_that_the_worker_does_not_keep(
    stage: Stage, context: BrowserContext, pwa: list[Path]
) -> None:
    unkept = FETCHED.replace("version.txt", "unkept.txt")
    page = context.new_page()
    with stage.serving() as served:
        stage.publish(pwa[0], "spa")
        page.goto(served.url)
        page.wait_for_function(READY)
        stage.publish(pwa[1], "spa")
        assert "one" == page.evaluate(unkept)
        page.evaluate(WATCH_UPDATE)
        page.evaluate("window.updated")
        assert ("one", "two") == (page.inner_text("#version"), page.evaluate(unkept))


def test_the_404_pages_own_files_follow_the_pin(stage: Stage, context: BrowserContext, plain: list[Path]) -> None:
    for site in plain:
        with (site / "404.html").open("a") as missing:
            missing.write('<link rel="stylesheet" href="/style.css">')
    page = context.new_page()
    with stage.serving() as served:
        open_then_publish(stage, page, served, plain)
        served.forget()  # a missing favicon has brought the old 404 page into the edge's cache, for some seconds
        page.goto(served.url + "/missing.js")
        assert ("two", "one") == (page.evaluate(VERSION), page.evaluate(STYLE))


def test_the_404_page_is_for_some_seconds_the_other_versions(
    stage: Stage, context: BrowserContext, plain: list[Path]
) -> None:
    page = context.new_page()
    with stage.serving() as served:
        stage.publish(plain[0])
        page.goto(served.url + "/missing.js")
        stage.publish(plain[1])
        page.goto(served.url + "/missing-too.js")
        assert "one" == page.evaluate(VERSION)


def test_a_shared_worker_outlives_the_version_that_started_it(
    stage: Stage, context: BrowserContext, plain: list[Path]
) -> None:
    for version, site in zip(("one", "two"), plain, strict=False):
        (site / "shared.js").write_text(f"onconnect = (event) => event.ports[0].postMessage('{version}');")
    ask = "new Promise((done) => { new SharedWorker('/shared.js').port.onmessage = (event) => done(event.data); })"
    old, new = context.new_page(), context.new_page()
    with stage.serving() as served:
        stage.publish(plain[0])
        old.goto(served.url)
        assert "one" == old.evaluate(ask)
        stage.publish(plain[1])
        new.goto(served.url)
        assert ("two", "one") == (new.evaluate(VERSION), new.evaluate(ask))


def test_a_script_that_fetches_html_in_a_browser_without_sec_fetch_looks_like_a_navigation(
    stage: Stage, plain: list[Path]
) -> None:
    old = stage.publish(plain[0])
    new = stage.publish(plain[1])
    with stage.serving() as served:
        headers = {"Accept": "text/html", "Cookie": f"__Host-deployment={old}"}
        with urllib.request.urlopen(urllib.request.Request(served.url + "/about", headers=headers)) as answer:
            assert f"__Host-deployment={new};" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize("pruned_now", [False, True], ids=["as long as they are there", "until it is pruned now"])
def test_after_going_back_from_a_bad_release_an_open_tab_keeps_its_files(
    stage: Stage, context: BrowserContext, plain: list[Path], pruned_now: bool
) -> None:
    page = context.new_page()
    with stage.serving() as served:
        good, bad = stage.publish(plain[0]), stage.publish(plain[1])
        page.goto(served.url)
        stage.switch(good)
        assert "two" == page.evaluate(FETCHED)
        if pruned_now:
            stack = stage.stack
            s3, ask = stack.emulator.client("s3"), cast("Any", stack.ask)
            done = prune.prune(s3, stack.bucket, lambda wish: ask(**wish), 0, 0, now=True, only=[bad])
            assert [bad] == done.gone
            served.forget()  # the command's invalidation
            assert 404 == page.evaluate("fetch('/version.txt').then((answer) => answer.status)")
        page.reload()
        assert ["one"] * 4 == page.evaluate(SHOWN)
