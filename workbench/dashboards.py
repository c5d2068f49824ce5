"""The dashboard of a stack that is deployed on this machine, as tests and pictures open it.

One place, so that tests and pictures open it in the same way.
"""

from __future__ import annotations

import asyncio
import os

from dashboard.program import this_program
from dashboard.server import Dashboard
from dashboard.sites import OnThisMachine
from deployments.local_system import LocalSystem
from local.cloud.emulator import REGION
from local.cloud.stack import Stack

_SECONDS = 30


def system_of(stack: Stack, url: str) -> LocalSystem:
    """What `instant-hosting local` would say of the stack, whose site is at `url`."""
    emulator = stack.emulator
    return LocalSystem(emulator.url, emulator.environment(), stack.name, REGION, url, os.getpid(), "")


def dashboard_of(stack: Stack, url: str) -> Dashboard:
    """The dashboard of the stack, whose site is at `url`."""
    return Dashboard(OnThisMachine(system_of(stack, url)), this_program())


async def ready(dashboard: Dashboard) -> None:
    """Watch until the list is there, as if a page had been open for so long."""
    following = dashboard.following
    watching = asyncio.create_task(dashboard.watch())
    with following.viewers.looking("", hidden=False):
        async with asyncio.timeout(_SECONDS), following.changed:
            await following.changed.wait_for(
                lambda: any(one.listing.revision and one.health["state"] == "ok" for one in following.watched.values())
            )
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
