"""What is in the store can be searched cheaply, and is found where the router looks."""

from __future__ import annotations

import hashlib

import pytest

from compiler.store import EXACT, SET_VALUE, TooMuchError, set_values


def test_each_address_of_a_large_set_is_in_the_value_that_its_hash_names() -> None:
    addresses = [f"/page/{number}" for number in range(5000)]
    values = set_values(dict.fromkeys(addresses, EXACT), [])
    assert len(values) & (len(values) - 1) == 0
    assert max(map(len, values)) <= SET_VALUE == 150
    for address in addresses:
        found = hashlib.md5(address.encode()).hexdigest()
        assert EXACT + found[:8] in values[int(found[8:12], 16) % len(values)]


def test_a_set_over_the_limit_is_refused_with_the_number_of_addresses() -> None:
    with pytest.raises(TooMuchError, match=r"56,000 addresses are exact, of which the store takes 55,555"):
        set_values(dict.fromkeys(map(str, range(56_000)), EXACT), [])


def test_an_address_that_looks_like_one_of_the_set_is_refused_with_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compiler.store.digest", lambda _: "0" * 32)
    with pytest.raises(TooMuchError, match="/b and /a have the same MD5"):
        set_values({"/a": EXACT}, ["/b"])
