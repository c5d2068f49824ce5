"""Stands in for a thread pool where every run must be the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
S = TypeVar("S")
T = TypeVar("T")


class Inline:
    """A thread pool without threads: their order is the program's, so that every run is the same."""

    def __init__(self, *_: object) -> None:
        pass

    def submit(self, run: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(run(*arguments, **named))
        except Exception as problem:
            future.set_exception(problem)
        return future

    def map(self, run: Callable[[S], T], items: Iterable[S]) -> Iterator[T]:
        return map(run, items)

    def shutdown(self, **_: object) -> None:
        pass

    def __enter__(self) -> Inline:
        return self

    def __exit__(self, *_: object) -> None:
        pass
