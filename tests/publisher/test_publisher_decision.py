"""The decision: each row of the design's table, pairs of rows in both orders, and the ledger's text."""

import json

import pytest
from decide import VALUE_LIMIT, Intent, Ledger, Refused, decide, read_ledger, write_ledger

A, B, C = (f"{commit * 40}-{commit * 16}" for commit in "abc")
T1, T2, T3, NOW = (f"2026-03-01T10:0{minute}:00.000Z" for minute in "1239")
HELD = ("bad release", T1, "Ada")


def pipeline(deployment: str, start: str) -> Intent:
    return Intent(deployment, NOW, "pipeline", f"execution of {deployment[0]}", start=start)


def publish(deployment: str, sequence: int | None = None, force: bool = False) -> Intent:
    return Intent(deployment, NOW, "publish", "ci", sequence, force=force)


def promote(deployment: str) -> Intent:
    return Intent(deployment, NOW, "promote", "Ada")


def live_a(sequence: int | None = None, **members: object) -> Ledger:
    """A is live since T2, and what started before T2 is stale."""
    return Ledger(T2, (Intent(A, T2, "pipeline", "e", sequence),))._replace(**members)  # type: ignore[arg-type]


ROWS = {
    "success, already live": (live_a(), pipeline(A, T2), "duplicate", A),
    "success, live, even if older than the mark": (live_a(), pipeline(A, T1), "duplicate", A),
    "success, live, while held": (live_a(hold=HELD), pipeline(A, T3), "duplicate", A),
    "success while held": (live_a(hold=HELD), pipeline(B, T3), "held", A),
    "success, older": (live_a(), pipeline(B, T1), "stale", A),
    "success, older, while held": (live_a(hold=HELD), pipeline(B, T1), "stale", A),
    "success, equally old (a retried stage)": (live_a(), pipeline(B, T2), "published", B),
    "success, newer": (live_a(), pipeline(B, T3), "published", B),
    "publish": (live_a(), publish(B), "published", B),
    "publish what is live": (live_a(), publish(A), "duplicate", A),
    "publish, higher sequence": (live_a(7), publish(B, 8), "published", B),
    "publish, same sequence": (live_a(7), publish(B, 7), "duplicate", A),
    "publish with a sequence after one without": (live_a(), publish(B, 1), "published", B),
    "publish without a sequence after one with": (live_a(7), publish(B), "published", B),
    "publish, forced while held": (live_a(hold=HELD), publish(B, force=True), "published", B),
    "promote": (live_a(), promote(B), "published", B),
    "promote while held": (live_a(hold=HELD), promote(B), "published", B),
    "promote what is live": (live_a(), promote(A), "duplicate", A),
}


@pytest.mark.parametrize(("ledger", "intent", "outcome", "live"), ROWS.values(), ids=ROWS)
def test_each_row_of_the_table_has_its_outcome(ledger: Ledger, intent: Intent, outcome: str, live: str) -> None:
    decided, _, then = decide(ledger, A, intent)
    assert (outcome, live) == (decided, then.published[0].deployment)
    assert then.hold == ledger.hold


REFUSALS = {
    "publish while held": (live_a(hold=HELD), publish(B), "held: bad release; release it, or force this one"),
    "lower sequence": (live_a(7), publish(B, 6), "sequence 6 is lower than 7, which is live"),
    "lower sequence, forced": (live_a(7), publish(B, 6, force=True), "sequence 6 is lower than 7, which is live"),
    "retiring, by pipeline": (live_a(retiring=(B,)), pipeline(B, T3), f"{B} is being retired: "),
    "retiring, by publish": (live_a(retiring=(B,)), publish(B), f"{B} is being retired: "),
    "retiring, by promote": (live_a(retiring=(B,)), promote(B), f"{B} is being retired: "),
}


@pytest.mark.parametrize(("ledger", "intent", "reason"), REFUSALS.values(), ids=REFUSALS)
def test_what_must_not_become_live_is_refused_with_the_reason(ledger: Ledger, intent: Intent, reason: str) -> None:
    with pytest.raises(Refused, match=f"^{reason}"):
        decide(ledger, A, intent)


def after(*intents: tuple[Intent, str], hold: tuple[str, ...] = ()) -> tuple[str, Ledger]:
    """What is live, and the ledger, after `intents` at their times."""
    live, ledger = A, live_a(hold=hold)
    for intent, now in intents:
        ledger = decide(ledger, live, intent._replace(since=now))[2]
        live = ledger.published[0].deployment
    return live, ledger


PAIRS = {
    "two executions: the one that started last": (pipeline(B, T2), pipeline(C, T3), (), C, C),
    "execution and duplicate of what was live": (pipeline(B, T3), pipeline(A, T2), (), B, B),
    "promote after an execution's start wins": (pipeline(B, T3), promote(C), (), C, C),
    "two promotes: the last one asked": (promote(B), promote(C), (), C, B),
    "held: promote, and an execution": (promote(B), pipeline(C, T3), HELD, B, B),
    "sequences: the higher one": (publish(B, 8), publish(C, 8), (), B, C),
}


@pytest.mark.parametrize(("one", "other", "hold", "forth", "back"), PAIRS.values(), ids=PAIRS)
def test_two_intents_in_both_orders(one: Intent, other: Intent, hold: tuple[str, ...], forth: str, back: str) -> None:
    assert forth == after((one, NOW), (other, NOW[:-1] + "1Z"), hold=hold)[0]
    assert back == after((other, NOW), (one, NOW[:-1] + "1Z"), hold=hold)[0]


def test_of_executions_that_come_while_held_the_last_started_waits_whatever_the_order() -> None:
    newest = (T3, C)
    assert newest == after((pipeline(B, T2), NOW), (pipeline(C, T3), NOW), hold=HELD)[1].waiting
    assert newest == after((pipeline(C, T3), NOW), (pipeline(B, T2), NOW), hold=HELD)[1].waiting


def test_the_mark_never_goes_back_even_if_the_clock_does() -> None:
    assert decide(live_a(mark=T3), A, promote(B)._replace(since=T1))[2].mark == T3


def test_a_request_that_lost_a_race_is_not_dated_before_the_one_it_replaces() -> None:
    then = decide(live_a(), A, promote(B))[2]
    then = decide(then, B, promote(C)._replace(since=T3))[2]
    assert [entry.since for entry in then.published] == [NOW, NOW, T2]


def test_an_intent_that_is_in_the_ledger_already_is_published_and_changes_nothing() -> None:
    once = decide(live_a(), A, promote(B))[2]
    later = decide(once, B, promote(C)._replace(since=NOW[:-1] + "1Z"))[2]
    assert [entry.deployment for entry in later.published] == [C, B, A]
    for ledger, live in ((once, B), (later, C)):
        assert decide(ledger, live, promote(B)) == ("published", "", ledger)


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


def test_too_much_that_is_being_retired_is_refused() -> None:
    with pytest.raises(Refused, match="retire fewer at once"):
        write_ledger(full(3, retiring=tuple(f"{number:064d}" for number in range(9))))


@pytest.mark.parametrize("text", ["{", "[]", '"x"', '{"published":[["a"]]}', '{"later":1}', '{"hold":7}'])
def test_a_ledger_that_nobody_can_read_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(Refused, match=r"^the store's `ledger` is unreadable .*mend or delete it$"):
        read_ledger(text)


def test_a_ledger_is_read_as_it_was_written() -> None:
    ledger = live_a(7, hold=HELD, waiting=(T3, C), retiring=(B,))
    assert ledger == read_ledger(write_ledger(ledger))
    assert Ledger() == read_ledger("")
