"""Runs several programs against the same world in every order of their requests to AWS.

A step is one request. All orders are covered, but few are run, because

* where two orders lead to the same world while every program has had the same answers, what follows is the same;
* a request that changes nothing, about what no other program will still change, can as well come at once (`reduce`;
  who changes what until when is learned from the runs themselves, which are repeated until nothing new is learned);
* the end of a program in the middle is seen by nobody, so it can as well come when all others have ended or wait.
"""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import greenlet

from contract import LOCK
from workbench.double import S3, Events, Paginator, Store, World

Clients = Callable[[str], Any]
LONG = 1  # seconds: a pause that waits for somebody else; shorter ones are no steps
Learned = list[dict[str, int]]  # by program: what it changes, and its last step that does
Choice = tuple[str, int]  # "step" or "crash", and the program's number


class Crash(BaseException):
    """The end of a program in the middle: no later request of it is sent."""


class Touch(NamedTuple):
    """What a request is about: names of objects, or how they begin; `store` is the store."""

    label: str = ""
    kind: str = ""  # create, write or delete; "" reads
    names: tuple[str, ...] = ()
    begin: bool = False

    def concerns(self, name: str) -> bool:
        return any(name.startswith(mine) if self.begin else name == mine for mine in self.names)

    def changes(self, world: World) -> bool:
        """Whether it would change something now; a condition that fails, or deleting what is not there, does not."""
        if self.kind == "create":
            return not any(name in world.objects for name in self.names)
        if self.kind == "delete":
            return any(name in world.objects for name in self.names)
        return self.kind == "write"


def touch(operation: str, arguments: dict[str, Any]) -> Touch:
    """What a request is about, by its operation and arguments."""
    kind = {"put_object": "write", "update_keys": "write", "delete_object": "delete", "delete_objects": "delete"}.get(
        operation, ""
    )
    kind = "create" if "IfNoneMatch" in arguments else kind
    if "KvsARN" in arguments:
        return Touch(f"{operation} {arguments.get('Key', '')}", kind, ("store",))
    if "Prefix" in arguments:
        return Touch(f"{operation} {arguments['Prefix']}", kind, (arguments["Prefix"],), begin=True)
    names = [item["Key"] for item in arguments.get("Delete", {}).get("Objects", ())]
    names += [arguments["Key"]] if "Key" in arguments else []
    return Touch(f"{operation} {' '.join(names)}", kind, tuple(names))


class Program:
    """One program, run until its next request to AWS; `log` tells what it has been answered."""

    def __init__(self, number: int, world: World, body: Callable[[Clients], object]) -> None:
        self.number, self.world, self.body = number, world, body
        self.log = 0
        self.end = ""
        self.dead = False
        self.asleep: object = None  # what it saw when it went to sleep
        self.steps: list[str] = []
        self.next = Touch()
        self.thread = greenlet.greenlet(self._run)
        self.thread.program = self  # greenlets take attributes

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
            _wait(program, touch(operation, arguments))
            try:
                answer = call(**arguments)
            except Exception as problem:
                program.log = hash((program.log, str(problem)))
                raise
            program.log = hash((program.log, repr(answer)))
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


def _wait(program: Program, following: Touch) -> None:
    if program.dead:
        raise Crash
    program.next = following
    greenlet.getcurrent().parent.switch()
    program.steps.append(following.label)


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
    """A world and the programs that meet in it; one for each run."""

    world: World
    programs: Sequence[Callable[[Clients], object]]
    check: Callable[[World], str]  # what is wrong, after every step
    finish: Callable[[World], str] = lambda _: ""  # what is wrong after the end
    tell: Callable[[World], str] = lambda _: ""  # how it ended, for `Orders.ends`


@dataclass
class Orders:
    """What came out of all orders."""

    orders: int = 0  # where they were counted
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
        self.path: list[Choice] = []
        for program in self.programs:
            program.resume()

    def choices(self, crashes: int, learned: Learned | None) -> list[Choice]:
        """What may come next; with what is `learned`, only what may make a difference."""
        alive = [program for program in self.programs if not program.end]
        awake = [program for program in alive if program.asleep != waited_for(self.world)]
        if alive and not awake:  # only then does time pass
            self.world.later(minutes=21)
            awake = alive
        if learned is not None and len(alive) > 1:
            for program in awake:
                if self.may_come_at_once(program, learned):
                    return [("step", program.number)]
        left = crashes - sum(program.end == "crashed" for program in self.programs)
        dying = [program for program in alive if left > 0 and awake == [program]]
        return [("step", p.number) for p in awake] + [("crash", p.number) for p in dying]

    def may_come_at_once(self, program: Program, learned: Learned) -> bool:
        """Whether the program's next request changes nothing, and nobody will change what it is about."""
        still = (
            name
            for other in self.programs
            if other is not program and not other.end
            for name, last in learned[other.number].items()
            if len(other.steps) <= last
        )
        return not program.next.changes(self.world) and not any(map(program.next.concerns, still))

    def take(self, choice: Choice) -> None:
        self.path.append(choice)
        program = self.programs[choice[1]]
        if choice[0] == "crash":
            program.crash()
        else:
            program.resume()

    def end(self) -> None:
        """Leave nobody waiting."""
        for program in self.programs:
            if not program.end:
                program.crash()

    def key(self) -> int:
        programs = ((p.log, p.end, p.asleep == waited_for(self.world), len(p.steps)) for p in self.programs)
        return hash((hash(self.world), *programs))


def waited_for(world: World) -> object:
    """The only thing that any program waits for is the end of a prune."""
    return world.objects.get(LOCK), world.now


def sleep(seconds: float) -> None:
    """In place of `time.sleep`: who waits goes on when what it waits for has changed."""
    program = current()
    if program is None or seconds < LONG:
        return
    program.asleep = waited_for(program.world)
    _wait(program, Touch("sleep", "write"))
    program.asleep = None


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
        run = _Run(made)
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
            moved = run.programs[path[position][1]]
            step, before_it, about = len(moved.steps), run.world.version, moved.next.names
            run.take(path[position])
            if run.world.version != before_it:
                for name in about:
                    self.learned[moved.number][name] = max(step, self.learned[moved.number].get(name, 0))
        run.end()

    def judge(self, state: int, made: Scene, run: _Run, ended: bool) -> None:
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
        run = _Run(made)
        dying = chance.randrange(120)  # before this step a program ends, if there are so many and crashes are allowed
        while choices := run.choices(0, None):
            if crashes and len(run.path) == dying:
                choices = [("crash", program.number) for program in run.programs if not program.end]
            # runs of one program, as an operating system makes them, find other things than a coin for each step
            same = [choice for choice in choices if run.path and choice == run.path[-1]]
            run.take(same[0] if same and chance.random() < 0.7 else chance.choice(choices))
            if wrong := made.check(run.world):
                found.wrong.append(f"{wrong}: {run.path}")
                break
        found.ends.add((*(program.end for program in run.programs), made.tell(run.world)))
        if wrong := made.finish(run.world):
            found.wrong.append(f"{wrong}: {run.path}")
    return found
