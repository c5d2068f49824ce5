"""How requests to AWS go: by a seed, or as written down from a run before."""

from __future__ import annotations

import random

from .system import Fault

KINDS = ("crash", "cut", "lost", "down", "twice")


class Seeded:
    """Draws each request's fault from the seed and the process's name: others that come or go change nothing."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        own = random.Random(f"chance {seed}")
        self.rate = own.choice([0, 0, 0.01, 0.03])
        self.slow = own.choice([0.01, 0.03, 0.15])
        self.taken: dict[tuple[str, int], Fault] = {}
        self._own: dict[str, tuple[random.Random, float]] = {}  # with the most that a request usually takes

    def fault(self, process: str, number: int) -> Fault:
        if process not in self._own:
            own = random.Random(f"{self.seed} {process}")
            self._own[process] = own, own.choice([0.002, 0.01, 0.05, 0.2])
        chance, pace = self._own[process]
        delay = chance.uniform(0.0005, pace)
        if chance.random() < self.slow:
            delay = chance.choice([0.1, 0.5, 1.5, 20, 90])
        kind = chance.choice(KINDS) if chance.random() < self.rate else ""
        made = self.taken[process, number] = Fault(round(delay, 3), kind)
        return made


class Written:
    """The faults of a run before, or fewer; all other requests go well and at once."""

    def __init__(self, faults: dict[tuple[str, int], Fault]) -> None:
        self.faults = faults
        self.calm = Fault()

    def fault(self, process: str, number: int) -> Fault:
        return self.faults.get((process, number), self.calm)
