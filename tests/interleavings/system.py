"""Runs processes against one world by a clock of its own: whose answer comes first goes on first.

It exists because the order of requests is what goes wrong between publishers, and an operating system's order cannot
be repeated. Each request to AWS waits as long as its fault says, and ends as it says; nothing else decides an order,
so the same faults give the same run.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, NamedTuple, Protocol

import greenlet
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from workbench.double import S3, Events, Paginator, Store, World

PATIENCE = 20  # times longer is a pause that waits for somebody: a prune lasts minutes, and each look is a step


class Fault(NamedTuple):
    """How one request to AWS goes."""

    delay: float = 0.001  # seconds until it arrives
    # crash (before it is sent), cut (the process ends after it), lost (its answer), down (it never arrives),
    # twice (the answer is lost, and botocore sends it again)
    kind: str = ""


class Chance(Protocol):
    """Knows how every request goes."""

    def fault(self, process: str, number: int) -> Fault: ...


class Crash(BaseException):
    """The end of a process in the middle: no later request of it is sent."""


class Step(NamedTuple):
    """One request, for the trace."""

    moment: float
    process: str
    operation: str
    arguments: dict[str, Any]
    fault: Fault
    result: Any


class Process:
    """One invocation of a function, or one upload."""

    def __repr__(self) -> str:
        return self.key

    def __init__(self, key: str, limit: float) -> None:
        self.key, self.limit = key, limit
        self.calls = 0
        self.faults = 0
        self.dead = False
        self.end = ""  # answered, raised or crashed
        self.answer: Any = None
        self.error: Exception | None = None
        self.lines: list[str] = []  # its log
        self.clock = timedelta()  # ahead of time
        self.began = self.ended = 0.0
        self.first = self.last = 0  # how often the store had been written
        self.thread: Any = None
        self.waiting: Process | None = None  # for its end


class System:
    """A world, its clock, and who runs in it."""

    def __init__(self, world: World, chance: Chance) -> None:
        self.world, self.chance = world, chance
        self.start = world.now
        self.seconds = 0.0
        self.steps: list[Step] = []
        self.processes: list[Process] = []
        self.watch: Callable[[Process | None, str, dict[str, Any]], None] = lambda *_: None  # after each change
        self._queue: list[tuple[float, int, Callable[[], object]]] = []
        self.numbers = itertools.count()  # for whoever needs one that nobody else has
        self._order = itertools.count()
        self._loop = greenlet.getcurrent()  # where everybody waits

    def later(self, delay: float, action: Callable[[], object]) -> None:
        heapq.heappush(self._queue, (self.seconds + delay, next(self._order), action))

    def run(self) -> None:
        """Go on until nobody has anything to do."""
        while self._queue:
            moment, _, action = heapq.heappop(self._queue)
            self.seconds = max(self.seconds, moment)
            self.world.now = self.start + timedelta(seconds=round(self.seconds, 3))
            action()

    def process(
        self, key: str, body: Callable[[], Any], then: Callable[[Process], object] = lambda _: None, limit: float = 1e9
    ) -> Process:
        """Start `body` now; `then` is told when it has ended. It dies after `limit` seconds."""
        made = Process(key, limit)
        made.began, made.first = self.seconds, self.world.writes

        def run() -> None:
            try:
                made.answer, made.end = body(), "answered"
            except Crash:
                made.end = "crashed"
            except Exception as problem:
                made.error, made.end = problem, "raised"
            made.ended, made.last = self.seconds, self.world.writes
            if made.waiting:
                self.later(0, made.waiting.thread.switch)
            then(made)

        made.thread = greenlet.greenlet(run, self._loop)
        made.thread.process = made  # greenlets take attributes
        self.processes.append(made)
        self.later(0, made.thread.switch)
        return made

    def pause(self, process: Process, seconds: float) -> None:
        self.later(seconds, process.thread.switch)
        self._loop.switch()
        if process.dead or self.seconds > process.began + process.limit:
            self.die(process)

    def die(self, process: Process) -> None:
        process.dead = True
        raise Crash

    def sleep(self, seconds: float) -> None:
        """In place of `time.sleep`."""
        if process := current():
            self.pause(process, seconds * PATIENCE if seconds >= 1 else seconds)

    def wait_for(self, body: Callable[[str], Process]) -> Process:
        """Start another process, and go on when it has ended; whoever dies meanwhile does not stop it."""
        me = current()
        assert me
        other = body(me.key)
        other.waiting = me
        self._loop.switch()
        return other

    def call(self, operation: str, perform: Callable[..., Any], arguments: dict[str, Any]) -> Any:
        """One request to AWS, which waits and ends as its fault says."""
        process = current()
        if process is None:  # before and after everything
            return perform(**arguments)
        if process.dead:  # what stands under `finally` is not done by a process that has ended
            raise Crash
        fault = self.chance.fault(process.key, process.calls)
        process.calls += 1
        process.faults += bool(fault.kind)
        self.pause(process, fault.delay)
        if fault.kind in ("crash", "down"):
            self.tell(process, operation, arguments, fault, "not sent")
            if fault.kind == "crash":
                self.die(process)
            raise ConnectTimeoutError(endpoint_url=operation)
        if fault.kind == "twice":
            with suppress(ClientError):  # this answer is lost
                self.effect(process, operation, perform, arguments, fault)
            self.pause(process, fault.delay + 0.05)
        try:
            return self.effect(process, operation, perform, arguments, fault)
        finally:
            if fault.kind == "cut":
                self.die(process)
            if fault.kind == "lost":
                raise ReadTimeoutError(endpoint_url=operation)

    def effect(
        self, process: Process, operation: str, perform: Callable[..., Any], arguments: dict[str, Any], fault: Fault
    ) -> Any:
        before = self.world.version
        try:
            answer = perform(**arguments)
        except Exception as problem:
            self.tell(process, operation, arguments, fault, str(problem))
            raise
        self.tell(process, operation, arguments, fault, answer)
        if self.world.version != before:
            self.watch(process, operation, arguments)
        return answer

    def tell(self, process: Process, operation: str, arguments: dict[str, Any], fault: Fault, result: Any) -> None:
        self.steps.append(Step(self.seconds, process.key, operation, arguments, fault, result))


def current() -> Process | None:
    """Who runs now, if anybody does."""
    found: Process | None = getattr(greenlet.getcurrent(), "process", None)
    return found


class Remote:
    """A client whose every request goes through the system."""

    def __init__(self, system: System, target: Any) -> None:
        self._system, self._target = system, target

    def __getattr__(self, operation: str) -> Any:
        value = getattr(self._target, operation)
        if not callable(value) or operation == "exceptions":
            return value
        return lambda **arguments: self._system.call(operation, value, arguments)

    def get_paginator(self, _operation: str) -> Paginator:
        return Paginator(self)


class Pipelines:
    """A client for CodePipeline that knows executions without a rollback only."""

    def get_pipeline_execution(self, **_: str) -> dict[str, Any]:
        return {"pipelineExecution": {}}


def client(system: System, service: str) -> Any:
    """A client for `service` in the system's world."""
    targets: dict[str, Callable[[], Any]] = {
        "s3": lambda: S3(system.world),
        "cloudfront-keyvaluestore": lambda: Store(system.world),
        "events": Events,
        "codepipeline": Pipelines,
    }
    return Remote(system, targets[service]())
