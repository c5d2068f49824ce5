"""A pytest plugin that runs the tests in the opposite order, as none may need another one before it."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Called by pytest with what it found."""
    items.reverse()
