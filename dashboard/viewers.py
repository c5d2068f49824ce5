"""Who looks at the page, and so how often it is worth asking: nobody, somebody whose tab is hidden, or a person."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Paces(NamedTuple):
    """Seconds between two looks at a site.

    looked_at, beside: at the one that somebody looks at, and at the others of the page
    hidden: where all tabs are hidden
    again: after a look that failed
    sparing: whether what is rarely news is left out of most looks
    """

    looked_at: float
    beside: float
    hidden: float
    again: float
    sparing: bool


# AWS costs a little with each question, and refuses who asks too often; what runs here does not.
OF_AWS, OF_THIS_MACHINE = Paces(5, 30, 60, 5, True), Paces(0.5, 0.5, 5, 0.5, False)


class _Viewer(NamedTuple):
    site: str
    hidden: bool


class Viewers:
    """The open pages."""

    def __init__(self, paces: Paces) -> None:
        self._paces = paces
        self._open: list[_Viewer] = []
        self._come = asyncio.Event()

    @contextmanager
    def looking(self, site: str, hidden: bool) -> Iterator[None]:
        """A page is open for as long as this block."""
        viewer = _Viewer(site, hidden)
        self._open.append(viewer)
        self._come.set()
        try:
            yield
        finally:
            self._open.remove(viewer)
            if not self._open:
                self._come.clear()

    async def somebody(self) -> None:
        """Wait until a page is open."""
        await self._come.wait()

    def pace(self, site: str) -> float:
        """Seconds between two looks at the site."""
        open_here = [self._of(viewer, site) for viewer in self._open]
        return min(open_here, default=self._paces.hidden)

    def _of(self, viewer: _Viewer, site: str) -> float:
        if viewer.hidden:
            return self._paces.hidden
        return self._paces.looked_at if viewer.site in ("", site) else self._paces.beside
