"""Which deployments stay, as a table: kept by what they are, by how many are newer, and by when they were last live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pruner.keeping import TIME, Found, last_live, staying

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
A, B, C, D = (f"{letter * 8}-{letter * 16}" for letter in "abcd")


def day(age: float) -> datetime:
    return NOW - timedelta(days=age)


def since(age: float) -> str:
    return f"{day(age):%Y-%m-%dT%H:%M:%S}.000Z"


def key(age: float, identity: str) -> str:
    return f"published/{since(age).replace(':', '')}-{identity}.json"


C2 = since(2).replace(":", "")[:-1]


def found(made: dict[str, float], switches: list[tuple[float, str]], **status: Any) -> Found:
    """Deployments by the age of their manifest in days, and switches, oldest first."""
    said: Any = {"after": "", "previous": "", "waiting": "", "published": []} | status
    ages = dict(sorted(made.items(), key=lambda pair: -pair[1]))
    uploaded = {identity: day(age).strftime(TIME) for identity, age in ages.items()}
    return Found(set(), [], uploaded, {}, [key(age, identity) for age, identity in switches], NOW, said)


def test_live_previous_and_waiting_stay_whatever_their_age() -> None:
    there = found({A: 100, B: 90, C: 80, D: 70}, [(99, A), (89, B)], after=A, previous=B, waiting=C)
    assert staying(there, 0, 30) == {A: "live", B: "previous", C: "waiting"}


@pytest.mark.parametrize(("keep", "expected"), [(0, []), (1, [D]), (3, [B, C, D]), (9, [A, B, C, D])])
def test_the_newest_uploads_stay(keep: int, expected: list[str]) -> None:
    there = found({C: 80, A: 100, D: 70, B: 90}, [])
    assert staying(there, keep, 30) == dict.fromkeys(expected, f"among the newest {keep}")


@pytest.mark.parametrize(("age", "stays"), [(29.9, True), (30.1, False)])
def test_age_counts_from_the_end_of_being_live(age: float, stays: bool) -> None:
    there = found({A: 100, B: 90}, [(99, A), (age, B), (age - 1, C)])
    assert staying(there, 0, 30).get(A) == (f"live until {day(age):%Y-%m-%dT%H:%M} UTC" if stays else None)


def test_a_rollback_makes_an_old_one_young_again() -> None:
    there = found({A: 100, B: 90, C: 80}, [(99, A), (89, B), (79, C), (3, A), (2, C)], after=C)
    assert staying(there, 0, 30) == {A: f"live until {day(2):%Y-%m-%dT%H:%M} UTC", C: "live"}


def test_what_was_never_live_counts_from_its_upload() -> None:
    there = found({A: 31, B: 29}, [])
    assert staying(there, 0, 30) == {B: f"uploaded {day(29):%Y-%m-%dT%H:%M} UTC"}


@pytest.mark.parametrize("keep_days", [0, 1])
def test_nothing_goes_while_a_pin_may_lead_to_it(keep_days: int) -> None:
    there = found({A: 100, B: 90}, [(99, A), (0.9, C)])
    assert A in staying(there, 0, keep_days)
    assert A not in staying(found({A: 100}, [(99, A), (1.1, C)]), 0, keep_days)


def test_the_last_one_of_the_history_is_live_until_now_even_if_the_store_is_lost() -> None:
    there = found({A: 100, B: 90}, [(99, A), (89, B)])
    assert list(staying(there, 0, 30)) == [B]


def test_the_ledger_tells_what_has_not_reached_the_history() -> None:
    entries = [{"since": since(age), "deployment": identity} for age, identity in ((1, C), (89, B))]
    there = found({A: 100, B: 90}, [(99, A), (89, B)], published=entries)
    assert list(staying(there, 0, 30)) == [B]
    assert last_live([key(99, A), key(89, B)], there.status, "now")[C] == "now"


def test_of_two_switches_at_the_same_time_either_may_have_been_live_till_the_next() -> None:
    there = found({}, [(50, A), (50, B), (2, C)], after=C)
    assert last_live(there.history, there.status, "now").items() >= {A: C2, B: C2, C: "now"}.items()


def test_of_the_last_two_at_the_same_time_the_live_one_tells_that_the_other_has_ended() -> None:
    there = found({}, [(2, A), (2, B)], after=A)
    ended = last_live(there.history, there.status, "now")
    assert (ended[A], ended[B]) == ("now", C2)
    there = found({}, [(2, A), (2, B)])
    ended = last_live(there.history, there.status, "now")
    assert (ended[A], ended[B]) == ("now", "now")
