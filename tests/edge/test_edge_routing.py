"""Where a URL goes, in each routing mode, and for how many reads of the store."""

from __future__ import annotations

import pytest

from .harness import FETCH, LIVE, NAVIGATION, SCRIPT, Case, Headers, run, run_one

MODES = ("spa", "files", "folders", "mixed")
D, POOL = f"/deployments/{LIVE}", "/immutable"
NEXT_CHUNK = "/_next/static/chunks/app/%5B...slug%5D/page-1e4577fa5138d46e.js"

# request, what the browser says, the four targets (D: the deployment's folder), reads of the store
TABLE: list[tuple[str, Headers, tuple[str, str, str, str], int]] = [
    ("/", NAVIGATION, ("D/index.html",) * 4, 1),
    ("/", FETCH, ("D/index.html",) * 4, 1),
    ("/about", NAVIGATION, ("D/index.html", "D/about.html", "308 /about/", "D/about.html"), 1),
    ("/about/", NAVIGATION, ("D/index.html", "308 /about", "D/about/index.html", "D/about/index.html"), 1),
    ("/docs/", NAVIGATION, ("D/index.html",) + ("D/docs/index.html",) * 3, 1),
    ("/blog/old/", NAVIGATION, ("D/index.html",) + ("D/blog/old/index.html",) * 3, 1),
    (
        "/user/john.doe",
        NAVIGATION,
        ("D/index.html", "D/user/john.doe.html", "308 /user/john.doe/", "D/user/john.doe.html"),
        1,
    ),
    ("/api/x", FETCH, ("D/api/x", "D/api/x.html", "308 /api/x/", "D/api/x.html"), 1),
    (
        "/api/x",
        FETCH | {"accept": "text/html"},
        ("D/index.html", "D/api/x.html", "308 /api/x/", "D/api/x.html"),
        1,
    ),
    ("/widget", SCRIPT, ("D/widget", "D/widget.html", "308 /widget/", "D/widget.html"), 1),
    ("/about", {"accept": "*/*"}, ("D/index.html", "D/about.html", "308 /about/", "D/about.html"), 1),
    ("/logo.svg", SCRIPT, ("D/logo.svg",) * 4, 1),
    ("/docs/a.pdf", NAVIGATION, ("D/docs/a.pdf",) * 4, 1),
    ("/feed.xml", FETCH, ("D/feed.xml",) * 4, 1),
    ("/PHOTO.JPG", SCRIPT, ("D/PHOTO.JPG",) * 4, 1),
    ("/search/en.pf_meta", FETCH, ("D/search/en.pf_meta",) * 4, 1),
    ("/scene.GLB", FETCH, ("D/scene.GLB",) * 4, 1),
    ("/about.html", NAVIGATION, ("D/about.html",) * 4, 1),
    ("/assets/index-BdE8sX2_.js", SCRIPT, ("P/assets/index-BdE8sX2_.js",) * 4, 0),
    (NEXT_CHUNK, SCRIPT, (f"P{NEXT_CHUNK}",) * 4, 0),
    ("/_next/static/chunks/0cz1d0mv5g_q7.js", SCRIPT, ("P/_next/static/chunks/0cz1d0mv5g_q7.js",) * 4, 0),
    ("/_nuxt/builds/latest.json", FETCH, ("D/_nuxt/builds/latest.json",) * 4, 1),
    ("/files/a%2Fb", NAVIGATION, ("D/index.html", "D/files/a%2Fb.html", "308 /files/a%2Fb/", "D/files/a%2Fb.html"), 1),
    ("/.well-known/apple-app-site-association", FETCH, ("D/.well-known/apple-app-site-association",) * 4, 1),
    ("/.well-known/x", NAVIGATION, ("D/.well-known/x",) * 4, 1),
    ("/%2Ewell-known/x", NAVIGATION, ("D/%2Ewell-known/x",) * 4, 1),
    ("/.env", NAVIGATION, ("D/.env",) * 4, 1),
    ("/sub/.git/config", NAVIGATION, ("D/sub/.git/config",) * 4, 1),
    ("/a+b.txt", NAVIGATION, ("D/a%2Bb.txt",) * 4, 1),
    ("/c++/+++", NAVIGATION, ("D/index.html", "D/c%2B%2B/%2B%2B%2B.html", "308 /c++/+++/", "D/c%2B%2B/%2B%2B%2B.html"), 1),
    ("/x+y-BdE8sX2_.js", SCRIPT, ("P/x%2By-BdE8sX2_.js",) * 4, 0),
    ("/@user", NAVIGATION, ("D/index.html", "D/@user.html", "308 /@user/", "D/@user.html"), 1),
    (
        "/jane@example.com",
        NAVIGATION,
        ("D/index.html", "D/jane@example.com.html", "308 /jane@example.com/", "D/jane@example.com.html"),
        1,
    ),
    (
        "/release/2.0.1",
        NAVIGATION,
        ("D/index.html", "D/release/2.0.1.html", "308 /release/2.0.1/", "D/release/2.0.1.html"),
        1,
    ),
    ("/v1.2/guide", NAVIGATION, ("D/index.html", "D/v1.2/guide.html", "308 /v1.2/guide/", "D/v1.2/guide.html"), 1),
    ("/caf%C3%A9", NAVIGATION, ("D/index.html", "D/caf%C3%A9.html", "308 /caf%C3%A9/", "D/caf%C3%A9.html"), 1),
    ("/café", NAVIGATION, ("D/index.html", "D/café.html", "308 /caf%C3%A9/", "D/café.html"), 1),
    ("/%252e%252e/x", NAVIGATION, ("D/index.html", "D/%252e%252e/x.html", "308 /%252e%252e/x/", "D/%252e%252e/x.html"), 1),
    ("/a..b/...", NAVIGATION, ("D/a..b/...",) * 4, 1),
    ("/logo.svg/", NAVIGATION, ("D/index.html", "308 /logo.svg", "D/logo.svg/index.html", "D/logo.svg/index.html"), 1),
]


@pytest.mark.parametrize("mode", MODES)
def test_each_row_of_the_routing_table_goes_where_it_says(mode: str) -> None:
    store = f"{LIVE} {mode} also=pf_meta,glb future=1 index=docs,blog/old"
    outcomes = run(*(Case(uri, headers, store=store) for uri, headers, _, _ in TABLE))
    expected = [
        (uri, targets[MODES.index(mode)].replace("D/", D + "/").replace("P/", POOL + "/"), reads)
        for uri, _, targets, reads in TABLE
    ]
    assert expected == [(row[0], o.target, o.reads) for row, o in zip(TABLE, outcomes, strict=True)]


@pytest.mark.parametrize(
    "uri",
    [
        "/..",
        "/.",
        "/a/../b",
        "/a/./b",
        "/a/..",
        "/%2e%2e/manifests/x.json",
        "/%2E./x",
        "/a/.%2e/x.js",
        "/..%2fmanifests%2fx.json",
        "/_astro/../../manifests/x.js",
        "/a//b",
        "//evil.example",
        "/a%2F/b",
        "/%2F%2Fevil.example",
        "/\\evil.example",
        "/%5Cevil.example",
        "/a%5cb",
        "/a\nb",
        "/a%0d%0aSet-Cookie:x",
        "/a%00.js",
        "/a\x00",
        "/a%7F",
        "/assets%00/index-BdE8sX2_.js",
        "/%2e%2e/%zz",
        "about",
        "",
    ],
)
def test_a_path_that_could_mean_another_one_is_refused(uri: str) -> None:
    outcomes = run(*(Case(uri, store=f"{LIVE} {mode}") for mode in MODES))
    assert [("400", 0)] * 4 == [(o.target, o.reads) for o in outcomes]


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("/" + "a" * 899, "D"),
        ("/" + "a" * 900, "414"),
        ("/" + "é" * 449, "D"),
        ("/" + "é" * 450, "414"),
        ("/" + "%C3%A9" * 449, "D"),
        ("/" + "%C3%A9" * 450, "414"),
        ("/" + "%41" * 899, "D"),
        ("/" + "%41" * 900, "414"),
        ("/" + "x" * 2700, "414"),
        ("/" + "../" * 2700, "414"),
        ("/" + "%" * 8191, "414"),
        ("/" + "😀" * 225, "414"),
    ],
    ids=lambda value: f"{value[:9]}-{len(value)}",
)
def test_a_path_longer_than_a_key_of_the_bucket_is_refused(uri: str, target: str) -> None:
    outcome = run_one(Case(uri))
    assert target == outcome.target.replace(f"{D}/index.html", "D")
    assert (0 if target == "414" else 1) == outcome.reads


@pytest.mark.parametrize(
    ("query", "raw", "location"),
    [
        ({}, None, "/about/"),
        ({}, "", "/about/"),
        ({"a": "1", "b": "x%20y"}, None, "/about/?a=1&b=x%20y"),
        ({"a": "1"}, "b=2&a=1&b=3", "/about/?b=2&a=1&b=3"),
        ({"q": "é"}, "q=é&r=100%25", "/about/?q=%C3%A9&r=100%25"),
    ],
)
def test_a_redirect_keeps_the_query(query: dict[str, str], raw: str | None, location: str) -> None:
    outcome = run_one(Case("/about", store=f"{LIVE} folders", query=query, raw_query=raw))
    assert f"308 {location}" == outcome.target
    assert "public, max-age=0, must-revalidate" == outcome.header("cache-control")


def test_a_repeated_query_field_is_kept_in_full() -> None:
    case = Case("/about", store=f"{LIVE} folders").as_json()
    case["event"]["request"]["querystring"] = {"a": {"value": "1", "multiValue": [{"value": "1"}, {"value": "2"}]}}
    from .harness import run_raw

    assert "308 /about/?a=1&a=2" == run_raw([case])[0].target


@pytest.mark.parametrize("case", [Case("/about", store=f"{LIVE} folders"), Case("/..", store=None), Case("/", store=None), Case("/" + "a" * 2700)], ids=["308", "400", "503", "414"])
def test_what_the_function_answers_by_itself_is_protected_as_the_pages_are(case: Case) -> None:
    outcome = run_one(case)
    assert "max-age=31536000" == outcome.header("strict-transport-security")
    assert "nosniff" == outcome.header("x-content-type-options")


def test_a_header_of_the_routers_own_is_never_taken_from_the_visitor() -> None:
    cases = [Case(uri, FETCH | {"x-deployment": "a" * 40}) for uri in ("/a.json", "/assets/index-BdE8sX2_.js", "/x")]
    assert [None] * 3 == [outcome.header("x-deployment") for outcome in run(*cases)]
