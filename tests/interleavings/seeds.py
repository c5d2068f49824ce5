"""Plays seeds, and tells of one that goes wrong: how to see it again, and the smallest run that goes wrong so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .actors import Actors
from .chance import Seeded, Written
from .follow import Problem
from .judge import judge
from .play import Play
from .script import make
from .shrink import Case, shrink
from .telling import short, tell


class Wrong(NamedTuple):
    """A seed whose run broke a promise."""

    seed: int
    case: Case
    problems: list[Problem]

    def __str__(self) -> str:
        first = self.problems[0]
        return short(f"seed {self.seed} (make interleavings SEED={self.seed}): {first.promise}: {first.found}")


def wrong(actors: Actors, seeds: Iterable[int]) -> Iterator[Wrong]:
    """Those of `seeds` that go wrong."""
    for seed in seeds:
        chance = Seeded(seed)
        case = Case(make(seed), chance.taken)
        if problems := judge(Play(actors, case.script, chance).run(), actors):
            yield Wrong(seed, case, problems)


def again(actors: Actors, case: Case) -> list[Problem]:
    return judge(Play(actors, case.script, Written(case.faults)).run(), actors)


def smallest(actors: Actors, found: Wrong) -> Case:
    """As little as possible of the seed's run that still breaks the first promise."""
    promise = found.problems[0].promise
    return shrink(found.case, lambda case: promise in {problem.promise for problem in again(actors, case)})


def explain(actors: Actors, found: Wrong) -> str:
    """The seed, the promises, and the trace of the smallest run."""
    small = smallest(actors, found)
    record = Play(actors, small.script, Written(small.faults)).run()
    lines = [str(found), "The smallest run that breaks the same promise:", *tell(small, record)]
    return "\n".join([*lines, *(short(f"broken: {one.promise}: {one.found}") for one in judge(record, actors))])
