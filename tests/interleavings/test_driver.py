"""The driver itself: a seed is a run, a run can be written down and made small, and faults are what they say."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.together import PUBLISHER

from .actors import PUBLISHED, Actors
from .chance import Seeded, Written
from .judge import judge
from .play import Play, Record
from .script import Stimulus, make
from .seeds import smallest, wrong
from .system import Fault

A, B, C = PUBLISHED
ROLLBACK = Stimulus("0-direct", 0.0, "direct", {"request": {"action": "rollback"}})


def steps(record: Record) -> list[Any]:
    return [(step.moment, step.process, step.operation, str(step.result)) for step in record.system.steps]


def play(actors: Actors, faults: dict[int, Fault], *script: Stimulus) -> Record:
    return Play(actors, script or (ROLLBACK,), Written({("0-direct", number): f for number, f in faults.items()})).run()


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_seed_is_a_run_and_so_is_what_was_written_down_of_it(actors: Actors, seed: int) -> None:
    chance = Seeded(seed)
    first = Play(actors, make(seed), chance).run()
    assert steps(first) == steps(Play(actors, make(seed), Seeded(seed)).run())
    assert steps(first) == steps(Play(actors, make(seed), Written(chance.taken)).run())


def test_a_process_that_crashes_sends_nothing_more(actors: Actors) -> None:
    number = len(play(actors, {}).system.steps) - 3
    record = play(actors, {number: Fault(0.001, "crash")})
    assert [step.result for step in record.system.steps[number:]] == ["not sent"]
    assert (record.system.processes[0].end, record.system.processes[0].lines) == ("crashed", [])


def switch(record: Record) -> int:
    """Which request it was that switched."""
    return [step.operation for step in record.system.steps].index("update_keys")


@pytest.mark.parametrize("kind", ["lost", "twice", "cut"])
def test_what_was_sent_is_done_though_no_answer_comes(actors: Actors, kind: str) -> None:
    number = switch(play(actors, {}))
    record = play(actors, {number: Fault(0.001, kind)})
    assert record.system.world.live() == B
    sent = [step.process for step in record.system.steps if step.operation == "update_keys"]
    assert len(sent) == (2 if kind == "twice" else 1)
    assert judge(record, actors) == []


@pytest.mark.parametrize("kind", ["crash", "down"])
def test_what_was_not_sent_is_not_done(actors: Actors, kind: str) -> None:
    number = switch(play(actors, {}))
    record = play(actors, {number: Fault(0.001, kind)})
    assert len(record.writes) == (1 if kind == "crash" else 2)  # it looks again, unless it is dead
    assert judge(record, actors) == []


def test_lambda_tries_an_event_three_times(actors: Actors) -> None:
    event = Stimulus("0-event", 0.0, "event", {"request": {"action": "rollback"}})
    tries = ["0-event.0", "0-event.0'", "0-event.0''"]
    record = Play(actors, (event,), Written({(key, 0): Fault(0.001, "crash") for key in tries})).run()
    assert [process.key for process in record.system.processes] == tries


def test_a_run_that_goes_wrong_becomes_small(actors: Actors, monkeypatch: pytest.MonkeyPatch) -> None:
    """A publisher that forgets to write the history is found, and one switch is all that is left of the run."""
    monkeypatch.setattr(PUBLISHER, "record", lambda _: None)
    found = next(wrong(actors, range(1, 50)))
    small = smallest(actors, found)
    assert (len(small.script), small.faults) == (1, {})
