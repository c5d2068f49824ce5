"""The end of what runs for as long as a person wants it.

All of it is cancelled and awaited then, so that nothing runs on behind the person's back.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable


async def until_stopped(*work: Awaitable[None]) -> None:
    """Run all of `work` until one of it fails, or a person or a supervisor asks for the end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks = [asyncio.ensure_future(one) for one in (*work, _wait(stop))]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _wait(stop: asyncio.Event) -> None:
    await stop.wait()
