"""Programs that stop before each request to AWS, and go on when the scheduler says so.

They run as they ship, in greenlets of one thread: only so can somebody decide who comes next.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import greenlet

from contract import LOCK
from workbench.double import S3, Events, Lister, Paginator, Store, World
from workbench.touches import Arguments, Touch, touch

if TYPE_CHECKING:
    from aws_types import Clients

LONG = 1  # seconds: a pause that waits for somebody else; shorter ones are no steps


class Crash(BaseException):
    """The end of a program in the middle: no later request of it is sent."""


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
            self.body(cast("Clients", functools.partial(client, self.world)))
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

    def __init__(self, target: object) -> None:
        self._target = target

    def __getattr__(self, operation: str) -> object:
        value = getattr(self._target, operation)
        return self._stepped(operation, value) if callable(value) and operation != "exceptions" else value

    def get_paginator(self, operation: str) -> Paginator:
        assert operation == "list_objects_v2"
        return Paginator(cast("Lister", self))

    def _stepped(self, operation: str, call: Callable[..., object]) -> Callable[..., object]:
        def request(**arguments: object) -> object:
            program = current()
            if program is None:
                return call(**arguments)
            _wait(program, touch(operation, cast("Arguments", arguments)))
            try:
                answer = call(**arguments)
            except Exception as problem:
                program.log = hash((program.log, str(problem)))
                raise
            program.log = hash((program.log, repr(answer)))
            return answer

        return request


def client(world: World, service: str) -> Client:
    """A client for `service` in `world`."""
    kinds: dict[str, Callable[[World], object]] = {"s3": S3, "cloudfront-keyvaluestore": Store}
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
