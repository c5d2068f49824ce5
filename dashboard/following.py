"""Keeps what the page shows up to date for as long as somebody looks, and comes back by itself from every trouble.

An open page must not end because AWS, a login or the network did.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping

from contract import VERSION
from dashboard.builds import moment
from dashboard.health import LOADING, health, health_of
from dashboard.program import Program
from dashboard.shown import Health, Page
from dashboard.sites import Missing, Place, Sites
from dashboard.telling import told_of, told_of_missing
from dashboard.viewers import Viewers
from dashboard.watching import Watched

_FIND_EVERY = 300.0  # seconds: a new stack is rare
_MISSING_EVERY = 30.0  # where one is missing that somebody waits for
_PROGRESS_EVERY = 0.5  # seconds, while a long list is read
_PATIENCE = 20.0  # seconds after which an answer counts as none
_RENEWED = ("disconnected", "expired")  # what another login or another start of what is watched mends


class Following:
    """The sites, each looked at by a task of its own; `changed` tells of every change."""

    def __init__(self, sites: Sites, program: Program) -> None:
        self._sites, self._program = sites, program
        self._run = program.secret()
        self.watched: dict[str, Watched] = {}
        self._missing: Mapping[str, Missing] = {}
        self.viewers = Viewers(sites.paces)
        self.changed = asyncio.Condition()
        self.number = 0
        self._health: Health = LOADING
        self._before: object = None
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._wakes: dict[str, asyncio.Event] = {}
        self._lost = asyncio.Event()

    def page(self) -> Page:
        """What an open page is sent."""
        return {
            "version": VERSION,
            "run": self._run,
            "by": self._program.by,
            "now": moment(self._program.now()),
            "health": self._health,
            "sites": [
                *(told_of(one) for one in self.watched.values()),
                *(told_of_missing(key, one) for key, one in self._missing.items()),
            ],
        }

    def wake(self, key: str = "") -> None:
        """Look now: something was done, or somebody has come."""
        for name, wake in self._wakes.items():
            if key in ("", name):
                wake.set()

    async def run(self) -> None:
        """Find the sites, and again when one is lost; for as long as this runs."""
        try:
            while True:
                await self.viewers.somebody()
                self._lost.clear()
                pause = await self._find()
                await self._tell()
                await _until(self._lost, pause)
                if self._lost.is_set():
                    await asyncio.sleep(self._sites.paces.again)
        finally:
            await _end(self._tasks.values())
            self._tasks.clear()

    async def _find(self) -> float:
        """Take up the sites that are there now; after how many seconds it is worth looking again."""
        try:
            found = await asyncio.to_thread(self._sites.find)
            await self._take(found.places)
        except Exception as error:  # whatever it is: the page would end, and with it the way back
            self._health = health_of(error)
            for one in self.watched.values():
                one.lose(self._health)
            return self._sites.paces.again
        self._missing = found.missing
        self._health = health("ok", "" if found.places or found.missing else self._sites.none())
        return _MISSING_EVERY if found.missing else _FIND_EVERY

    async def _take(self, places: Mapping[str, Place]) -> None:
        for key in [*self.watched]:
            if key not in places or self.watched[key].way.place.owner != places[key].owner:
                await _end([self._tasks.pop(key)] if key in self._tasks else [])
                del self.watched[key], self._wakes[key]
        for key, place in places.items():
            if key not in self.watched:
                watched = await asyncio.to_thread(Watched, place, self._program.now, self._sites.paces.sparing)
                self.watched[key], self._wakes[key] = watched, asyncio.Event()
            elif self.watched[key].health["state"] != "ok":
                await asyncio.to_thread(self.watched[key].connect, place)
                self.wake(key)
            if key not in self._tasks:
                self._tasks[key] = asyncio.create_task(self._follow(key))

    async def _follow(self, key: str) -> None:
        watched, wake = self.watched[key], self._wakes[key]
        while True:
            await self.viewers.somebody()
            wake.clear()
            await self._look(watched)
            pace = self.viewers.pace(key)
            if watched.health["state"] != "ok":
                pace = max(pace, self._sites.paces.again)
            await _until(wake, pace)

    async def _look(self, watched: Watched) -> None:
        """One look, and the list after it; trouble is shown, and what another login may mend is tried anew."""
        try:
            await self._patiently(watched, asyncio.to_thread(watched.look))
            await self._tell()
            while await self._watched(asyncio.to_thread(watched.revise)):
                pass
        except Exception as error:  # whatever it is: a task that ended would show what was as what is
            watched.lose(health_of(error))
            if watched.health["state"] in _RENEWED:
                self._lost.set()
        await self._tell()

    async def _patiently(self, watched: Watched, work: Awaitable[None]) -> None:
        """Wait for `work`; if it takes too long say so, and go on to wait."""
        task = asyncio.ensure_future(work)
        done, _ = await asyncio.wait({task}, timeout=_PATIENCE)
        if not done:
            watched.lose(health("disconnected", f"no answer within {_PATIENCE:.0f} s", "check the network"))
            await self._tell()
        await task

    async def _watched(self, work: Awaitable[bool]) -> bool:
        """Wait for the list, and tell how far it is."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.wait({task}, timeout=_PROGRESS_EVERY)
            await self._tell()
        return task.result()

    async def _tell(self) -> None:
        """Tell open pages, if there is something new to them."""
        page = self.page()
        now = page["health"], [{**site, "asked": ""} for site in page["sites"]]
        if now == self._before:
            return
        self._before = now
        async with self.changed:
            self.number += 1
            self.changed.notify_all()


async def _until(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass


async def _end(tasks: Iterable[asyncio.Task[None]]) -> None:
    ended = [*tasks]
    for task in ended:
        task.cancel()
    await asyncio.gather(*ended, return_exceptions=True)
