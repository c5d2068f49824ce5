"""The value of `live` is read right wherever its blanks, commas and equals signs lie."""

from __future__ import annotations

import itertools

import pytest

from tests.edge.harness import NAVIGATION, ROUTINGS, SCRIPT, Case, run

LENGTHS = range(10, 65)
LETTERS = "4f2c1e9d0a7b-4f2c1e9d0a7b_4f2c1e9d0a7b-4f2c1e9d0a7bZ4f2c1e9d0a7b"
MEMBERS = ("", " also=glb", " index=named", " also=glb index=named", " index=named also=glb", " future=a,b also=glb")
# the first member's list so long that the blank behind it stands at each place that an ID could end at, and some more
FILLED = tuple(f" {'z' * filled}=1 also=glb index=named" for filled in range(1, 66))
# uri: its target in each routing; then those that hang on whether a member names it
PAGES = {
    "/about": ("/index.html", "/about.html", "308 /about/", "/about.html", "/about/index.html"),
    "/about/": ("/index.html", "308 /about", "/about/index.html", "/about/index.html", "308 /about"),
}
NAMED = {False: PAGES["/about/"], True: ("/index.html", *("/about/index.html",) * 4)}
MODEL = {
    False: ("/index.html", "/a.glb.html", "308 /a.glb/", "/a.glb.html", "/a.glb/index.html"),
    True: ("/a.glb",) * 5,
}


def targets(members: str) -> dict[str, tuple[str, ...]]:
    named = NAMED[" index=named" in members]
    return PAGES | {
        "/named/": tuple(target.replace("about", "named") for target in named),
        "/a.glb": MODEL[" also=glb" in members],
    }


@pytest.mark.parametrize("routing", ROUTINGS)
@pytest.mark.parametrize(
    ("members", "uris"),
    [(MEMBERS, ("/about", "/about/", "/named/", "/a.glb")), (FILLED, ("/about/", "/a.glb"))],
    ids=["few members", "a blank at every place"],
)
def test_an_id_of_every_length_is_read_whole_with_every_routing_and_member(
    routing: str, members: tuple[str, ...], uris: tuple[str, ...]
) -> None:
    cases, wanted = [], []
    for deployment in (LETTERS[:length] for length in LENGTHS):
        for more, uri in itertools.product(members, uris):
            cases.append(Case(uri, NAVIGATION, store=f"{deployment} {routing}{more}"))
            target = targets(more)[uri][ROUTINGS.index(routing)]
            wanted.append(target if target.startswith("308") else f"/deployments/{deployment}{target}")
    outcomes = run(*cases)
    assert [] == [
        (case.store, case.uri, outcome.target)
        for case, target, outcome in zip(cases, wanted, outcomes, strict=True)
        if (target, 1) != (outcome.target, outcome.reads)
    ]


def test_a_pin_of_every_length_is_followed_with_a_store_and_without_one() -> None:
    pins = [LETTERS[:length] for length in LENGTHS]
    read = run(*(Case("/app.js", SCRIPT, pin=pin) for pin in pins))
    assert [f"/deployments/{pin}/app.js" for pin in pins] == [outcome.target for outcome in read]
    unread = run(*(Case("/about/", pin=pin, failure="InternalError") for pin in pins))
    assert [f"/deployments/{pin}/about/index.html" for pin in pins] == [outcome.target for outcome in unread]
    for wrong in (LETTERS[:9], LETTERS + "0"):
        assert ["503"] == [outcome.target for outcome in run(Case("/about/", pin=wrong, failure="InternalError"))]


@pytest.mark.parametrize("wrong", [LETTERS[:9], LETTERS + "0", "-" + LETTERS[:20], LETTERS[:20] + "."])
def test_what_is_no_id_is_not_served_whatever_comes_after_it(wrong: str) -> None:
    outcomes = run(*(Case("/", store=f"{wrong} {routing}{more}") for routing in ROUTINGS for more in MEMBERS))
    assert {"503"} == {outcome.target for outcome in outcomes}


NOT_LISTED = {
    "/a,b/": "308 /a,b",
    "/b,c/": "308 /b,c",
    "/a/": "/a/index.html",
    "/c/": "/c/index.html",
    "/a.glb,usdz": "/a.glb,usdz.html",
    "/a.usdz": "/a.usdz",
    "/a.": "/a..html",
    "/d/": "308 /d",
    "/index=a/": "308 /index=a",
    "/x.also=glb": "/x.also=glb.html",
}


@pytest.mark.parametrize(
    "members", ["also=glb,usdz index=a,b,c", "index=a,b,c also=glb,usdz", "index=a,,b,c also=,glb,usdz"]
)
def test_a_name_with_a_comma_is_not_two_names_of_a_list_and_no_name_is_none(members: str) -> None:
    outcomes = run(*(Case(uri, store=f"{LETTERS[:30]} files {members}") for uri in NOT_LISTED))
    found = {uri: outcome.target for uri, outcome in zip(NOT_LISTED, outcomes, strict=True)}
    assert {
        uri: target if target.startswith("308") else f"/deployments/{LETTERS[:30]}{target}"
        for uri, target in NOT_LISTED.items()
    } == found
