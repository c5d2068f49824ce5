"""Hashed files of a self-contained deployment: from its folder for who is pinned to it, else from the pool."""

from __future__ import annotations

import pytest

from tests.edge.harness import FETCH, LIVE, NAVIGATION, OLD, SCRIPT, Case, run_one

APART = f"{LIVE[:41]}x{LIVE[42:]}"
OTHER = f"{OLD[:41]}x{OLD[42:]}"
HASHED = "/assets/index-BdE8sX2_.js"
POOL = f"/immutable{HASHED}"
NO_CACHE = FETCH | {"cache-control": "no-cache"}
WORKER = NO_CACHE | {"referer": "https://example.com/sw.js"}


@pytest.mark.parametrize("uri", [HASHED, "/_astro/a%2Bb.webp", "/static/media/logo.8d3f2ea5.svg", "/_nuxt/[a]/x.js"])
@pytest.mark.parametrize("headers", [SCRIPT, FETCH, SCRIPT | {"cache-control": "no-cache"}, WORKER, {}, NAVIGATION])
def test_a_pin_with_an_x_gets_hashed_files_from_its_folder_without_a_read(uri: str, headers: dict[str, str]) -> None:
    outcome = run_one(Case(uri, headers, pin=APART, store=f"{OLD} spa"))
    assert (f"/deployments/{APART}{uri}", 0) == (outcome.target, outcome.reads)


@pytest.mark.parametrize("store", [f"{APART} spa", f"{LIVE} spa"])
@pytest.mark.parametrize("pin", ["", OLD, LIVE, "x", f"{APART} spa", f"../{APART}", APART + "\n", "-x" + "0" * 15])
def test_all_others_get_the_pool_whatever_is_live(pin: str, store: str) -> None:
    outcome = run_one(Case(HASHED, SCRIPT, pin=pin, store=store))
    assert (POOL, 0) == (outcome.target, outcome.reads)


@pytest.mark.parametrize("commit", ["zip", "upload", "a" * 10, "b" * 40, "max-x", "c" * 47])
def test_the_x_is_found_behind_a_commit_of_any_length(commit: str) -> None:
    pin = f"{commit}-x{'1' * 15}"
    assert f"/deployments/{pin}{HASHED}" == run_one(Case(HASHED, SCRIPT, pin=pin)).target
    assert POOL == run_one(Case(HASHED, SCRIPT, pin=f"{commit}-{'1' * 16}")).target


@pytest.mark.parametrize("pin", [OLD, OTHER])
@pytest.mark.parametrize(("live", "target"), [(APART, f"/deployments/{APART}{HASHED}"), (LIVE, POOL)])
@pytest.mark.parametrize(("headers", "query"), [(NO_CACHE, {}), (FETCH, {"ngsw-cache-bust": "0.1"})])
def test_what_asks_for_news_gets_the_live_deployments(
    pin: str, live: str, target: str, headers: dict[str, str], query: dict[str, str]
) -> None:
    outcome = run_one(Case(HASHED, headers, pin=pin, store=f"{live} mixed also=glb", query=query))
    assert (target, 1) == (outcome.target, outcome.reads)


@pytest.mark.parametrize(("pin", "target"), [(OLD, POOL), (OTHER, f"/deployments/{OTHER}{HASHED}")])
@pytest.mark.parametrize("failure", ["KeyNotFound", "unreachable"])
def test_without_the_store_the_pin_decides(pin: str, target: str, failure: str) -> None:
    assert target == run_one(Case(HASHED, NO_CACHE, pin=pin, failure=failure)).target
