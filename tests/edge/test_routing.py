"""Where does this URL go, for how many reads of the store? On the shipped text, in njs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.edge.harness import FETCH, LIVE, NAVIGATION, OLD, ROUTINGS, SCRIPT, Case, run, run_one

D = f"/deployments/{LIVE}"
INDEX = f"{D}/index.html"

# uri: the target in each mode, for a navigation without a pin; each costs one read unless it says otherwise
TABLE = {
    "/": (INDEX, INDEX, INDEX, INDEX, INDEX),
    "/about/": (INDEX, "308 /about", f"{D}/about/index.html", f"{D}/about/index.html", "308 /about"),
    "/named/": (INDEX, *(f"{D}/named/index.html",) * 4),
}
# the same of what does not end with a slash: the address, and how its key and a Location have it
WITHOUT_SLASH = ["/about", "/user/john.doe", "/release/2.0.1", "/@user", "/jane@example.com", "/files/a%2Fb"]
WITHOUT_SLASH += ["/caf%C3%A9", "/café"]
for uri in WITHOUT_SLASH:
    TABLE[uri] = (
        INDEX,
        f"{D}{uri}.html",
        f"308 {uri.replace('é', '%C3%A9')}/",
        f"{D}{uri}.html",
        f"{D}{uri}/index.html",
    )
FILES = {
    "/logo.svg": f"{D}/logo.svg",
    "/docs/a.pdf": f"{D}/docs/a.pdf",
    "/feed.xml": f"{D}/feed.xml",
    "/page.html": f"{D}/page.html",
    "/model.glb": f"{D}/model.glb",
    "/LOGO.SVG": f"{D}/LOGO.SVG",
    "/a+b.txt": f"{D}/a%2Bb.txt",
    "/a++b+c.txt": f"{D}/a%2B%2Bb%2Bc.txt",
    "/.well-known/x": f"{D}/.well-known/x",
    "/.well-known/apple-app-site-association": f"{D}/.well-known/apple-app-site-association",
    "/.env": f"{D}/.env",
    "/.git/config": f"{D}/.git/config",
    "/a/%2Ehidden/x": f"{D}/a/%2Ehidden/x",
    "/a/..b/x.txt": f"{D}/a/..b/x.txt",
    "/a/b..c.txt": f"{D}/a/b..c.txt",
    "/a...b.txt": f"{D}/a...b.txt",
}
HASHED = {
    "/assets/index-BdE8sX2_.js": "/immutable/assets/index-BdE8sX2_.js",
    "/_next/static/chunks/app/[...slug]/page-1e4577fa5138d46e.js": (
        "/immutable/_next/static/chunks/app/[...slug]/page-1e4577fa5138d46e.js"
    ),
    "/_next/static/chunks/app/%5B...slug%5D/page-1e4577fa5138d46e.js": (
        "/immutable/_next/static/chunks/app/%5B...slug%5D/page-1e4577fa5138d46e.js"
    ),
    "/static/js/main.0a1b2c3d.chunk.js": "/immutable/static/js/main.0a1b2c3d.chunk.js",
    "/_astro/whole.BdE8sX2_.css": "/immutable/_astro/whole.BdE8sX2_.css",
}
REFUSED = ["/a/../b", "/../x", "/a/./b", "/.", "/..", "/a/..", "/a/%2e%2e/b", "/a/%2E/b", "/%2e%2e%2fetc"]
REFUSED += ["/a%2f%2fb", "/a\\b", "/a%5cb", "/a%5Cb", "/\\evil.com", "/a%00b", "/a%00", "/a\x00b", "/a\tb"]
REFUSED += ["/a%0ab", "/a%0D%0Ab", "/a%7fb", "/a\x7fb", "/a%1Fb", "/a%2f..%2fb", "/a/.%2e/b"]
STORE = "{live} {mode} also=glb,pf_meta index=named,docs/deep future=1"


def store(mode: str) -> str:
    return STORE.format(live=LIVE, mode=mode)


@pytest.mark.parametrize("mode", ROUTINGS)
def test_each_row_of_the_routing_table_goes_where_it_should_for_one_read(mode: str) -> None:
    outcomes = run(*(Case(uri, store=store(mode)) for uri in TABLE))
    found = {uri: (outcome.target, outcome.reads) for uri, outcome in zip(TABLE, outcomes, strict=True)}
    assert {uri: (targets[ROUTINGS.index(mode)], 1) for uri, targets in TABLE.items()} == found


@pytest.mark.parametrize("mode", ROUTINGS)
def test_a_file_is_a_file_in_every_mode_for_one_read_without_a_pin_and_none_with_one(mode: str) -> None:
    without = run(*(Case(uri, SCRIPT, store=store(mode)) for uri in FILES))
    assert list(FILES.values()) == [outcome.target for outcome in without]
    assert {1} == {outcome.reads for outcome in without}
    pinned = run(*(Case(uri, SCRIPT, pin=OLD, store=store(mode)) for uri in FILES))
    assert [target.replace(LIVE, OLD) for target in FILES.values()] == [outcome.target for outcome in pinned]
    # what only also= knows needs the store
    assert {uri: 1 if uri.endswith(".glb") else 0 for uri in FILES} == {
        uri: outcome.reads for uri, outcome in zip(FILES, pinned, strict=True)
    }


@pytest.mark.parametrize("mode", ROUTINGS)
@pytest.mark.parametrize("headers", [NAVIGATION, SCRIPT, FETCH, {}], ids=["navigation", "script", "fetch", "none"])
def test_a_hashed_file_comes_from_the_pool_without_a_read(mode: str, headers: dict[str, str]) -> None:
    outcomes = run(*(Case(uri, headers, pin=OLD, store=store(mode)) for uri in HASHED))
    assert [(target, 0) for target in HASHED.values()] == [(outcome.target, outcome.reads) for outcome in outcomes]


@pytest.mark.parametrize("mode", ROUTINGS)
def test_a_path_that_could_leave_its_folder_is_refused_without_a_read(mode: str) -> None:
    outcomes = run(*(Case(uri, store=store(mode)) for uri in REFUSED))
    assert [(uri, "400", 0) for uri in REFUSED] == [
        (uri, outcome.target, outcome.reads) for uri, outcome in zip(REFUSED, outcomes, strict=True)
    ]


def test_a_path_over_the_limits_is_too_long_without_a_read() -> None:
    allowed = ["/" + "a" * 899, "/" + "%C3%A9" * 449, "/" + "é" * 449]
    refused = [
        "/" + "a" * 900,
        "/" + "%C3%A9" * 450,
        "/" + "é" * 450,
        "/" + "%61" * 900,
        "/" + "a" * 8000,
        "/%2e" * 2000,
    ]
    assert {"200"} == {"200" if outcome.target == INDEX else outcome.target for outcome in run(*map(Case, allowed))}
    assert {("414", 0)} == {(outcome.target, outcome.reads) for outcome in run(*map(Case, refused))}


BROKEN = ["/100%", "/a%zz", "/%ff", "/caf%e9", "/a%c0%ae"]


def test_a_path_whose_encoding_is_broken_is_routed_as_it_is_also_where_it_has_to_be_looked_at() -> None:
    uris = [*BROKEN, *(f"{uri}+{'a' * 230}" for uri in BROKEN)]
    assert {INDEX} == {outcome.target for outcome in run(*map(Case, uris))}
    outcomes = run(*(Case(uri, store=store("mixed")) for uri in uris))
    assert [f"{D}{uri.replace('+', '%2B')}.html" for uri in uris] == [outcome.target for outcome in outcomes]


def test_a_broken_encoding_hides_nothing_that_could_leave_the_folder() -> None:
    hostile = [f"{uri}{end}" for uri in BROKEN for end in ("/../x", "/%2e%2E/x", "%2f..", "%5C", "%00", "%2f/")]
    assert {"400"} == {outcome.target for outcome in run(*map(Case, hostile))}


def test_a_path_without_its_first_slash_is_refused_also_when_the_slash_is_encoded() -> None:
    assert {"400"} == {outcome.target for outcome in run(*map(Case, ["", "a", "%2Fa", "%2f", "?", "0/a"]))}


def test_a_fetch_of_a_route_is_not_answered_with_a_page_in_spa() -> None:
    assert f"{D}/api/x" == run_one(Case("/api/x", FETCH)).target
    html = FETCH | {"accept": "text/html"}
    assert INDEX == run_one(Case("/api/x", html)).target
    assert f"{D}/api/x.html" == run_one(Case("/api/x", FETCH, store=store("files"))).target
    assert "308 /api/x/" == run_one(Case("/api/x", FETCH, store=store("folders"))).target


def test_a_redirect_keeps_the_query_in_both_forms_that_engines_give_it() -> None:
    raw = Case("/about", store=store("folders"), raw_query="b=2&a=1&a=%26", query={"b": "2"})
    assert "308 /about/?b=2&a=1&a=%26" == run_one(raw).target
    parsed = Case("/about", store=store("folders"), query={"b": "2", "a": "1"})
    assert "308 /about/?b=2&a=1" == run_one(parsed).target


def test_a_location_is_ascii_and_what_was_encoded_in_it_stays() -> None:
    case = Case("/é%C3%A9", store=store("folders"), raw_query="q=%25&é=1")
    assert "308 /%C3%A9%C3%A9/?q=%25&%C3%A9=1" == run_one(case).target


def test_a_redirect_is_not_kept_for_ever_and_stays_on_the_host() -> None:
    outcome = run_one(Case("/about", store=store("folders")))
    assert "public, max-age=0, must-revalidate" == outcome.header("cache-control")
    location = str(outcome.header("location"))
    assert location.startswith("/")
    assert not location.startswith("//")


@pytest.mark.parametrize(
    "case",
    [Case("/", store=None), Case("/a/../b"), Case("/" + "a" * 3000), Case("/about", store=store("folders"))],
    ids=["503", "400", "414", "308"],
)
def test_what_the_function_answers_by_itself_is_protected_by_itself(case: Case) -> None:
    outcome = run_one(case)
    assert "max-age=31536000" == outcome.header("strict-transport-security")
    assert "nosniff" == outcome.header("x-content-type-options")


def test_without_a_deployment_a_small_page_says_so_and_is_not_kept() -> None:
    outcome = run_one(Case("/", store=None))
    assert "503" == outcome.target
    assert "no-store" == outcome.header("cache-control")
    assert str(outcome.header("retry-after")).isdigit()
    assert "No deployment yet" in outcome.answer["body"]


@pytest.mark.parametrize("word", ["loft", "SPA", "b", "f", "fox", "spare", "1", "bar"])
def test_a_routing_that_the_router_does_not_know_is_mixed(word: str) -> None:
    known = {"sp": "spa", "fo": "folders", "ba": "bare"}.get(word[:2], "mixed")
    uris = ["/", "/about", "/about/", "/a.glb", "/named/"]
    outcomes = run(*(Case(uri, store=f"{LIVE} {word} also=glb") for uri in uris))
    wanted = run(*(Case(uri, store=f"{LIVE} {known} also=glb") for uri in uris))
    assert [outcome.target for outcome in wanted] == [outcome.target for outcome in outcomes]


MALFORMED = [
    "",
    "x",
    f"{LIVE}",
    f"{LIVE} ",
    f"{LIVE} =",
    "../x spa",
    f"{LIVE}/.. spa",
    f" {LIVE} spa",
    f'{{"live":"{LIVE}"}}',
]


@pytest.mark.parametrize("value", MALFORMED)
@pytest.mark.parametrize("pin", ["", OLD])
def test_a_malformed_store_is_unavailable_for_everybody(value: str, pin: str) -> None:
    assert "503" == run_one(Case("/", pin=pin, store=value)).target


def test_an_unreadable_store_serves_who_has_a_pin_and_nobody_else() -> None:
    broken = "InternalError"
    assert "503" == run_one(Case("/", failure=broken)).target
    for uri, target in {"/": "/index.html", "/about": "/about.html", "/about/": "/about/index.html"}.items():
        outcome = run_one(Case(uri, pin=OLD, failure=broken))
        assert (f"/deployments/{OLD}{target}", 1) == (outcome.target, outcome.reads)
    assert "503" == run_one(Case("/", pin="../../etc", failure=broken)).target


def test_an_empty_store_serves_nobody_also_not_who_has_a_pin() -> None:
    assert "503" == run_one(Case("/", pin=OLD, store=None)).target


URIS = st.text(st.sampled_from("abz/.%25eE2fF5cC0017é+-_@~[]\\\x00\x1f\x7f?#&=:;, "), max_size=60).map("/{}".format)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.tuples(URIS, st.sampled_from(ROUTINGS), st.sampled_from(["", OLD, "x", "../.."])), min_size=40, max_size=80
    )
)
def test_no_path_throws_or_leaves_its_prefix(paths: list[tuple[str, str, str]]) -> None:
    for (uri, _, _), outcome in zip(paths, run(*(Case(u, pin=p, store=store(m)) for u, m, p in paths)), strict=True):
        target = outcome.target
        own = target[:3] in {"308", "400", "414", "503"}
        assert own or target.startswith((f"{D}/", f"/deployments/{OLD}/", "/immutable/")), uri
        assert "/../" not in target
        assert "//" not in target.removeprefix("308 ")
