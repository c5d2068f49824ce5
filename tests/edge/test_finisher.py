"""What visitors see of an object: what its metadata asks for is done, and none of it is seen. On the shipped text."""

from __future__ import annotations

from typing import Any

import pytest

from tests.edge.harness import FETCH, LIVE, NAVIGATION, WORKER, Case, run_one

HANDED_ON = pytest.mark.parametrize("handed_on", [True, False], ids=["header handed on", "header lost"])
HTML = {"content-type": "text/html; charset=utf-8"}
OWN = "public, max-age=0, s-maxage=31536000, must-revalidate"
KEPT_AT_EDGES = {"cache-control": "s-maxage=31536000, public, max-age=0, must-revalidate"}


def seen(metadata: dict[str, str], *, status: int = 200, handed_on: bool = True, **case: Any) -> dict[str, Any]:
    """The answer for an object of the live deployment with this metadata, as a visitor sees it."""
    headers = HTML | {"cache-control": OWN, "etag": '"e"', "x-amz-meta-deployment": LIVE}
    headers |= case.pop("stored", {}) | {f"x-amz-meta-{name}": value for name, value in metadata.items()}
    origin = {"status": status, "headers": {name: value for name, value in headers.items() if value}}
    asked = Case(case.pop("uri", "/old"), store=f"{LIVE} mixed", origin=origin, handed_on=handed_on, **case)
    outcome = run_one(asked)
    assert outcome.response is not None
    return outcome.response


def value(response: dict[str, Any], name: str) -> str | None:
    field = response["headers"].get(name)
    return field and str(field["value"])


@HANDED_ON
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_object_that_is_a_redirect_sends_visitors_on_and_pins_nobody(status: int, handed_on: bool) -> None:
    response = seen({"redirect": f"{status} /new#part"}, handed_on=handed_on, stored=KEPT_AT_EDGES)
    assert (status, "Redirect") == (response["statusCode"], response["statusDescription"])
    assert "/new#part" == value(response, "location")
    assert "public, max-age=0, must-revalidate" == value(response, "cache-control")
    assert {} == response["cookies"]


TARGETS = {
    ("/new", "a=1&b=%26"): "/new?a=1&b=%26",
    ("/new#part", "a=1"): "/new?a=1#part",
    ("/new?own=1", "a=1"): "/new?own=1",
    ("/new?#part", "a=1"): "/new?#part",
    ("/new#part?", "a=1"): "/new?a=1#part?",
    ("https://b.example", "a=1"): "https://b.example?a=1",
    ("https://b.example/%C3%A9", None): "https://b.example/%C3%A9",
    ("/new", "q=é%20 x"): "/new?q=%C3%A9%20%20x",
    ("/new", ""): "/new",
}


@HANDED_ON
@pytest.mark.parametrize(("target", "query"), TARGETS)
def test_the_query_goes_along_unless_the_target_has_its_own(target: str, query: str | None, handed_on: bool) -> None:
    response = seen({"redirect": f"301 {target}"}, raw_query=query, handed_on=handed_on)
    assert TARGETS[target, query] == value(response, "location")


def test_a_query_that_is_only_there_in_parts_goes_along_too() -> None:
    response = seen({"redirect": "301 /new"}, query={"b": "2", "a": "%261"})
    assert "/new?b=2&a=%261" == value(response, "location")


@pytest.mark.parametrize("said", ["", "x", "301", "301 ", "300 /x", "304 /x", "200 /x", " /x", "3010 /x", "NaN /x"])
def test_what_is_no_redirect_changes_nothing_and_does_not_throw(said: str) -> None:
    response = seen({"redirect": said})
    assert (200, None) == (response["statusCode"], value(response, "location"))


@HANDED_ON
@pytest.mark.parametrize(("status", "description"), [("404", "Not Found"), ("410", "Gone")])
def test_a_page_with_a_status_of_its_own_has_it_and_pins(status: str, description: str, handed_on: bool) -> None:
    response = seen({"status": status}, handed_on=handed_on)
    assert (int(status), description) == (response["statusCode"], response["statusDescription"])
    assert LIVE == response["cookies"]["__Host-deployment"]["value"]


@pytest.mark.parametrize("said", ["", "200", "403", "500", "4040", "404 ", "x", "-404"])
def test_a_status_that_no_rule_can_ask_for_is_not_set(said: str) -> None:
    response = seen({"status": said})
    assert (200, None) == (response["statusCode"], response.get("statusDescription"))


def test_headers_are_set_replaced_and_taken_away_under_lower_case_names() -> None:
    said = "X-Frame-Options: DENY~!Referrer-Policy~Link: </a.css>; rel=preload, <b: c>~X-Empty: ~Content-Language: de"
    response = seen({"headers": said}, stored={"x-frame-options": "SAMEORIGIN", "referrer-policy": "same-origin"})
    assert "DENY" == value(response, "x-frame-options")
    assert "</a.css>; rel=preload, <b: c>" == value(response, "link")
    assert ("", "de") == (value(response, "x-empty"), value(response, "content-language"))
    assert "referrer-policy" not in response["headers"]
    assert [] == [name for name in response["headers"] if name != name.lower()]


@pytest.mark.parametrize("said", ["", "~", "!", "!absent", ": x", "X", "X:1", "~~!~: ~", " "])
def test_headers_that_say_nothing_change_nothing(said: str) -> None:
    assert seen({})["headers"] == seen({"headers": said})["headers"]


@pytest.mark.parametrize("uri", ["/old", "/a.pdf"])
def test_nothing_of_the_metadata_is_seen_also_what_the_function_does_not_know(uri: str) -> None:
    for status in (200, 206, 304):
        response = seen({"sha256": "x", "headers": "X-A: 1", "status": "404", "": "y"}, uri=uri, status=status)
        assert [] == [name for name in response["headers"] if name.startswith("x-amz-")]
        assert '"e"' == value(response, "etag")


@HANDED_ON
def test_a_304_keeps_its_status_and_headers_but_shows_neither_metadata_nor_what_edges_keep(handed_on: bool) -> None:
    metadata = {"redirect": "301 /new", "headers": "X-A: 1~!ETag"}
    response = seen(metadata, status=304, handed_on=handed_on, stored={"content-type": ""}, pin=LIVE)
    assert {"cache-control", "etag"} == set(response["headers"])
    assert "public, max-age=0, must-revalidate" == value(response, "cache-control")
    assert (304, None, {}) == (response["statusCode"], response.get("statusDescription"), response["cookies"])


@HANDED_ON
@pytest.mark.parametrize("kind", ["text/plain; charset=utf-8", "application/pdf", "application/octet-stream"])
def test_a_document_that_is_no_html_pins_nobody_whatever_its_address(kind: str, handed_on: bool) -> None:
    for uri in ("/LICENSE", "/feed", "/a.pdf", "/page.html", "/"):
        assert {} == seen({}, uri=uri, handed_on=handed_on, stored={"content-type": kind})["cookies"]


@HANDED_ON
@pytest.mark.parametrize("uri", ["/old", "/page.html", "/page.HTM", "/.well-known/x", "/x.svg"])
def test_a_document_that_is_html_pins_whatever_its_address(uri: str, handed_on: bool) -> None:
    assert LIVE == seen({}, uri=uri, handed_on=handed_on)["cookies"]["__Host-deployment"]["value"]


@HANDED_ON
def test_a_redirect_moves_nobody_also_not_a_worker_or_a_fetch(handed_on: bool) -> None:
    for headers in (NAVIGATION, WORKER, FETCH):
        assert {} == seen({"redirect": "302 /new"}, headers=headers, handed_on=handed_on)["cookies"]
