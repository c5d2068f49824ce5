"""An emulator of a module's own, which lets nobody do what its policies do not allow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.cloud.emulator import Emulator, start_emulator


@pytest.fixture(scope="module")
def strict() -> Iterator[Emulator]:
    with start_emulator(enforce_iam=True) as emulator:
        yield emulator
