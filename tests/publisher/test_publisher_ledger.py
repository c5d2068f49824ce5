"""What fits into the ledger's value, and what is read of it again."""

from __future__ import annotations

import json

import pytest

from contract import VALUE_LIMIT, SwitchRecord
from pruner import pruning as prune
from publisher.intent import Intent, Refused
from publisher.ledger import Ledger, read_ledger, record_of, write_ledger
from tests.publisher.intents import (
    HELD,
    NOW,
    T3,
    B,
    C,
    live_a,
)


def full(names: int, **members: object) -> Ledger:
    ids = [f"{number:064d}" for number in range(names)]
    entries = tuple(Intent(name, NOW, "pipeline", "b" * 40, 2**53) for name in ids)
    return Ledger(NOW, entries)._replace(**members)  # type: ignore[arg-type]


def test_the_ledger_keeps_as_many_published_ones_as_its_text_holds() -> None:
    text = write_ledger(full(40))
    kept = len(read_ledger(text).published)
    entry = len(json.dumps(full(1).published[0][:5], separators=(",", ":")).encode()) + 1
    assert VALUE_LIMIT - entry < len(text.encode()) <= VALUE_LIMIT
    assert full(40).published[:kept] == read_ledger(text).published


def test_three_published_ones_fit_beside_the_longest_hold_and_what_waits() -> None:
    crowded = full(9, hold=("ü" * 100, NOW, "b" * 40), waiting=(NOW, "w" * 64))
    kept = read_ledger(write_ledger(crowded))
    assert crowded._replace(published=crowded.published[:3]) == kept


def test_the_longest_hold_is_possible_while_a_prune_runs_and_a_ci_sends_many_events() -> None:
    """At night nobody waits for a pruner, and one that died has its entries there until the next day."""
    commit, build, execution = "c" * 40, "b" * 16, "e" * 36
    ids = [f"{commit}-{number:0>16}" for number in range(9)]
    entries = tuple(Intent(name, NOW, "auto-rollback", execution, 2**31, NOW) for name in ids[:3])
    register = " ".join([NOW, *["0a1b2c"] * 4])
    retiring = tuple(ids[4 : 4 + prune.AT_ONCE])
    crowded = Ledger(register, entries, ("x" * 200, register, "b" * 40), (NOW, f"{commit}-{build}"), retiring)
    assert crowded._replace(published=(entries[0], entries[1]._replace(asked=""))) == read_ledger(write_ledger(crowded))
    with pytest.raises(Refused, match="retire fewer at once"):
        write_ledger(crowded, least=3)


def test_one_can_be_retired_while_the_longest_hold_and_an_execution_wait() -> None:
    commit, execution = "c" * 40, "e" * 36
    ids = [f"{commit}-{number:0>16}" for number in range(9)]
    entries = tuple(Intent(name, NOW, "auto-rollback", execution, 2**31, NOW) for name in ids[:3])
    crowded = Ledger(NOW, entries, ("x" * 200, NOW, "b" * 40), (NOW, ids[3]), (ids[4],))
    assert len(read_ledger(write_ledger(crowded, least=3)).published) == 3


def test_too_much_that_is_being_retired_is_refused() -> None:
    with pytest.raises(Refused, match="retire fewer at once"):
        write_ledger(full(3, retiring=tuple(f"{number:064d}" for number in range(9))), least=3)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '"x"',
        '{"published":[["a"]]}',
        '{"published":[["a","now","promote","b"]]}',
        '{"later":1}',
        '{"hold":7}',
    ],
)
def test_a_ledger_that_nobody_can_read_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(Refused, match=r"^the store's `ledger` is unreadable .*mend or delete it$"):
        read_ledger(text)


def test_a_ledger_is_read_as_it_was_written() -> None:
    ledger = live_a(7, hold=HELD, waiting=(T3, C), retiring=(B,))
    assert ledger == read_ledger(write_ledger(ledger))
    assert Ledger() == read_ledger("")


def test_a_record_of_a_switch_has_the_members_that_whoever_reads_it_knows() -> None:
    assert [*SwitchRecord.__annotations__] == [*record_of(Intent())]
