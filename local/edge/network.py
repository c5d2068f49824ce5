"""The edge of a deployed stack: its distribution, functions and stores, and the locations that share them.

Locations share what CloudFront shares, and have caches of their own, because a mixture of versions would show there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp

from local.cloud.emulator import UNREACHABLE, Emulator
from local.cloud.stack import Stack
from local.edge.distribution import Distribution, read_distribution
from local.edge.functions import Functions
from local.edge.location import Location, World
from local.edge.origin import Origin, Store
from local.errors import LocalError

# How a request of the edge fails when who should answer it is gone
LOST = (aiohttp.ClientError, *UNREACHABLE)
_LOOK_SECONDS = 0.2  # between two looks whether a process has ended: at once to a person, and it costs little
_CONNECTIONS = 50  # to the emulated AWS at once; more requests wait
_END_SECONDS = 2  # from a lost connection to the end of the process that had it


@dataclass(frozen=True)
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
        """Keep what the stores held, for as long as this runs; for locations that lag, which only the workbench has."""
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
        connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
        async with aiohttp.ClientSession(
            connector=connector, headers=emulator.headers, auto_decompress=False
        ) as session:
            origin = Origin(session, emulator.url, distribution)
            stores = {name: Store(session, emulator.url, arn, memory) for name, arn in distribution.stores.items()}
            yield Edge(emulator, distribution, functions, origin, stores)
    finally:
        await functions.close()
