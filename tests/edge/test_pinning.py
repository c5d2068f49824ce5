"""Which deployment answers, and which requests move the pin, so that a page and all it loads are of one version.

Two worlds, twice, because AWS documents neither: the response function sees the router's request header or not, and
a 304 carries the object's metadata or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.edge.harness import FETCH, FRAME, LIVE, NAVIGATION, OLD, SCRIPT, WORKER, Case, run_one

HANDED_ON = pytest.mark.parametrize("handed_on", [True, False], ids=["header handed on", "header lost"])
METADATA = pytest.mark.parametrize("metadata", [True, False], ids=["metadata on 304", "none on 304"])
OWN = "public, max-age=0, s-maxage=31536000, must-revalidate"
STORE = f"{LIVE} folders"


def page(deployment: str, content_type: str = "text/html; charset=utf-8") -> Mapping[str, Any]:
    headers = {"content-type": content_type, "cache-control": OWN, "x-amz-meta-deployment": deployment}
    return {"status": 200, "headers": headers}


def unchanged(deployment: str, metadata: bool) -> Mapping[str, Any]:
    """A 304: without a content type, perhaps without metadata."""
    headers = {"cache-control": OWN, **({"x-amz-meta-deployment": deployment} if metadata else {})}
    return {"status": 304, "headers": headers}


@HANDED_ON
@pytest.mark.parametrize("pin", ["", OLD, LIVE])
def test_a_navigation_to_a_page_gets_the_live_deployment_and_moves_the_pin(handed_on: bool, pin: str) -> None:
    outcome = run_one(Case("/about/", pin=pin, store=STORE, origin=page(LIVE), handed_on=handed_on))
    assert (f"/deployments/{LIVE}/about/index.html", LIVE, 1) == (outcome.target, outcome.cookie, outcome.reads)


@HANDED_ON
def test_the_cookie_has_the_attributes_that_keep_it_to_this_host(handed_on: bool) -> None:
    outcome = run_one(Case("/", store=STORE, origin=page(LIVE), handed_on=handed_on))
    assert outcome.response is not None
    attributes = outcome.response["cookies"]["__Host-deployment"]["attributes"]
    assert "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=86400" == attributes


@HANDED_ON
@pytest.mark.parametrize("headers", [WORKER, {"service-worker": "script"}], ids=["dest", "older header"])
def test_a_service_workers_script_gets_the_live_deployment_and_moves_the_pin(
    handed_on: bool, headers: dict[str, str]
) -> None:
    origin = page(LIVE, "text/javascript; charset=utf-8")
    outcome = run_one(Case("/sw.js", headers, pin=OLD, store=STORE, origin=origin, handed_on=handed_on))
    assert (f"/deployments/{LIVE}/sw.js", LIVE) == (outcome.target, outcome.cookie)


FOLLOWERS = {
    "frame": ("/about/", FRAME, "/about/index.html"),
    "script": ("/app.js", SCRIPT, "/app.js"),
    "style": ("/style.css", SCRIPT | {"sec-fetch-dest": "style"}, "/style.css"),
    "image": ("/logo.png", SCRIPT | {"sec-fetch-dest": "image"}, "/logo.png"),
    "fetch": ("/data.json", FETCH, "/data.json"),
    "fetch without Sec-Fetch": ("/data.json", {"accept": "*/*"}, "/data.json"),
    "a hard reload's script": ("/app.js", SCRIPT | {"cache-control": "no-cache"}, "/app.js"),
    "a fetch of an installing worker": (
        "/data.json",
        FETCH | {"cache-control": "no-cache", "referer": "https://example.com/sw.js?v=1"},
        "/data.json",
    ),
    "a fetch of an installing module worker": (
        "/data.json",
        FETCH | {"cache-control": "no-cache", "referer": "https://example.com/sw.mjs"},
        "/data.json",
    ),
}


@HANDED_ON
@pytest.mark.parametrize(("uri", "headers", "target"), FOLLOWERS.values(), ids=FOLLOWERS)
def test_what_a_page_loads_follows_the_pin_and_never_moves_it(
    handed_on: bool, uri: str, headers: dict[str, str], target: str
) -> None:
    kind = "text/html" if target.endswith(".html") else "text/plain"
    outcome = run_one(Case(uri, headers, pin=OLD, store=STORE, origin=page(OLD, kind), handed_on=handed_on))
    assert (f"/deployments/{OLD}{target}", None) == (outcome.target, outcome.cookie)
    assert (0 if "about" not in uri else 1) == outcome.reads


NEWS: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
    "no-cache fetch": ("/data.json", FETCH | {"cache-control": "no-cache"}, {}),
    "no-cache fetch of a page's script": (
        "/data.json",
        FETCH | {"cache-control": "no-cache", "referer": "https://example.com/about/"},
        {},
    ),
    "ngsw.json": ("/ngsw.json", FETCH, {}),
    "ngsw-cache-bust": ("/app.css", FETCH, {"ngsw-cache-bust": "0.1"}),
    "nuxt": ("/_nuxt/builds/latest.json", FETCH, {}),
}


@HANDED_ON
@pytest.mark.parametrize(("uri", "headers", "query"), NEWS.values(), ids=NEWS)
def test_what_asks_for_news_gets_the_live_deployment_and_moves_nothing(
    handed_on: bool, uri: str, headers: dict[str, str], query: dict[str, str]
) -> None:
    origin = page(LIVE, "application/json")
    case = Case(uri, headers, pin=OLD, store=STORE, query=query, origin=origin, handed_on=handed_on)
    outcome = run_one(case)
    assert (f"/deployments/{LIVE}{uri}", None) == (outcome.target, outcome.cookie)


@HANDED_ON
@pytest.mark.parametrize("uri", ["/prices.pdf", "/feed.xml", "/photo.png"])
def test_opening_a_file_gives_todays_and_moves_nothing(handed_on: bool, uri: str) -> None:
    outcome = run_one(Case(uri, pin=OLD, store=STORE, origin=page(LIVE, "x/y"), handed_on=handed_on))
    assert (f"/deployments/{LIVE}{uri}", None, 1) == (outcome.target, outcome.cookie, outcome.reads)


CONDITIONAL = {"if-none-match": '"x"', "if-modified-since": "Thu, 01 Jan 2026 00:00:00 GMT"}


@pytest.mark.parametrize("uri", ["/", "/sw.js"])
def test_a_request_that_moves_the_pin_to_another_deployment_is_answered_in_full(uri: str) -> None:
    headers = (NAVIGATION if uri == "/" else WORKER) | CONDITIONAL
    for pin in ("", OLD):
        outcome = run_one(Case(uri, headers, pin=pin, store=STORE))
        assert [None, None] == [outcome.header(name) for name in CONDITIONAL]
    same = run_one(Case(uri, headers, pin=LIVE, store=STORE))
    assert list(CONDITIONAL.values()) == [same.header(name) for name in CONDITIONAL]
    subresource = run_one(Case("/app.js", SCRIPT | CONDITIONAL, pin=OLD, store=STORE))
    assert list(CONDITIONAL.values()) == [subresource.header(name) for name in CONDITIONAL]


@HANDED_ON
@METADATA
def test_a_304_never_moves_the_pin_to_another_deployment(handed_on: bool, metadata: bool) -> None:
    origin = unchanged(LIVE, metadata)
    outcome = run_one(Case("/", NAVIGATION | CONDITIONAL, pin=LIVE, store=STORE, origin=origin, handed_on=handed_on))
    assert outcome.cookie in {None, LIVE}
    frame = run_one(
        Case("/", FRAME | CONDITIONAL, pin=OLD, store=STORE, origin=unchanged(OLD, metadata), handed_on=handed_on)
    )
    assert frame.cookie is None


def test_a_prefetch_that_would_cross_versions_is_dropped_and_others_are_answered() -> None:
    speculative = NAVIGATION | {"sec-purpose": "prefetch;prerender"}
    crossing = run_one(Case("/about/", speculative, pin=OLD, store=STORE))
    assert ("503", "no-store") == (crossing.target, crossing.header("cache-control"))
    assert (
        f"/deployments/{LIVE}/about/index.html" == run_one(Case("/about/", speculative, pin=LIVE, store=STORE)).target
    )
    assert f"/deployments/{LIVE}/about/index.html" == run_one(Case("/about/", speculative, store=STORE)).target


@pytest.mark.parametrize("pin", ["../../secret", "x", "a" * 65, "a b c d e f g", f"{OLD}/..", f"{OLD}\n"])
def test_a_pin_that_is_no_deployments_id_counts_as_none(pin: str) -> None:
    assert f"/deployments/{LIVE}/app.js" == run_one(Case("/app.js", SCRIPT, pin=pin, store=STORE)).target


def test_a_visitors_own_routing_header_is_thrown_away() -> None:
    outcome = run_one(Case("/app.js", SCRIPT | {"x-deployment": "forged-0123456789abcdef"}, pin=OLD, store=STORE))
    assert outcome.header("x-deployment") is None
    page_request = run_one(Case("/", NAVIGATION | {"x-deployment": "forged-0123456789abcdef"}, store=STORE))
    assert LIVE == page_request.header("x-deployment")


@HANDED_ON
def test_a_browser_is_not_shown_what_only_the_edge_should_keep(handed_on: bool) -> None:
    outcome = run_one(Case("/", store=STORE, origin=page(LIVE), handed_on=handed_on))
    assert outcome.response is not None
    assert "public, max-age=0, must-revalidate" == outcome.response["headers"]["cache-control"]["value"]


@pytest.mark.parametrize(
    ("headers", "moves"),
    [
        ({"accept": "text/html,*/*"}, True),
        ({"accept": "*/*"}, False),
        ({}, False),
        (FETCH | {"accept": "text/html"}, False),
    ],
    ids=["html", "anything", "nothing", "fetch for html"],
)
def test_without_sec_fetch_the_accept_header_tells_a_navigation(headers: dict[str, str], moves: bool) -> None:
    outcome = run_one(Case("/page.html", headers, pin=OLD, store=STORE, origin=page(LIVE if moves else OLD)))
    assert (LIVE if moves else None) == outcome.cookie
