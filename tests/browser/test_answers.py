"""What a browser makes of single answers: missing files, headers, the placeholder, version polls, redirects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error

from local.system import deployed
from tests.browser import sites
from tests.browser.protections import COOKIE_ATTRIBUTES, FILES_ARE_NO_PAGES, NO_STORE, POLLS, REDIRECT, Protection
from tests.browser.stage import Stage

FETCH = """async ([path, cache]) => {
  const answer = await fetch(path, { cache });
  return [answer.status, answer.headers.get('content-type'), (await answer.text()).trim()];
}"""


@pytest.fixture
def empty_stage() -> Iterator[Stage]:
    """A stack to which nothing was ever published."""
    with deployed() as stack:
        stage = Stage(stack)
        yield stage
        stage.close()


@pytest.mark.parametrize("without", [None, FILES_ARE_NO_PAGES], ids=["as shipped", "files may be pages"])
def test_a_missing_script_is_a_404_with_the_sites_own_page(
    stage: Stage, context: BrowserContext, plain: list[Path], without: Protection | None
) -> None:
    stage.publish(plain[0], "spa")
    page = context.new_page()
    with stage.serving(without=without) as served:
        page.goto(served.url)
        status, kind, text = page.evaluate(FETCH, ["/missing.js", "default"])
        loaded = page.evaluate(
            """() => new Promise((done) => {
              const script = document.createElement('script');
              script.onload = () => done(true);
              script.onerror = () => done(false);
              script.src = '/missing.js';
              document.head.append(script);
            })"""
        )
        opened = page.goto(served.url + "/missing.js")
        assert opened is not None
        if without is None:
            assert (404, "text/html; charset=utf-8") == (status, kind)
            assert "Nothing here in the plain site" in text
            assert not loaded
            assert 404 == opened.status
        else:
            assert 200 == opened.status


@pytest.mark.parametrize("without", [None, COOKIE_ATTRIBUTES], ids=["as shipped", "without attributes"])
def test_security_headers_and_the_cookies_attributes(
    stage: Stage, context: BrowserContext, plain: list[Path], without: Protection | None
) -> None:
    deployment = stage.publish(plain[0])
    page = context.new_page()
    with stage.serving(without=without) as served:
        answer = page.goto(served.url)
        assert answer is not None
        headers = answer.headers
        (cookie,) = context.cookies()
        days = (cookie["expires"] - page.evaluate("Date.now() / 1000")) / 86_400
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
    wanted = {
        "strict-transport-security": "max-age=31536000",
        "x-content-type-options": "nosniff",
        "x-frame-options": "SAMEORIGIN",
        "referrer-policy": "strict-origin-when-cross-origin",
        "cache-control": "public, max-age=0, must-revalidate",
    }
    assert wanted == {name: headers.get(name) for name in wanted}
    assert ("__Host-deployment", deployment, "/", True) == tuple(cookie[k] for k in ("name", "value", "path", "secure"))
    assert "" == page.evaluate("document.cookie") or without
    strict = cookie["httpOnly"] and cookie["sameSite"] == "Lax" and 0.99 < days <= 1
    assert strict == (without is None)


@pytest.mark.parametrize("without", [None, NO_STORE], ids=["as shipped", "a placeholder that browsers keep"])
def test_before_the_first_deployment_the_placeholder_and_then_the_site(
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
@pytest.mark.parametrize("without", [None, POLLS], ids=["as shipped", "polls follow the pin"])
def test_a_version_poll_sees_the_new_version_and_the_page_stays(
    stage: Stage, context: BrowserContext, plain: list[Path], cache: str, without: Protection | None
) -> None:
    stage.publish(plain[0])
    page = context.new_page()
    with stage.serving(without=without) as served:
        page.goto(served.url)
        stage.publish(plain[1])
        poll = page.evaluate(FETCH, ["/version.txt", cache])
        assert ("two" if without is None else "one") == poll[2]
        assert "one" == page.evaluate(FETCH, ["/version.txt", "no-cache"])[2]


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
