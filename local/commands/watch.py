"""Notices that a folder has changed and come to rest: looking suits every file system, and folders are small.

A build writes into the folder that is watched, each tool into places of its own, and somebody may save a file while it
runs. So the watch learns what builds write; what it cannot tell it takes for a change, once.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

_LOOK_SECONDS = 0.25  # two looks that agree are rest: long enough for an editor that saves, short for a person
_PASSED_OVER = ("node_modules", ".git")
# A file that somebody has changed is a build's only if more builds in a row have touched it: people save often
_SAVED_AND_BUILT = 3
Look = dict[str, tuple[int, int]]


class Watch:
    """The changes of a folder, but for those in its folder `output`, and but for what builds write."""

    def __init__(self, folder: Path, output: Path | None = None) -> None:
        self._folder, self._output = folder, output
        self._edited: set[str] = set()  # changed while nothing was built
        self._built: set[str] = set()  # files that builds write, and folders in which they make and remove files
        if output and output.parent != folder:
            self._built.add(str(output.parent))
        self._touched: dict[str, int] = {}  # in so many builds in a row, up to the last one
        self._known = self._look()

    async def changes(self) -> AsyncIterator[None]:
        """Come back each time the folder differs from what is known and two looks in a row agree."""
        before = self._known
        while True:
            now = await asyncio.to_thread(self._look)
            if now == before and now != self._known:
                self._edited |= (_differing(self._known, now) & now.keys() & self._known.keys()) - self._touched.keys()
                self._known = now
                yield
            before = now
            await asyncio.sleep(_LOOK_SECONDS)

    def catch_up(self) -> None:
        """Take all as known that there is now."""
        self._known = self._look()

    @contextmanager
    def building(self) -> Iterator[None]:
        """What the build inside writes is known then; what somebody changes meanwhile is not."""
        before = self._look()
        try:
            yield
        finally:
            self._learn(before, self._look())

    def _learn(self, before: Look, after: Look) -> None:
        differing = _differing(before, after)
        folders = {str(folder) for path in before for folder in Path(path).parents}
        homes = {path: _home(path, folders) for path in differing if (path in before) != (path in after)}
        self._count(differing | set(homes.values()))
        for path in differing - self._edited:
            if self._hidden(path) or not self._built.isdisjoint((path, homes.get(path))):
                if path in after:
                    self._known[path] = after[path]
                else:
                    self._known.pop(path, None)

    def _count(self, touched: set[str]) -> None:
        """What one build after another touches, builds write."""
        self._touched = {name: self._touched.get(name, 0) + 1 for name in touched}
        for name, builds in self._touched.items():
            if builds > (_SAVED_AND_BUILT if name in self._edited else 1):
                self._edited.discard(name)
                self._built.add(name)

    def _hidden(self, path: str) -> bool:
        """Whether it is where tools keep what is theirs."""
        return any(name.startswith(".") for name in Path(path).relative_to(self._folder).parent.parts)

    def _look(self) -> Look:
        """Size and time of all files that count."""
        files_seen: Look = {}
        output = str(self._output)
        for here, folders, files in os.walk(self._folder):
            # os.path: there are thousands of files, and a Path for each, four times a second, is too slow
            folders[:] = [name for name in folders if name not in _PASSED_OVER and os.path.join(here, name) != output]  # noqa: PTH118  # see above
            for name in files:
                path = os.path.join(here, name)  # noqa: PTH118  # see above
                try:
                    status = os.stat(path)  # noqa: PTH116  # see above
                except OSError:
                    continue  # gone since it was listed
                files_seen[path] = (status.st_mtime_ns, status.st_size)
        return files_seen


def _differing(one: Look, other: Look) -> set[str]:
    return {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


def _home(path: str, folders: set[str]) -> str:
    """The nearest folder above that was there before: a build may name a new one each time."""
    return next((str(folder) for folder in Path(path).parents if str(folder) in folders), "")
