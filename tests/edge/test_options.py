"""What a deployment's set of addresses, rules and shell change, for which reads. On the shipped text, in njs."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.edge.asking_options import digest, rules
from tests.edge.harness import (
    FETCH,
    FRAME,
    LIVE,
    NAVIGATION,
    OLD,
    ROUTINGS,
    SCRIPT,
    WORKER,
    Case,
    Outcome,
    run,
    run_one,
)

D = f"/deployments/{LIVE}"
NAME = "0123456789ab"
EXACT, FREE = "\n", ";"  # an object lies at the address; only no rule takes it


def case(
    uri: str,
    routing: str = "mixed",
    *,
    listed: dict[str, str] | None = None,
    lines: list[str] | None = None,
    **more: Any,
) -> Case:
    """A request to a deployment with these addresses in its set and these rules, each option with eight values."""
    members, values = [str(more.pop("shell", ""))], dict[str, str]()
    if listed is not None:
        values = {f"t:{NAME}:{number}": "\n" for number in range(8)}
        for address, mark in listed.items():
            key = f"t:{NAME}:{int(digest(address)[8:12], 16) & 7}"
            values[key] = values[key].removesuffix("\n") + mark + digest(address)[:8]
    if lines is not None:
        values |= rules(NAME, 8, 1, lines, more.pop("told", "1"))
    if listed is not None or lines is not None:
        members.append(f"lines={NAME}:{'' if listed is None else 7}:{'' if lines is None else 7}:1")
    store = " ".join([LIVE, routing, "also=glb", *filter(None, members), "+"])
    return Case(uri, **{"store": store, "values": values} | more)


def target(uri: str, routing: str = "mixed", **more: Any) -> str:
    return run_one(case(uri, routing, **more)).target.replace(D, "")


# The set


@pytest.mark.parametrize("routing", ROUTINGS)
def test_an_address_that_is_listed_is_its_own_key_in_every_routing_for_one_more_read(routing: str) -> None:
    addresses = ["/LICENSE", "/feed", "/a/b/", "/tags/node.js", "/v/1.2", "/café", "/a b", "/", "/x.glb", "/docs.html/"]
    for uri in [
        "/LICENSE",
        "/feed",
        "/a/b/",
        "/tags/node.js",
        "/v/1.2",
        "/caf%C3%A9",
        "/café",
        "/a%20b",
        "/",
        "/x.glb",
    ]:
        outcome = run_one(case(uri, routing, listed=dict.fromkeys(addresses, EXACT)))
        wanted = f"{D}{uri}index.html" if uri.endswith("/") else f"{D}{uri}"
        assert (wanted, 2) == (outcome.target, outcome.reads)


def test_the_slash_at_the_end_and_the_case_count() -> None:
    listed = {"/feed": EXACT, "/docs/": EXACT}
    found = [target(uri, "folders", listed=listed) for uri in ("/feed", "/feed/", "/docs/", "/docs", "/Feed")]
    assert ["/feed", "/feed/index.html", "/docs/index.html", "308 /docs/", "308 /Feed/"] == found


def test_an_address_that_is_only_kept_from_rules_is_routed_as_always() -> None:
    more: dict[str, Any] = {"listed": {"/blog/a": FREE}, "lines": ["301\t/blog/*\t/news/:splat"]}
    assert "/blog/a.html" == target("/blog/a", **more)
    assert "308 /blog/a/" == target("/blog/a", "folders", **more)
    assert "301 /news/b" == target("/blog/b", **more)


def test_an_apps_route_may_end_in_an_extension_if_the_set_does_not_list_it() -> None:
    listed = {"/a.pdf": EXACT, "/b.glb": EXACT}
    assert ["/a.pdf", "/b.glb"] == [target(uri, "spa", listed=listed) for uri in ("/a.pdf", "/b.glb")]
    routes = ["/user/ada.pdf", "/node.js", "/x.glb"]
    assert {"/index.html"} == {target(uri, "spa", listed=listed) for uri in routes}
    assert routes == [target(uri, "spa", listed=listed, headers=SCRIPT) for uri in routes]
    assert routes == [target(uri, "spa") for uri in routes]
    assert [target(uri, "mixed", listed=listed) for uri in routes] == routes
    hidden = "/.well-known/security.txt"
    assert hidden == target("/.well-known/security", "spa", listed=listed) + ".txt"


NOTHING: list[dict[str, Any]] = [{}, {"listed": {}}, {"lines": []}]


@pytest.mark.parametrize("uri", ["/.js", "/.well-known/x.html", "/a/%2Ehidden.html", "/.well-known/x"])
def test_what_is_missing_below_a_dot_is_never_the_apps_page(uri: str) -> None:
    assert target(uri, "spa", listed={"/": EXACT}, headers=NAVIGATION) == uri


def test_a_file_with_a_slash_too_much_is_never_the_apps_page() -> None:
    for more in NOTHING:
        assert ["/sitemap.xml/", "/a/robots.txt/"] == [
            target(u, "spa", **more) for u in ("/sitemap.xml/", "/a/robots.txt/")
        ]
        assert "/index.html" == target("/sitemap/", "spa", **more)
    assert "308 /sitemap.xml" == target("/sitemap.xml/", "files")


def test_a_set_that_is_not_at_the_edge_yet_lists_nothing_and_takes_no_file_away() -> None:
    gone = case("/a.pdf", "spa", listed={"/a.pdf": EXACT})
    outcome = run_one(Case("/a.pdf", store=gone.store, values={}))
    assert (f"{D}/a.pdf", 2) == (outcome.target, outcome.reads)


# The shell


def test_a_shell_is_what_an_app_serves_for_its_routes_and_the_set_knows_the_real_index() -> None:
    shell = "shell=de/app.html"
    assert {"/de/app.html"} == {target(uri, "spa", shell=shell) for uri in ("/", "/about", "/user/john.doe")}
    assert "/index.html" == target("/", "spa", shell=shell, listed={"/": EXACT})
    assert "/api/x" == target("/api/x", "spa", shell=shell, headers=FETCH)
    assert ["/index.html", "/about.html"] == [target(uri, "files", shell="shell=") for uri in ("/", "/about")]


# Rules

BLOG = ["301\t/blog/*\t/news/:splat"]
MATCHES: dict[tuple[str, str], str] = {
    ("302\t/blog/*\t/news/:splat", "/blog/a/b"): "302 /news/a/b",
    ("303\t/blog/*\t/news/:splat", "/blog/a/"): "303 /news/a/",
    ("307\t/blog/*\t/news/:splat", "/blog"): "307 /news/",
    ("308\t/blog/*\t/news/:splat", "/blog/"): "308 /news/",
    ("301\t/blog/*\t/news/:splat", "/blogs"): "/blogs.html",
    ("301\t/*\t/x/:splat", "/"): "301 /x/",
    ("301\t/u/:id\t/users/:id", "/u/7"): "301 /users/7",
    ("301\t/u/:id\t/users/:id", "/u/7/"): "301 /users/7",
    ("301\t/u/:id\t/users/:id", "/u/"): "/u/index.html",
    ("301\t/u/:id\t/users/:id", "/u/7/8"): "/u/7/8.html",
    ("301\t/U/:id\t/users/:id", "/u/7"): "/u/7.html",
    ("301\t/:a/x/:b\t/:b/:a/:c", "/1/x/2"): "301 /2/1/:c",
    ("301\t/u/:id\t/users/:idx", "/u/7"): "301 /users/:idx",
    ("301\t/café/:id\t/c/:id", "/caf%C3%A9/%41%2Fb"): "301 /c/%41%2Fb",
    ("301\t/u/:id\thttps://b.example:8080/:id#:id", "/u/7"): "301 https://b.example:8080/7#7",
    ("301\t/*\t/:splat", "/"): "301 /",
    ("301\t/100%/:id\t/p/:id", "/100%/%zz"): "301 /p/%zz",
}


@pytest.mark.parametrize(("line", "uri"), MATCHES)
def test_a_rule_holds_for_whole_segments_and_fills_in_what_stands_there(line: str, uri: str) -> None:
    outcome = run_one(case(uri, lines=[line]))
    assert (MATCHES[line, uri], 2) == (outcome.target.replace(D, ""), outcome.reads)


def test_the_first_rule_that_holds_wins_and_a_set_and_rules_are_two_more_reads() -> None:
    lines = ["301\t/a/b\t/first", "302\t/a/:x\t/second/:x", "303\t/*\t/third"]
    outcomes = run(*(case(uri, listed={}, lines=lines) for uri in ("/a/b", "/a/c", "/b")))
    assert ["301 /first", "302 /second/c", "303 /third"] == [outcome.target for outcome in outcomes]
    assert {3} == {outcome.reads for outcome in outcomes}


@pytest.mark.parametrize("told", ["1", "2", "3", "9", "?id", "?x", "?nowhere"])
def test_by_what_rules_are_told_apart_changes_nothing_but_the_cost(told: str) -> None:
    lines = ["301\t/a/:x/c\t/1", "302\t/a/b/:y\t/2\tid=é", "303\t/a/*\t/3\tid=:id&x=1", "307\t/a/*\t/4"]
    asked: list[tuple[str, dict[str, str]]] = [
        ("/a/b/c", {}),
        ("/a/b/d", {"id": "%C3%A9"}),
        ("/a/b", {"id": "2", "x": "1"}),
        ("/a/b/d/", {"id": "2"}),
        ("/a", {}),
    ]
    found = [target(uri, lines=lines, told=told, query=query, raw_query="") for uri, query in asked]
    assert ["301 /1", "302 /2", "303 /3", "307 /4", "307 /4"] == found


QUERIES = {
    ("id=:id", "id=7&x=1"): "301 /users/7?id=7&x=1",
    ("id=:id", "x=1"): "/u.html",
    ("id=:id&x=1", "x=1&id=%41"): "301 /users/%41?x=1&id=%41",
    ("id=:id&x=1", "x=2&id=7"): "/u.html",
    ("id=é&x=:id", "id=%C3%A9&x=9"): "301 /users/9?id=%C3%A9&x=9",
    ("id=:id", ""): "/u.html",
}


@pytest.mark.parametrize(("wanted", "query"), QUERIES)
def test_a_rule_with_a_query_asks_for_each_of_its_members_in_any_order(wanted: str, query: str) -> None:
    parsed = dict(pair.split("=") for pair in query.split("&")) if query else {}
    assert QUERIES[wanted, query] == target(
        "/u", lines=[f"301\t/u\t/users/:id\t{wanted}"], query=parsed, raw_query=query
    )


def test_a_redirect_of_a_rule_keeps_the_query_unless_it_has_its_own_and_is_not_kept_for_ever() -> None:
    asked: dict[str, Any] = {"query": {"a": "1"}, "raw_query": "a=1"}
    assert "301 /n/x?a=1#part" == target("/o/x", lines=["301\t/o/*\t/n/:splat#part"], **asked)
    outcome = run_one(case("/o/x", lines=["301\t/o/*\t/n?own=:splat"], **asked))
    assert "301 /n?own=x" == outcome.target
    assert "public, max-age=0, must-revalidate" == outcome.header("cache-control")


KEYS = {
    "spa": "/index.html",
    "files": "/p/x.html",
    "folders": "/p/x/index.html",
    "mixed": "/p/x.html",
    "bare": "/p/x/index.html",
}


@pytest.mark.parametrize("routing", ROUTINGS)
def test_a_rewrite_gives_the_page_of_its_target_and_never_a_redirect(routing: str) -> None:
    assert KEYS[routing] == target("/o/x", routing, lines=["200\t/o/*\t/p/:splat"])
    slashed = KEYS[routing] if routing != "mixed" else "/p/x/index.html"
    assert slashed == target("/o/x/", routing, lines=["200\t/o/*\t/p/:splat"])
    assert "/de/index.html" == target("/de/x/y", routing, lines=["200\t/de/*\t/de/index.html"])
    assert "/m/x.glb" == target("/m/x", routing, lines=["200\t/m/:x\t/m/:x.glb"])
    assert "/a%2Bb.svg" == target("/i/a+b", routing, lines=["200\t/i/:x\t/:x.svg"])


def test_a_rewrite_is_a_page_of_the_live_deployment_and_moves_the_pin() -> None:
    outcome = run_one(case("/o/x", lines=["200\t/o/*\t/p/:splat"], pin=OLD))
    assert (f"{D}/p/x.html", LIVE) == (outcome.target, outcome.header("x-deployment"))


def test_rules_hold_for_navigations_and_for_addresses_without_a_known_extension() -> None:
    lines = ["301\t/*\t/x/:splat"]
    taken = [("/a.svg", NAVIGATION), ("/a", FETCH), ("/a", SCRIPT), ("/a.b", SCRIPT), ("/.hidden/a", FETCH), ("/a", {})]
    assert {"301"} == {target(uri, lines=lines, headers=headers)[:3] for uri, headers in taken}
    left = [("/a.svg", SCRIPT), ("/a.glb", FETCH), ("/sw.js", WORKER), ("/.hidden/a.txt", FETCH)]
    outcomes = run(*(case(uri, lines=lines, headers=headers) for uri, headers in left))
    assert [(f"{D}{uri}", 1) for uri, _ in left] == [(outcome.target, outcome.reads) for outcome in outcomes]


def test_the_parts_of_an_older_page_follow_its_pin_and_no_rule_or_shell_of_what_is_live() -> None:
    more: dict[str, Any] = {"lines": ["301\t/*\t/x/:splat"], "listed": {"/about": EXACT}, "shell": "shell=app.html"}
    for uri, headers in (("/about", FRAME), ("/api/x", FETCH), ("/a.b", SCRIPT)):
        outcome = run_one(case(uri, "spa", headers=headers, pin=OLD, **more))
        assert outcome.target in (f"/deployments/{OLD}{uri}", f"/deployments/{OLD}/index.html")
        assert 1 == outcome.reads
        assert 1 < run_one(case(uri, "spa", headers=headers, pin=LIVE, **more)).reads


def test_a_prefetch_that_would_cross_versions_is_dropped_before_any_rule_is_read() -> None:
    headers = NAVIGATION | {"sec-purpose": "prefetch"}
    outcome = run_one(case("/blog/a", lines=BLOG, headers=headers, pin=OLD))
    assert ("503", 1) == (outcome.target, outcome.reads)


def test_rules_that_are_not_at_the_edge_yet_hold_for_nothing() -> None:
    there = case("/blog/a", lines=BLOG)
    assert f"{D}/blog/a.html" == run_one(Case("/blog/a", store=there.store)).target


def test_without_the_sign_at_its_end_no_option_is_read() -> None:
    there = case("/blog/a", lines=BLOG, listed={"/blog/a": EXACT}, shell="shell=x.html")
    assert there.store
    outcome = run_one(Case("/blog/a", store=there.store.removesuffix(" +"), values=there.values))
    assert (f"{D}/blog/a.html", 1) == (outcome.target, outcome.reads)


# Hostile values


def test_what_a_query_brings_cannot_lead_out_of_the_folder() -> None:
    rewritten = ["200\t/r\t/p/:to\tto=:to"]
    for to in ("../../secret", "..", "%2e%2e/x", "a/../../x", "..\\x", "%5c..%5cx", "%00"):
        assert "400" == target("/r", lines=rewritten, query={"to": to})
    assert "/p/x.html" == target("/r", lines=rewritten, query={"to": "x?acl"})


PIECES = [
    "301",
    "200",
    "\t",
    "\n",
    "/",
    "*",
    ":",
    "<1<",
    "<*1<",
    "<?a<",
    "<",
    "a",
    "b",
    "?",
    "#",
    "..",
    "//",
    "&",
    "=",
    "%",
    "%2e",
    "é",
    "\\",
    ";",
    "",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
OPTIONS = [
    "lines=x:0::0",
    "lines=x",
    "lines=",
    "lines=:",
    "lines=x:abc:abc:1",
    "lines=x::0:1",
    "lines=x::0",
    "lines=x:1:1:1:1",
    "lines=::::",
    "lines=x:1:1:9",
]
OPTIONS += ["lines=x:-1:-1:x", "shell=", "shell=a", "shell=../x", "lines=x:1:1:1", "+", "++"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS, st.lists(st.sampled_from(OPTIONS), max_size=4), st.integers()), min_size=40))
def test_no_value_of_the_store_throws_or_leaves_the_deployments_folder(
    asked: list[tuple[str, str, list[str], int]],
) -> None:
    cases = []
    for text, query, members, seed in asked:
        random = Random(seed)
        store = " ".join([LIVE, random.choice([*ROUTINGS, "x"]), *members, "+"])
        keys = [f"{kind}:{name}:{number}" for kind in "tr" for name in ("x", "") for number in range(2)]
        uri = random.choice(["/", "/a", "/a/b", "/a/b/", "/b.svg", "/.a/b", "/é"])
        cases.append(Case(uri, store=store, values=dict.fromkeys(keys, text), query={"a": query}))
    for asking, outcome in zip(cases, run(*cases), strict=True):
        assert is_safe(outcome), (asking, outcome.target)


def is_safe(outcome: Outcome) -> bool:
    if "uri" not in outcome.answer:
        location = outcome.header("location")
        return outcome.answer["statusCode"] >= 300 and (location is None or location.isascii())
    return outcome.target.startswith(f"{D}/") and "/../" not in outcome.target.removesuffix("/../x")
