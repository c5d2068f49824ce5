"""Runs asynchronous work from a test: in a thread, because Playwright leaves a loop running in the main one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def run_aside(work: Coroutine[None, None, T]) -> T:
    """Do `work` to its end."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, work).result()
