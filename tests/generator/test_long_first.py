"""The order of the tests in several processes."""

from __future__ import annotations

import pytest

from workbench.long_first import long_first


@pytest.mark.parametrize("workers", [1, 2, 3, 4])
@pytest.mark.parametrize("number", [0, 1, 7, 20, 21])
def test_every_test_stays_and_each_worker_begins_with_its_share_of_the_long_ones(number: int, workers: int) -> None:
    def is_long(one: int) -> bool:
        return one % 4 == 3

    ordered = long_first(range(number), is_long, workers)
    assert sorted(ordered) == list(range(number))
    long, left = [one for one in ordered if is_long(one)], ordered
    for worker in range(workers):  # as xdist's worksteal gives them out
        stretch, left = left[: len(left) // (workers - worker)], left[len(left) // (workers - worker) :]
        begins = [is_long(one) for one in stretch]
        assert begins == sorted(begins, reverse=True)
        assert abs(sum(begins) - len(long) / workers) <= 1


def test_tests_that_are_not_long_keep_their_order() -> None:
    assert [3, 0, 1, 2, 7, 4, 5, 6] == long_first(range(8), lambda one: one in (3, 7), 2)
