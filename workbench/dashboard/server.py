"""Serves the real page with a recorded state, and remembers what the page asks for.

No stack is behind it, so that a state which a stack seldom has is shown at once.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import TypeVar

from aiohttp import web

from dashboard.page import assemble
from workbench.dashboard.records import Json, Recorded

T = TypeVar("T")
_NO_ROW: Json = {"error": "There is no such deployment.", "remedy": "", "health": None}


class Server:
    """A dashboard without a stack: `show` changes what all open pages are told."""

    def __init__(self, recorded: Recorded) -> None:
        self.recorded, self.asked = recorded, list[Json]()
        self.looked_at: list[str] = []  # the site of each page, as it said when it began to listen
        self.answer: Json = {"outcome": "published", "text": "It is live.", "reason": "", "after": ""}
        self.answered = asyncio.Event()
        self.answered.set()
        self.port = 0
        self._pages = set[asyncio.Queue[Json]]()
        self._open = set[asyncio.Task[None]]()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://localhost:{self.port}"

    def run(self, work: Coroutine[None, None, T]) -> T:
        """Do `work` in the server's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def start(self) -> None:
        """Listen: the first time on a free port, then on the same one, with a new token."""
        self.run(self._start())

    def stop(self) -> None:
        """Answer nobody any more."""
        self.run(self._stop())

    def show(self, recorded: Recorded) -> None:
        """Tell all pages another state."""
        self.run(self._show(recorded))

    def end(self) -> None:
        """Stop for good."""
        self.stop()
        self.run(asyncio.sleep(0.1))  # until what was being sent is sent
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        self._token, self._run = secrets.token_urlsafe(8), secrets.token_urlsafe(8)
        app = web.Application()
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/events", self._events),
                web.get("/deployments", self._rows),
                web.get("/deployment", self._row),
                web.get("/log", self._log),
                web.get("/traffic", self._traffic),
                web.post("/ask", self._ask),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "localhost", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        for site in tuple(self._runner.sites) if self._runner else ():
            await site.stop()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        if self._runner:
            await self._runner.cleanup()

    async def _show(self, recorded: Recorded) -> None:
        self.recorded = recorded
        for page in self._pages:
            page.put_nowait(recorded.message)

    async def _log(self, _: web.Request) -> web.Response:
        return web.json_response(self.recorded.log)

    async def _traffic(self, _: web.Request) -> web.Response:
        return web.json_response(self.recorded.traffic)

    async def _page(self, _: web.Request) -> web.Response:
        nonce = secrets.token_urlsafe(8)
        own = f"style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src data:"
        policy = f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        return web.Response(text=assemble(self._token, nonce), content_type="text/html", headers=headers)

    async def _events(self, request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        news: asyncio.Queue[Json] = asyncio.Queue()
        news.put_nowait(self.recorded.message)
        self.looked_at.append(request.query.get("site", ""))
        self._pages.add(news)
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        try:
            await response.prepare(request)
            while True:
                await response.send_json({**await news.get(), "run": self._run})
        except ConnectionError:
            return response
        finally:
            self._pages.discard(news)
            self._open.discard(task)

    async def _rows(self, request: web.Request) -> web.Response:
        rows = self.recorded.rows.get(request.query["site"], [])
        sparse = [{name: value for name, value in row.items() if value not in ("", 0, None, [])} for row in rows]
        return web.json_response({"revision": "1", "rows": sparse, "older_builds": False})

    async def _row(self, request: web.Request) -> web.Response:
        rows = self.recorded.rows.get(request.query["site"], [])
        row = next((row for row in rows if row["id"] == request.query["id"]), None)
        more = self.recorded.more.get(request.query["id"])
        return web.json_response({**row, **more} if row and more else _NO_ROW, status=200 if row and more else 404)

    async def _ask(self, request: web.Request) -> web.Response:
        if request.headers.get("X-Token") != self._token:
            return web.Response(status=403, text="A change needs the token of the page.\n")
        self.asked.append(await request.json())
        await self.answered.wait()
        return web.json_response(self.answer)


@contextmanager
def serving(recorded: Recorded) -> Iterator[Server]:
    """A server of this state, for as long as the block runs."""
    server = Server(recorded)
    server.start()
    yield server
    server.end()
