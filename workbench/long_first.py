"""The order in which several processes run the tests: the long ones first, so that none ends long after the others."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def processes() -> int:
    """How many share the tests of this run."""
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def long_first(items: Sequence[T], is_long: Callable[[T], bool], workers: int) -> list[T]:
    """The same tests, with the long ones dealt out to where each worker begins.

    `worksteal` gives each worker one stretch of the order, and steals from the end of the longest that is left:
    https://pytest-xdist.readthedocs.io/en/stable/distribution.html
    """
    long, rest = [one for one in items if is_long(one)], [one for one in items if not is_long(one)]
    ordered: list[T] = []
    left = len(items)
    for worker in range(workers):
        size = left // (workers - worker)
        dealt = long[worker::workers][:size]
        ordered += dealt + rest[: size - len(dealt)]
        rest = rest[size - len(dealt) :]
        left -= size
    return ordered
