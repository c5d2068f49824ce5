"""A deployed stack behind edges of its own, driven from a test: publish, switch, hold requests back, see each visit.

The edge runs in a thread, because the browser's synchronous interface has the test's own.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from local.cloud.stack import Stack
from local.cloud.system import deployed
from local.commands.publication import publish, upload
from local.edge.events import Request
from local.edge.front import Front
from local.edge.functions import Functions
from local.edge.location import Location, World
from local.edge.network import Edge, edge_of
from local.edge.visit import Visit
from uploader import deployment
from workbench.protections import Protection
from workbench.site import until

T = TypeVar("T")
WORLDS = [World(handed_on=a, metadata_on_304=b) for a in (True, False) for b in (True, False)]


def world_name(world: World) -> str:
    """A test's name for what AWS does not say."""
    return (
        f"header {'seen' if world.handed_on else 'lost'}, 304 {'with' if world.metadata_on_304 else 'without'} metadata"
    )


class Served:
    """One address for browsers: its visits, and requests that wait until they are let go."""

    def __init__(self, stage: Stage, locations: list[Location]) -> None:
        self.stage, self.locations = stage, locations
        self.visits: list[Visit] = []
        self.url = ""
        self._held: Callable[[Request], bool] = lambda _: False
        self._free = asyncio.Event()
        self._waiting = 0
        self._random = random.Random(1)

    @property
    def waiting(self) -> int:
        """How many requests are held back now."""
        return self._waiting

    @contextlib.contextmanager
    def holding(self, wanted: Callable[[Request], bool]) -> Iterator[Callable[[], None]]:
        """Hold back the requests that are `wanted`, until the block ends or what it gives is called."""
        self.stage.run(self._hold(wanted))
        try:
            yield lambda: self.stage.run(self._hold(None))
        finally:
            self.stage.run(self._hold(None))

    def forget(self) -> None:
        """Empty the edge's caches."""
        for location in self.locations:
            location.cache.clear()

    async def choose(self, request: Request) -> Location:
        if self._held(request):
            self._waiting += 1
            await self._free.wait()
            self._waiting -= 1
        return self._random.choice(self.locations)

    async def _hold(self, wanted: Callable[[Request], bool] | None) -> None:
        self._held = wanted or (lambda _: False)
        if wanted:
            self._free.clear()
        else:
            self._free.set()


class Stage:
    """A deployed stack, its edge, and a thread in which the edge runs."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._resources = AsyncExitStack()
        self.edge: Edge = self.run(self._resources.enter_async_context(edge_of(stack, memory=30)))

    def run(self, work: Coroutine[None, None, T]) -> T:
        """Do `work` in the edge's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def spawn(self, work: Coroutine[None, None, None]) -> Future[None]:
        """Begin `work` in the edge's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def publish(self, folder: Path, routing: str = "mixed", *, pool: bool = True) -> str:
        """A new deployment, live at once; its ID. Without `pool` hashed files lie in its folder, as the others do."""
        with pytest.MonkeyPatch.context() as patch:
            if not pool:
                patch.setattr(deployment, "is_hashed", lambda _: False)
            return publish(self.stack, folder, routing, "test").deployment

    def upload(self, folder: Path, routing: str = "mixed") -> str:
        """A new deployment that is complete and not live; its ID."""
        return upload(self.stack, folder, routing, "test").deployment

    def switch(self, deployment: str) -> None:
        """Make a deployment live that exists."""
        answer = self.stack.ask(action="promote", deployment=deployment, by="test")
        assert answer["outcome"] in ("published", "duplicate"), answer

    @contextlib.contextmanager
    def serving(
        self,
        world: World | None = None,
        without: Protection | None = None,
        lags: tuple[float, ...] = (0,),
    ) -> Iterator[Served]:
        """An address with empty caches, one for each of the edge locations' lags; perhaps `without` a protection."""
        resources = AsyncExitStack()
        try:
            yield self.run(self._serve(resources, world, without, lags))
        finally:
            self.run(resources.aclose())

    async def _serve(
        self, resources: AsyncExitStack, world: World | None, without: Protection | None, lags: tuple[float, ...]
    ) -> Served:
        edge = self.edge
        if without:
            distribution = without.removed_from(edge.distribution)
            functions = await Functions.start(distribution.functions)
            resources.push_async_callback(functions.close)
            edge = replace(edge, distribution=distribution, functions=functions)
        served = Served(self, [edge.location(f"{lag} s", lag, world) for lag in lags])
        front = Front(served.choose, served.visits.append)
        served.url = await front.start(0)
        resources.push_async_callback(front.close)
        if any(lags):
            task = asyncio.ensure_future(edge.remember())
            resources.callback(task.cancel)
        return served

    def close(self) -> None:
        """End the edge and its thread."""
        self.run(self._resources.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextlib.contextmanager
def staged() -> Iterator[Stage]:
    """A stage on a stack and an emulator of its own."""
    with deployed() as stack:
        stage = Stage(stack)
        try:
            yield stage
        finally:
            stage.close()


__all__ = ["WORLDS", "Served", "Stage", "staged", "until", "world_name"]
