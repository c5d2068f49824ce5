"""Notices that a folder has changed and come to rest: looking suits every file system, and folders are small."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Collection
from pathlib import Path

_LOOK_SECONDS = 0.25
Look = dict[str, tuple[int, int]]


def look(folder: Path, passed_over: Collection[str] = ("node_modules", ".git")) -> Look:
    """Size and time of all files below `folder`, without folders of these names."""
    found: Look = {}
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in passed_over]
        for name in files:
            path = os.path.join(here, name)  # noqa: PTH118  # thousands of them, four times a second
            try:
                status = os.stat(path)  # noqa: PTH116
            except OSError:
                continue  # gone since it was listed
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


async def changes(folder: Path, passed_over: Collection[str] = ("node_modules", ".git")) -> AsyncIterator[None]:
    """Come back each time the folder differs from what it was and two looks in a row agree."""
    known = before = await asyncio.to_thread(look, folder, passed_over)
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        now = await asyncio.to_thread(look, folder, passed_over)
        if now == before and now != known:
            known = now
            yield
        before = now


async def never() -> AsyncIterator[None]:
    """Wait without an end."""
    await asyncio.Event().wait()
    yield
