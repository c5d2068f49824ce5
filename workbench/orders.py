"""Runs several programs against the same world in every order of their requests to AWS.

A step is one request. All orders are covered, but few are run, because

* where two orders lead to the same world while every program has had the same answers, what follows is the same;
* a request that changes nothing, about what no other program will still change, can as well come at once (`reduce`;
  who changes what until when is learned from the runs themselves, which are repeated until nothing new is learned);
* the end of a program in the middle is seen by nobody, so it can as well come when all others have ended or wait.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from workbench.scenes import Choice, Learned, Run, Scene


@dataclass
class Orders:
    """What came out of all orders."""

    orders: int = 0  # where they were counted
    runs: int = 0
    states: int = 0
    wrong: list[str] = field(default_factory=list)
    wrong_orders: int = 0
    ends: set[tuple[str, ...]] = field(default_factory=set)


def every_order(
    scene: Callable[[], Scene], crashes: int = 0, *, reduce: bool = True, until_wrong: bool = False
) -> Orders:
    """Run `scene` in every order of its programs' steps, with up to `crashes` programs ending in the middle.

    With `crashes` all of them also end together after each step. Only without `reduce` orders are counted. With
    `until_wrong` it ends as soon as one order has gone wrong.
    """
    learned: Learned | None = [{} for _ in scene().programs] if reduce else None
    while True:
        search = _Search(scene, crashes, learned)
        search.run(until_wrong)
        if not reduce or search.found.wrong or search.learned == learned:
            return search.found
        learned = search.learned


class _Search:
    """One pass over all orders."""

    def __init__(self, scene: Callable[[], Scene], crashes: int, learned: Learned | None) -> None:
        self.scene, self.crashes, self.known = scene, crashes, learned
        self.learned: Learned = [dict(changes) for changes in learned or [{}] * len(scene().programs)]
        self.found = Orders()
        self.after: dict[int, dict[Choice, int]] = {}  # what each choice in a state leads to
        self.verdicts: dict[int, str] = {}
        self.finished: dict[int, str] = {}  # what is wrong after the end, by the world that was left
        self.stack: list[list[Choice]] = [[]]

    def run(self, until_wrong: bool) -> None:
        while self.stack and not (until_wrong and self.found.wrong):
            self.found.runs += 1
            self.follow(self.stack.pop())
        self.found.states = len(self.verdicts)
        if self.known is None:
            self.found.orders, self.found.wrong_orders = _count(next(iter(self.verdicts)), self.after, self.verdicts)

    def follow(self, path: list[Choice]) -> None:
        """Take the choices of `path`, then the first one each time, until everything that follows is known."""
        made = self.scene()
        run = Run(made)
        state = 0
        for position in itertools.count():
            choices = run.choices(self.crashes, self.known)
            before, state = state, run.key()
            if position:
                self.after.setdefault(before, {})[path[position - 1]] = state
            if position == len(path):
                if state in self.verdicts:
                    break
                self.judge(state, made, run, ended=not choices)
                if not choices:
                    break
                self.stack += [[*path, choice] for choice in choices[1:]]
                path.append(choices[0])
            self.take(run, path[position])
        run.end()

    def take(self, run: Run, choice: Choice) -> None:
        """Take the choice, and learn what it changes."""
        moved = run.programs[choice[1]]
        step, before, about = len(moved.steps), run.world.version, moved.next.names
        run.take(choice)
        if run.world.version != before:
            for name in about:
                self.learned[moved.number][name] = max(step, self.learned[moved.number].get(name, 0))

    def judge(self, state: int, made: Scene, run: Run, ended: bool) -> None:
        wrong = made.check(run.world)
        if ended:
            self.found.ends.add((*(program.end for program in run.programs), made.tell(run.world)))
        if ended or self.crashes:  # with crashes: all of them may end here, together
            world = hash(run.world)
            if world not in self.finished:
                self.finished[world] = made.finish(run.world.copy())
            wrong = wrong or self.finished[world]
        self.verdicts[state] = wrong
        if wrong:
            self.found.wrong.append(f"{wrong} after {run.path}: {[program.steps for program in run.programs]}")


def _count(first: int, after: dict[int, dict[Choice, int]], verdicts: dict[int, str]) -> tuple[int, int]:
    """How many orders there are from `first` on, and in how many of them something is wrong somewhere."""
    known: dict[int, tuple[int, int]] = {}
    stack = [first]
    while stack:
        key = stack[-1]
        following = list(after.get(key, {}).values())
        missing = [other for other in following if other not in known]
        if missing:
            stack += missing
            continue
        stack.pop()
        total = sum(known[other][0] for other in following) if following else 1
        bad = total if verdicts[key] else sum(known[other][1] for other in following)
        known[key] = total, bad
    return known[first]


def some_orders(scene: Callable[[], Scene], crashes: int, count: int, seed: int = 1) -> Orders:
    """Run `scene` in `count` random orders, where all are too many."""
    found, chance = Orders(orders=count, runs=count), random.Random(seed)
    for _ in range(count):
        made = scene()
        run = Run(made)
        dying = chance.randrange(120)  # before this step a program ends, if there are so many and crashes are allowed
        while choices := run.choices(0, None):
            if crashes and len(run.path) == dying:
                choices = [("crash", program.number) for program in run.programs if not program.end]
            run.take(_drawn(chance, run.path, choices))
            if wrong := made.check(run.world):
                found.wrong.append(f"{wrong}: {run.path}")
                break
        found.ends.add((*(program.end for program in run.programs), made.tell(run.world)))
        if wrong := made.finish(run.world):
            found.wrong.append(f"{wrong}: {run.path}")
    return found


def _drawn(chance: random.Random, path: list[Choice], choices: list[Choice]) -> Choice:
    """Often the program that ran before: so an operating system runs them, and a coin for each step finds less."""
    same = [choice for choice in choices if path and choice == path[-1]]
    return same[0] if same and chance.random() < 0.7 else chance.choice(choices)
