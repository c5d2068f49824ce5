"""Shared fixtures: the public test vectors, and an emulated AWS in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cloud.emulator import Emulator, start_emulator
from workbench import ROOT


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of public test data: beside the checkout, or where `VECTORS` says."""
    folder = Path(os.environ.get("VECTORS") or ROOT.parent / "shared" / "vectors")
    if folder.is_dir():
        return folder
    message = f"no test vectors at {folder}: set VECTORS to the folder that holds asset-names.json"
    if os.environ.get("CI"):
        pytest.fail(message)
    return pytest.skip(message)  # a clone without the data; CI never comes here


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
