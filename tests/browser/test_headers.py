"""Security headers and cookie attributes: that they are there, and what a browser makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Response

from tests.browser.opening import LOAD_SCRIPT
from workbench.protections import COOKIE_ATTRIBUTES, OWN_HEADERS, POLICY, Protection
from workbench.stage import Stage, until

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
OWN = {"strict-transport-security": "max-age=31536000", "x-content-type-options": "nosniff"}
MANAGED = {**OWN, "x-frame-options": "SAMEORIGIN", "referrer-policy": "strict-origin-when-cross-origin"}
WITH_AND_WITHOUT_POLICY = pytest.mark.parametrize("without", [None, POLICY], ids=["as shipped", "without the policy"])


def answers(page: Page, *urls: str) -> dict[str, tuple[int, Mapping[str, str]]]:
    """Status and headers of all that the page gets, by path and for the first time, while it opens the URLs."""
    seen: dict[str, tuple[int, Mapping[str, str]]] = {}

    def note(answer: Response) -> None:
        seen.setdefault("/" + answer.url.split("/", 3)[3], (answer.status, answer.headers))

    page.on("response", note)
    for url in urls:
        page.goto(url)
    return seen


@WITH_AND_WITHOUT_POLICY
def test_a_page_its_files_and_the_404_page_carry_the_security_headers(
    stage: Stage, context: BrowserContext, plain: list[Path], without: Protection | None
) -> None:
    stage.publish(plain[0])
    with stage.serving(without=without) as served:
        seen = answers(context.new_page(), served.url, served.url + "/missing.js")
    wanted = MANAGED if without is None else dict.fromkeys(MANAGED)
    for path, status in (("/", 200), ("/style.css", 200), ("/site.js", 200), ("/missing.js", 404)):
        assert (status, wanted) == (seen[path][0], {name: seen[path][1].get(name) for name in MANAGED}), path
    assert "public, max-age=0, must-revalidate" == seen["/"][1]["cache-control"]


@pytest.mark.parametrize("without", [None, OWN_HEADERS], ids=["as shipped", "without its headers"])
def test_what_the_function_answers_by_itself_carries_them_too(
    stage: Stage, context: BrowserContext, plain: list[Path], without: Protection | None
) -> None:
    stage.publish(plain[0], "folders")
    page = context.new_page()
    with stage.serving(without=without) as served:
        seen = answers(page, served.url, served.url + "/guide")
        page.evaluate("Promise.all([fetch('/%00'), fetch('/' + 'a'.repeat(2800))]).then(() => 0)")
        long = until(lambda: [path for path in seen if path.startswith("/aaa")], bool)[0]
        until(lambda: page.evaluate("0") or "/%00" in seen, bool)
    wanted = OWN if without is None else dict.fromkeys(OWN)
    for path, status in (("/guide", 308), ("/%00", 400), (long, 414)):
        assert (status, wanted) == (seen[path][0], {name: seen[path][1].get(name) for name in OWN}), path[:20]


@WITH_AND_WITHOUT_POLICY
def test_a_text_is_not_run_as_a_script(
    stage: Stage, context: BrowserContext, plain: list[Path], without: Protection | None
) -> None:
    (plain[0] / "said-by-somebody.txt").write_text("window.ran = true;")
    stage.publish(plain[0])
    page = context.new_page()
    with stage.serving(without=without) as served:
        page.goto(served.url)
        loaded = page.evaluate(LOAD_SCRIPT, "/said-by-somebody.txt")
        assert (without is not None,) * 2 == (loaded, page.evaluate("window.ran === true"))


@WITH_AND_WITHOUT_POLICY
def test_no_other_site_frames_a_page(
    stage: Stage, context: BrowserContext, plain: list[Path], without: Protection | None
) -> None:
    stage.publish(plain[0])
    page = context.new_page()
    with stage.serving(without=without) as served, stage.serving() as elsewhere:  # another port is another origin
        page.goto(elsewhere.url)
        page.evaluate(
            """(url) => new Promise((done) => {
              const frame = document.createElement('iframe');
              frame.onload = done;
              frame.src = url;
              document.body.append(frame);
            })""",
            served.url,
        )
        shown = page.frames[1].url
    assert shown == ("chrome-error://chromewebdata/" if without is None else served.url + "/")


@pytest.mark.parametrize("without", [None, COOKIE_ATTRIBUTES], ids=["as shipped", "without attributes"])
def test_the_cookies_attributes_keep_scripts_and_other_sites_from_it(
    stage: Stage, context: BrowserContext, plain: list[Path], without: Protection | None
) -> None:
    deployment = stage.publish(plain[0])
    page = context.new_page()
    with stage.serving(without=without) as served:
        page.goto(served.url)
        (cookie,) = context.cookies()
        days = (cookie["expires"] - page.evaluate("Date.now() / 1000")) / 86_400
        read = page.evaluate("document.cookie")
    assert ("__Host-deployment", deployment, "/", True) == tuple(cookie[k] for k in ("name", "value", "path", "secure"))
    assert ("" if without is None else f"__Host-deployment={deployment}") == read
    strict = cookie["httpOnly"] and cookie["sameSite"] == "Lax" and 0.99 < days <= 1
    assert strict == (without is None)
