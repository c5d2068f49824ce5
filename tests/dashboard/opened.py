"""A dashboard with a page open, as a browser has it: its events, its questions and what it asks for."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp

from dashboard.program import Program, this_program
from dashboard.server import Dashboard
from dashboard.sites import Sites

SECONDS = 40


class Opened:
    """The page at `url`, whose newest state is `page`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.page: Any = None
        self._news = threading.Condition()
        text = urllib.request.urlopen(url, timeout=SECONDS).read().decode()
        match = re.search(r'name="token" content="([^"]+)"', text)
        assert match
        self.token = match[1]

    def listen(self) -> None:
        """Take in what the page is told until it leaves, or the server has gone."""
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._listen())

    def leave(self) -> None:
        """Close the page."""
        with contextlib.suppress(RuntimeError):  # it has ended
            self._loop.call_soon_threadsafe(self._listening.cancel)

    async def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task
        self._listening = task
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{self.url}/events") as told:
            async for message in told:
                with self._news:
                    self.page = json.loads(message.data)
                    self._news.notify_all()

    def until(self, is_it: Callable[[Any], object], seconds: float = SECONDS) -> Any:
        """The first state of the page that `is_it` agrees to."""
        end = time.monotonic() + seconds
        with self._news:
            while not (self.page and is_it(self.page)):
                assert self._news.wait(max(0, end - time.monotonic())), self.page
            return self.page

    def site(self, is_it: Callable[[Any], object], name: str = "") -> Any:
        """The first state of the site `name`, or of the first one, that `is_it` agrees to."""

        def found(page: Any) -> list[Any]:
            return [site for site in page["sites"] if (not name or site["name"] == name) and is_it(site)]

        return found(self.until(found))[0]

    def get(self, path: str, **query: str) -> Any:
        """The answer to a question of the page, as JSON; an error has its status as `status`."""
        site = self.page["sites"][0]["site"] if self.page and self.page["sites"] else ""
        address = f"{self.url}/{path}?{urllib.parse.urlencode({'site': site, **query})}"
        return _answer(urllib.request.Request(address))

    def ask(self, action: str, **wish: object) -> Any:
        """The answer to what a person asks."""
        site = self.page["sites"][0]["site"]  # unless the wish names another one
        body = json.dumps({"site": site, "action": action, **wish}).encode()
        return _answer(urllib.request.Request(f"{self.url}/ask", body, {"X-Token": self.token}))


def _answer(request: urllib.request.Request) -> Any:
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return {**json.loads(error.read()), "status": error.code}


@contextlib.contextmanager
def listening(url: str) -> Iterator[Opened]:
    """The page at `url`, open until the block ends."""
    page = Opened(url)
    thread = threading.Thread(target=page.listen)
    thread.start()
    try:
        yield page
    finally:
        page.leave()
        thread.join(SECONDS)


@contextlib.contextmanager
def opened(sites: Sites) -> Iterator[Opened]:
    """The dashboard of `sites` with a page open, until the block ends."""
    with served(sites, this_program()) as url, listening(url) as page:
        yield page


@contextlib.contextmanager
def served(sites: Sites, program: Program, port: int = 0) -> Iterator[str]:
    """The address of the dashboard of `sites`, until the block ends."""
    loop = asyncio.new_event_loop()
    turning = threading.Thread(target=loop.run_forever)
    turning.start()
    dashboard = Dashboard(sites, program)
    try:
        url = asyncio.run_coroutine_threadsafe(dashboard.start(port), loop).result(SECONDS)
        watching = asyncio.run_coroutine_threadsafe(dashboard.watch(), loop)
        yield url
        watching.cancel()
    finally:
        asyncio.run_coroutine_threadsafe(_end(dashboard), loop).result(SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        turning.join(SECONDS)
        loop.close()


async def _end(dashboard: Dashboard) -> None:
    await dashboard.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
