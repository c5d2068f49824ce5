"""The running system behind every local command: emulator, deployed template, edge and web server, and their end."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Awaitable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

import aiohttp
from botocore.exceptions import BotoCoreError

from generator import Settings, build_template
from generator.render import to_yaml
from generator.settings import Source
from local.distribution import Distribution, read_distribution
from local.edge import Location, World
from local.emulator import Emulator, start_emulator
from local.errors import LocalError
from local.functions import Functions
from local.origin import Origin, Store
from local.stack import Stack

# How a request of ours fails when who should answer it is gone
LOST = (aiohttp.ClientError, BotoCoreError, HTTPException, OSError)
_LOOK_SECONDS = 0.2
_END_SECONDS = 2  # from a lost connection to the end of the process that had it


@contextlib.contextmanager
def deployed(source: Source = "direct", name: str = "local", **parameters: str) -> Iterator[Stack]:
    """The generated template, unchanged, in an emulator of its own."""
    with ThreadPoolExecutor(1) as aside:
        template = aside.submit(lambda: to_yaml(build_template(Settings(source=source))))
        with start_emulator() as emulator:
            try:
                stack = Stack(emulator, template.result(), name, parameters)
            except LOST as error:
                raise LocalError(f"the emulated AWS does not answer ({error}): start again") from None
            # the publisher's first start costs a second: not while somebody waits for the first page
            aside.submit(stack.ask, action="status")
            yield stack


@dataclass
class Edge:
    """What all edge locations of a distribution share."""

    emulator: Emulator
    distribution: Distribution
    functions: Functions
    origin: Origin
    stores: dict[str, Store]

    def location(self, name: str = "", lag: float = 0, world: World | None = None) -> Location:
        """A location with a cache of its own, which hears of changes `lag` seconds later."""
        return Location(self.distribution, self.functions, self.origin, self.stores, world, name, lag)

    async def remember(self) -> None:
        """Keep what the stores held, for locations that lag; for as long as this runs."""
        await asyncio.gather(*(store.watch() for store in self.stores.values()))

    async def ended(self) -> None:
        """Wait until a process that is needed ends, and say which."""
        while not (name := self._gone()):
            await asyncio.sleep(_LOOK_SECONDS)
        raise LocalError(f"{name} has ended by itself: start again")

    def _gone(self) -> str:
        if self.emulator.process.poll() is not None:
            return "the emulated AWS"
        return "" if self.functions.process.returncode is None else "the process that runs the edge functions"

    async def explained(self, lost: Exception) -> LocalError:
        """In one line why a connection was lost: mostly a process has ended, which shows a moment later."""
        if isinstance(lost, OSError) and lost.filename:  # no connection, but somebody's file
            return LocalError(str(lost))
        with contextlib.suppress(TimeoutError):
            try:
                await asyncio.wait_for(self.ended(), _END_SECONDS)
            except LocalError as why:
                return why
        return LocalError(f"the emulated AWS does not answer ({lost}): start again")


@contextlib.asynccontextmanager
async def edge_of(stack: Stack, memory: float = 0) -> AsyncIterator[Edge]:
    """The edge of a deployed stack, with its functions running; `memory`: the longest lag of a location."""
    emulator = stack.emulator
    distribution = await asyncio.to_thread(read_distribution, emulator, stack)
    functions = await Functions.start(distribution.functions)
    try:
        connector = aiohttp.TCPConnector(limit=50)
        options: dict[str, Any] = {"headers": emulator.headers, "auto_decompress": False}
        async with aiohttp.ClientSession(connector=connector, **options) as session:
            origin = Origin(session, emulator.url, distribution)
            stores = {name: Store(session, emulator.url, arn, memory) for name, arn in distribution.stores.items()}
            yield Edge(emulator, distribution, functions, origin, stores)
    finally:
        await functions.close()


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
