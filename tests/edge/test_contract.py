"""What the edge functions must agree on with the Python that writes the bucket and the store: the same constants."""

from __future__ import annotations

import re

import pytest

import contract
from generator import sources
from tests.edge.harness import PATHS

ROUTER, FINISHER = (sources.joined(path) for path in PATHS.values())
AS_IN_JAVASCRIPT = {"[0-9A-Za-z]": r"[\dA-Za-z]", "[0-9A-Za-z_-]": r"[\w-]"}


def in_javascript(pattern: str) -> str:
    """A pattern of Python's as JavaScript writes the same classes shorter."""
    return re.sub(r"\[[^]]*\]", lambda found: AS_IN_JAVASCRIPT[found[0]], pattern)


@pytest.mark.parametrize("text", [ROUTER, FINISHER], ids=["router", "finisher"])
def test_an_id_has_the_form_that_the_publisher_demands(text: str) -> None:
    assert rf"const ID = /^{in_javascript(contract.ID)}(?![\s\S])/;" in text


def test_the_router_tells_by_two_letters_every_routing_that_the_publisher_writes() -> None:
    least, most = map(int, contract.ID.rpartition("{")[2].strip("}").split(","))
    assert f"live < '0' || end < {least + 1} || end > {most + 1} ||" in ROUTER
    known = set(re.findall(r"routing [!=]== ' (\w+)'", ROUTER))
    assert {routing[:2] for routing in contract.ROUTINGS} - {"mi"} <= known == {"sp", "fi", "fo", "ba"}


def test_the_router_asks_for_keys_below_the_prefixes_that_the_uploader_writes() -> None:
    prefixes = set(re.findall(r"'/((?:deployments|immutable)[^']*)'", ROUTER))
    assert {contract.DEPLOYMENTS, contract.POOL.rstrip("/")} == prefixes


def test_the_router_refuses_names_that_are_longer_than_the_uploader_takes() -> None:
    assert f"const NAME_LIMIT = {contract.NAME_LIMIT};" in ROUTER


def test_the_router_reads_the_stores_key_that_the_publisher_writes() -> None:
    assert {contract.LIVE} == set(re.findall(r"store\.get\('(\w+)'\)", ROUTER))


def test_the_finisher_sets_the_cookie_that_the_router_reads() -> None:
    assert all(
        f"cookies['{contract.PIN_COOKIE}']" in text or f"pin['{contract.PIN_COOKIE}']" in text
        for text in (ROUTER, FINISHER)
    )
