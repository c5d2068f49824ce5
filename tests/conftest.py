"""Shared fixtures: an emulated AWS in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.cloud.emulator import Emulator, start_emulator
from workbench.long_first import long_first, processes
from workbench.names import VECTORS

# Public test data adds cases where `VECTORS` names its folder. No test needs it, so none is skipped without it.
collect_ignore_glob = [] if VECTORS else ["*_vectors.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if processes() > 1:
        items[:] = long_first(items, lambda item: item.get_closest_marker("long") is not None, processes())


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """One emulator for a test worker; ask for `aws` to have it empty."""
    with start_emulator() as running:
        yield running


@pytest.fixture
def aws(emulator: Emulator) -> Emulator:
    """The emulator, emptied for this test."""
    emulator.reset()
    return emulator
