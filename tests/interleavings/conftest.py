"""The shipped code in a world of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .actors import Actors, shipped


@pytest.fixture(scope="module")
def actors() -> Iterator[Actors]:
    with shipped() as made:
        yield made
