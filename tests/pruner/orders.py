"""Runs several programs against the same world in every order of their requests to AWS.

A step is one request. Where two orders lead to the same world while every program has had the same answers, what
follows is the same too, so it is run once: all orders are covered, few are run. `Orders` counts both.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

import greenlet
import pytest

from .double import Events, Paginator, S3, Store, World

Clients = Callable[[str], Any]
LONG = 1  # seconds: a pause that waits for somebody else; shorter ones are no steps
Choice = tuple[str, int]  # "step" or "crash", and the program's number


class Crash(BaseException):
    """The end of a program in the middle: no later request of it is sent."""


class Program:
    """One program, run until its next request to AWS; `log` tells what it has been answered."""

    def __init__(self, number: int, world: World, body: Callable[[Clients], object]) -> None:
        self.number, self.world, self.body = number, world, body
        self.log = 0
        self.end = ""
        self.dead = False
        self.asleep = -1  # the world's version when it went to sleep
        self.steps: list[str] = []
        self.thread = greenlet.greenlet(self._run)
        self.thread.program = self  # type: ignore[attr-defined]  # greenlets take attributes

    def _run(self) -> None:
        try:
            self.body(functools.partial(client, self.world))
            self.end = "done"
        except Crash:
            self.end = "crashed"
        except Exception as problem:
            self.end = f"failed: {problem!r}"

    def resume(self) -> None:
        self.thread.switch()

    def crash(self) -> None:
        self.dead = True
        self.thread.throw(Crash)


class Client:
    """Passes each request on to `target` when the scheduler says so; without a scheduler, at once."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def __getattr__(self, operation: str) -> Any:
        value = getattr(self._target, operation)
        return self._stepped(operation, value) if callable(value) and operation != "exceptions" else value

    def get_paginator(self, operation: str) -> Paginator:
        assert operation == "list_objects_v2"
        return Paginator(self)

    def _stepped(self, operation: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def request(**arguments: Any) -> Any:
            program = current()
            if program is None:
                return call(**arguments)
            what = (
                arguments.get("Key") or arguments.get("Prefix") or arguments.get("Delete") or arguments.get("Puts", "")
            )
            label = f"{operation} {what}"
            _wait(program, label)
            try:
                answer = call(**arguments)
            except Exception as problem:
                program.log = hash((program.log, label, str(problem)))
                raise
            program.log = hash((program.log, label, repr(answer)))
            return answer

        return request


def client(world: World, service: str) -> Any:
    """A client for `service` in `world`."""
    kinds: dict[str, Callable[[World], Any]] = {"s3": S3, "cloudfront-keyvaluestore": Store}
    return Client(kinds[service](world) if service in kinds else Events())


def current() -> Program | None:
    """The program that runs now, if one does."""
    program: Program | None = getattr(greenlet.getcurrent(), "program", None)
    return program


def _wait(program: Program, label: str) -> None:
    if program.dead:
        raise Crash
    greenlet.getcurrent().parent.switch()
    program.steps.append(label)


class Inline:
    """A thread pool without threads: their order is the program's, so that every run is the same."""

    def __init__(self, *_: Any) -> None:
        pass

    def submit(self, run: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(run(*arguments))
        except Exception as problem:
            future.set_exception(problem)
        return future

    def map(self, run: Callable[..., Any], items: Any) -> Iterator[Any]:
        return map(run, items)

    def shutdown(self, **_: Any) -> None:
        pass

    def __enter__(self) -> Inline:
        return self

    def __exit__(self, *_: object) -> None:
        pass


@dataclass
class Scene:
    """A world and the programs that meet in it."""

    world: World
    programs: Sequence[Callable[[Clients], object]]
    check: Callable[[World], str]  # what is wrong, after every step
    finish: Callable[[World], str] = lambda world: ""  # what is wrong after the end


@dataclass
class Orders:
    """What came out of all orders."""

    orders: int = 0
    runs: int = 0
    states: int = 0
    wrong: list[str] = field(default_factory=list)
    wrong_orders: int = 0
    ends: set[tuple[str, ...]] = field(default_factory=set)


class _Run:
    """One run of a scene, step by step."""

    def __init__(self, scene: Scene) -> None:
        self.world = scene.world
        self.programs = [Program(number, scene.world, body) for number, body in enumerate(scene.programs)]
        for program in self.programs:
            program.resume()

    def choices(self, crashes: int) -> list[Choice]:
        alive = [program for program in self.programs if not program.end]
        awake = [program for program in alive if program.asleep != self.world.version]
        if alive and not awake:  # only then does time pass
            self.world.later(minutes=21)
            awake = alive
        left = crashes - sum(program.end == "crashed" for program in self.programs)
        dying = alive if left > 0 else []
        return [("step", p.number) for p in awake] + [("crash", p.number) for p in dying]

    def take(self, choice: Choice) -> None:
        program = self.programs[choice[1]]
        if choice[0] == "crash":
            program.crash()
        else:
            program.resume()

    def key(self) -> int:
        programs = ((p.log, p.end, p.asleep == self.world.version, len(p.steps)) for p in self.programs)
        return hash((hash(self.world), *programs))


def sleep(seconds: float) -> None:
    """In place of `time.sleep`: who waits for somebody else goes on when something has changed."""
    program = current()
    if program is None or seconds < LONG:
        return
    program.asleep = program.world.version
    _wait(program, "sleep")
    program.asleep = -1


def every_order(scene: Callable[[], Scene], crashes: int = 0, limit: int = 0) -> Orders:
    """Run `scene` in every order of its programs' steps, with up to `crashes` programs ending in the middle."""
    found = Orders()
    after: dict[int, dict[Choice, int]] = {}  # what each choice in a state leads to
    verdicts: dict[int, str] = {}
    stack: list[tuple[Choice, ...]] = [()]
    first = None
    while stack:
        prefix = stack.pop()
        found.runs += 1
        made = scene()
        run = _Run(made)
        key, path, wrong = None, list(prefix), ""
        before: tuple[int, Choice] | None = None
        position = 0
        while True:
            choices = run.choices(crashes)
            key = run.key()
            if before:
                after.setdefault(before[0], {})[before[1]] = key
            first = key if first is None else first
            if position >= len(path):
                if key in verdicts:
                    break
                wrong = made.check(run.world)
                if not choices:
                    found.ends.add(tuple(program.end for program in run.programs))
                    wrong = wrong or made.finish(run.world)
                verdicts[key] = wrong
                if wrong:
                    steps = [f"{kind} {number}" for kind, number in path]
                    found.wrong.append(f"{wrong} after {steps}: {[p.steps for p in run.programs]}")
                stack += [(*path, choice) for choice in choices[1:]]
                if not choices:
                    break
                path.append(choices[0])
            before = key, path[position]
            run.take(path[position])
            position += 1
        for program in run.programs:
            if not program.end:
                program.crash()
    found.states = len(verdicts)
    assert first is not None
    found.orders, found.wrong_orders = _count(first, after, verdicts)
    return found


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


@pytest.fixture
def scheduled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads and pauses of the programs become steps of the scheduler."""
    import prune
    import uploader

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(uploader, "ThreadPoolExecutor", Inline)
    monkeypatch.setattr(prune, "ThreadPoolExecutor", Inline)
