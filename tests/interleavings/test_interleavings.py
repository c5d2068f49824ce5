"""Publisher, pruner and uploader keep their promises in whatever order their requests, faults and events come.

A few hundred seeds; `make interleavings` runs ten thousand.
"""

from __future__ import annotations

from collections import Counter

import pytest

from .actors import Actors
from .chance import KINDS, Seeded
from .judge import outcome_of
from .play import Play
from .script import BODIES, make
from .seeds import explain, wrong

SEEDS = range(1, 301)
PARTS = 3


@pytest.mark.parametrize("part", range(PARTS))
def test_every_promise_is_kept(actors: Actors, part: int) -> None:
    found = next(wrong(actors, SEEDS[part::PARTS]), None)
    assert found is None, explain(actors, found)


def test_the_seeds_reach_every_fault_and_every_outcome(actors: Actors) -> None:
    kinds: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for seed in SEEDS:
        record = Play(actors, script := make(seed), Seeded(seed)).run()
        kinds.update(stimulus.kind for stimulus in script)
        faults.update(step.fault.kind for step in record.system.steps)
        outcomes.update(outcome_of(p) for p in record.system.processes if p.key in record.requests)
    assert kinds.keys() == BODIES.keys()
    assert faults.keys() >= {*KINDS}
    expected = "published rolled-back duplicate stale held on-hold released retiring refused ignored failed status"
    assert outcomes.keys() >= {*expected.split()}
