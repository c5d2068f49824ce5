"""Stands in for a thread pool where every run must be the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any


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
