"""A page of its own that shows what is live and switches, for the person at this machine and nobody else.

So nobody else's page may ask it (`instant_hosting.who`), a change needs a token that only this page carries, and
nobody may frame it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast

from aiohttp import web
from botocore.exceptions import BotoCoreError, ClientError

from contract import Request
from instant_hosting.who import is_foreign, is_ours
from local.cloud.stack import Stack
from local.commands.overview import Overview, Shown
from local.edge.front import listen
from local.errors import LocalError

_PAGE = Path(__file__).resolve().parent / "dashboard.html"
_LOOK_SECONDS = 0.3
_ALIVE_SECONDS = 15  # a comment that often, so that a closed page is noticed
_ACTIONS: Mapping[str, Mapping[str, type]] = {
    "promote": {"deployment": str, "seen": str},
    "rollback": {"seen": str},
    "hold": {"reason": str},
    "release": {"publish": bool, "seen": str},
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _OnPage(Shown):
    """What an open page gets: all that it shows, and where the site is."""

    site: str


class Dashboard:
    """The page, what it shows, and what it may ask the publisher."""

    def __init__(self, stack: Stack, site: str) -> None:
        self._stack, self._site, self._overview = stack, site, Overview(stack)
        self._token, self._nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
        self._shown: _OnPage | None = None
        self._changed = asyncio.Condition()
        self._number = 0
        self._runner: web.AppRunner | None = None

    async def start(self, port: int) -> str:
        """Listen; the address for a browser."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/", self._page)
        app.router.add_get("/events", self._events)
        app.router.add_post("/ask", self._ask)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        return await listen(self._runner, port, "--dashboard")

    async def close(self) -> None:
        """Listen no more."""
        if self._runner:
            await self._runner.cleanup()

    async def watch(self) -> None:
        """Look what there is and tell open pages of each change, for as long as this runs."""
        before = None
        while True:
            with suppress(ClientError):  # what it looked at has just been pruned: it looks again
                now = await asyncio.to_thread(self._overview.glance)
                if now != before:
                    shown = await asyncio.to_thread(self._overview.look, now)
                    before = now
                    async with self._changed:
                        self._shown, self._number = {**shown, "site": self._site}, self._number + 1
                        self._changed.notify_all()
            await asyncio.sleep(_LOOK_SECONDS)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_ours(request.host):
            return web.Response(status=421, text="this page is for localhost only\n")
        if is_foreign(request.headers, f"http://{request.host}"):
            return web.Response(status=403, text="this page is for nobody else's\n")
        token = request.headers.get("x-token", "").encode(errors="surrogateescape")  # as aiohttp decoded it
        if request.method != "GET" and not secrets.compare_digest(token, self._token.encode()):
            return web.Response(status=403, text="a change needs the token of the page\n")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(self._headers())
        return response

    def _headers(self) -> dict[str, str]:
        allowed = f"default-src 'none'; connect-src 'self'; style-src 'nonce-{self._nonce}'"
        return {
            "Content-Security-Policy": f"{allowed}; script-src 'nonce-{self._nonce}'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'",
            "Cache-Control": "no-store",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }

    async def _page(self, _: web.Request) -> web.Response:
        text = _PAGE.read_text(encoding="utf-8").replace("$TOKEN", self._token).replace("$NONCE", self._nonce)
        return web.Response(text=text, content_type="text/html")

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: all there is, and again after each change."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **self._headers()})
        await response.prepare(request)
        number = 0
        while True:
            try:
                async with asyncio.timeout(_ALIVE_SECONDS), self._changed:
                    await self._changed.wait_for(lambda: self._number > number)  # noqa: B023  # waits within the turn
                    number, line = self._number, f"data: {json.dumps(self._shown)}\n\n"
            except TimeoutError:
                line = ": still here\n\n"
            try:
                await response.write(line.encode())
            except ConnectionError:
                return response

    async def _ask(self, request: web.Request) -> web.Response:
        try:
            wish = _wish(await request.read())
        except (ValueError, TypeError, LookupError, RecursionError, web.RequestPayloadError):
            return web.json_response({"outcome": "refused", "reason": "not a request of this page"}, status=400)
        try:
            return web.json_response(await asyncio.to_thread(self._stack.ask, **wish))
        except (LocalError, BotoCoreError, ClientError) as error:
            return web.json_response({"outcome": "failed", "reason": str(error)}, status=500)


def _wish(body: bytes) -> Request:
    """What the page asks for; whatever a parser raises if the body is nothing that the page sends."""
    given = json.loads(body.decode())
    wish = {"action": given["action"], "by": "dashboard"}
    for name, kind in _ACTIONS[given["action"]].items():
        if name in given:
            wish[name] = given[name]
            if type(given[name]) is not kind:
                raise TypeError(name)
    json.dumps(wish, ensure_ascii=False).encode()  # half a pair of surrogates is no text
    return cast("Request", wish)
