"""Keeps what the page shows up to date for as long as somebody looks, and comes back by itself from every trouble."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Coroutine, Mapping
from typing import Any

from contract import VERSION
from dashboard.health import LOADING, health, health_of
from dashboard.looking import Looked, moment_now
from dashboard.shown import Health, Page
from dashboard.sites import Sites, key_of
from dashboard.viewers import OF_AWS, OF_THIS_MACHINE, Viewers
from deployments.command import Site, requester

_FIND_EVERY = 300.0  # seconds: a new stack is rare
_PATIENCE = 20.0  # seconds after which an answer counts as none
_AGAIN = {True: 0.5, False: 5.0}  # seconds before another try, on this machine and with AWS
_RENEWED = ("disconnected", "expired")  # what another login or another start of what is watched mends


class Following:
    """The sites, each looked at by a task of its own; `changed` tells of every change."""

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self.looked: dict[str, Looked] = {}
        self.viewers = Viewers(OF_THIS_MACHINE if sites.local else OF_AWS)
        self.changed = asyncio.Condition()
        self.number = 0
        self._health: Health = LOADING
        self._before: object = None
        self._run = secrets.token_urlsafe(9)
        self._by = requester()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._wakes: dict[str, asyncio.Event] = {}
        self._lost = asyncio.Event()

    def page(self) -> Page:
        """What an open page is sent."""
        return {
            "version": VERSION,
            "run": self._run,
            "by": self._by,
            "now": moment_now(),
            "health": self._health,
            "sites": [one.shown() for one in self.looked.values()],
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
                failed = await self._find()
                await self._tell()
                await _until(self._lost, _AGAIN[self._sites.local] if failed else _FIND_EVERY)
                if self._lost.is_set():
                    await asyncio.sleep(_AGAIN[self._sites.local])
        finally:
            await _end(self._tasks.values())
            self._tasks.clear()

    async def _find(self) -> bool:
        """Take up the sites that are there now; whether they could not be told."""
        try:
            found = {key_of(site): site for site in await asyncio.to_thread(self._sites.find)}
        except Exception as error:  # whatever it is: the page would end, and with it the way back
            self._health = health_of(error)
            for one in self.looked.values():
                one.health = self._health
            return True
        self._health = health("ok", "" if found else self._sites.none())
        await self._take(found)
        return False

    async def _take(self, found: Mapping[str, Site]) -> None:
        for key in [*self.looked]:
            if key not in found or _is_another(self.looked[key], found[key]):
                await _end([self._tasks.pop(key)] if key in self._tasks else [])
                del self.looked[key], self._wakes[key]
        for key, site in found.items():
            if key not in self.looked:
                self.looked[key], self._wakes[key] = await asyncio.to_thread(Looked, site), asyncio.Event()
            elif self.looked[key].health["state"] != "ok":
                await asyncio.to_thread(self.looked[key].connect, site)
                self.wake(key)
            if key not in self._tasks:
                self._tasks[key] = asyncio.create_task(self._follow(key))

    async def _follow(self, key: str) -> None:
        looked, wake = self.looked[key], self._wakes[key]
        while True:
            await self.viewers.somebody()
            wake.clear()
            await self._look(looked)
            pace = self.viewers.pace(key)
            if looked.health["state"] != "ok":
                pace = max(pace, _AGAIN[self._sites.local])
            await _until(wake, pace)

    async def _look(self, looked: Looked) -> None:
        """One look, and the list after it; trouble is shown, and what another login may mend is tried anew."""
        try:
            await self._patiently(looked, asyncio.to_thread(looked.look))
            await self._tell()
            while await self._watched(asyncio.to_thread(looked.revise)):
                pass
        except Exception as error:  # whatever it is: a task that ended would show what was as what is
            looked.health = health_of(error)
            if looked.health["state"] in _RENEWED:
                self._lost.set()
        await self._tell()

    async def _patiently(self, looked: Looked, work: Coroutine[Any, Any, None]) -> None:
        """Wait for `work`; if it takes too long say so, and go on to wait."""
        task = asyncio.ensure_future(work)
        done, _ = await asyncio.wait({task}, timeout=_PATIENCE)
        if not done:
            looked.health = health("disconnected", f"no answer within {_PATIENCE:.0f} s", "check the network")
            await self._tell()
        await task

    async def _watched(self, work: Coroutine[Any, Any, bool]) -> bool:
        """Wait for the list, and tell how far it is."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.wait({task}, timeout=0.5)
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


def _is_another(looked: Looked, site: Site) -> bool:
    """Whether what is there now has only the name of what was there: another local system, another bucket."""
    before, now = looked.site, site
    return (before.cloud.endpoint, before.stack.bucket) != (now.cloud.endpoint, now.stack.bucket)


async def _until(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass


async def _end(tasks: Any) -> None:
    ended = [*tasks]
    for task in ended:
        task.cancel()
    await asyncio.gather(*ended, return_exceptions=True)
