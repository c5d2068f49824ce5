"""The web server of the page: on loopback, for the person at this machine and nobody else.

So neither another user's program (`instant_hosting.peer`) nor somebody's page (`instant_hosting.who`) may ask it, a
change needs a token that only this page carries, and nobody may frame it. No answer has credentials in it.
"""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import Awaitable, Callable
from hmac import compare_digest
from weakref import WeakKeyDictionary

from aiohttp import web

from dashboard.acting import act, wish_of
from dashboard.answers import Answers
from dashboard.following import Following
from dashboard.health import TROUBLES, health, health_of
from dashboard.page import assemble
from dashboard.program import Program
from dashboard.shown import Health
from dashboard.sites import Sites
from deployments.errors import USAGE, Failure
from instant_hosting.peer import is_of_another
from instant_hosting.who import is_foreign, is_ours

ALIVE_SECONDS = 15  # a message that often, so that a closed page is noticed, and an open one knows how old it is
_HEARD = 1024  # bytes, the most that a page may say where it has nothing to say
_LAST_WORDS = 0.1  # seconds that answers have when the program ends
_HERE = "http://localhost with its port"
_STATUS = {"denied": 502, "expired": 502, "disconnected": 502, "loading": 503}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Dashboard:
    """The page, what it shows, and what it may ask the publisher."""

    def __init__(self, sites: Sites, program: Program) -> None:
        self._program = program
        self.following = Following(sites, program)
        self._answers = Answers(self.following, program.now)
        self._token = program.secret()
        self._runner: web.AppRunner | None = None
        self._of_others: WeakKeyDictionary[asyncio.Transport, bool] = WeakKeyDictionary()

    async def start(self, port: int) -> str:
        """Listen; the address for a browser."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/", self._page)
        app.router.add_get("/events", self._tell)
        app.router.add_get("/deployments", self._deployments)
        for name in ("deployment", "log", "traffic"):
            app.router.add_get(f"/{name}", self._asking(name))
        app.router.add_post("/ask", self._ask)
        self._runner = web.AppRunner(app, shutdown_timeout=_LAST_WORDS)
        return await _listen(self._runner, port)

    async def close(self) -> None:
        """Listen no more."""
        if self._runner:
            await self._runner.cleanup()

    async def watch(self) -> None:
        """Keep what is shown up to date, for as long as this runs."""
        await self.following.run()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if await self._is_of_another(request):
            return web.Response(status=403, text="this page is for the user who started it: start one of your own\n")
        if not is_ours(request.host):
            return web.Response(status=421, text=f"this page is for this machine only: open {_HERE}\n")
        if is_foreign(request.headers, f"http://{request.host}"):
            return web.Response(status=403, text=f"no other page may ask this one: open {_HERE} yourself\n")
        token = request.headers.get("x-token", "").encode(errors="surrogateescape")  # as aiohttp decoded it
        if request.method != "GET" and not compare_digest(token, self._token.encode()):
            return web.Response(status=403, text="a change needs the token of the page: reload it\n")
        response = await handler(request)
        if not response.prepared:
            response.headers.update({**_headers(), **response.headers})
        return response

    async def _is_of_another(self, request: web.Request) -> bool:
        """Whether a program of another user asks; a connection keeps its user, so it is looked up once."""
        transport = request.transport
        if not transport:
            return False  # it has ended
        if transport not in self._of_others:
            peer, here = (transport.get_extra_info(name) for name in ("peername", "sockname"))
            user = self._program.user
            self._of_others[transport] = await asyncio.to_thread(is_of_another, peer, here, user)
        return self._of_others[transport]

    async def _page(self, _: web.Request) -> web.Response:
        nonce = self._program.secret()
        response = web.Response(text=assemble(self._token, nonce), content_type="text/html")
        response.headers["Content-Security-Policy"] = _policy(nonce)
        return response

    async def _tell(self, request: web.Request) -> web.WebSocketResponse:
        """All there is, and again after each change, for as long as the page is open.

        It is a WebSocket: of plain connections a browser has six for all tabs together, and would wait for a seventh.
        """
        told = web.WebSocketResponse(max_msg_size=_HEARD)
        try:
            await told.prepare(request)
        except ConnectionError:  # the page has gone already
            return told
        site, hidden = request.query.get("site", ""), "hidden" in request.query
        with self.following.viewers.looking(site, hidden):
            if not hidden:
                self.following.wake()
            telling = asyncio.create_task(_tell_all(told, self.following))
            try:
                await told.receive()  # a page says nothing but that it has gone
            finally:
                telling.cancel()
                await asyncio.gather(telling, return_exceptions=True)
        await told.close()
        return told

    async def _deployments(self, request: web.Request) -> web.Response:
        watched = self._answers.site(request.query)
        if not watched:
            return _unknown()
        if not watched.listing.revision:
            return _failed(health("loading", watched.progress or watched.health["line"], watched.health["remedy"]))
        mark = f'"{watched.listing.revision}"'
        headers = {"ETag": mark}
        if request.headers.get("if-none-match") == mark:
            return web.Response(status=304, headers=headers)
        return web.Response(body=watched.listing.body, content_type="application/json", headers=headers)

    def _asking(self, name: str) -> Handler:
        """The handler for one of the questions that take a thread."""

        async def handler(request: web.Request) -> web.Response:
            watched = self._answers.site(request.query)
            if not watched:
                return _unknown()
            try:
                return web.json_response(await asyncio.to_thread(self._answers.of, name, watched, request.query))
            except ValueError as error:
                return web.json_response({"error": str(error), "remedy": ""}, status=400)
            except TROUBLES as error:
                return _failed(health_of(error))

        return handler

    async def _ask(self, request: web.Request) -> web.Response:
        try:
            wish = wish_of(await request.read())
        except (ValueError, TypeError, LookupError, RecursionError, web.RequestPayloadError):
            reason = "not a request of this page"
            return web.json_response({"outcome": "refused", "text": reason, "reason": reason}, status=400)
        watched = self._answers.site(wish)
        if not watched:
            return _unknown()
        try:
            return web.json_response(await asyncio.to_thread(act, watched.way.site, wish, self._program.by))
        except TROUBLES as error:
            return _not_done(health_of(error))
        finally:
            self.following.wake(watched.way.place.key)


async def _tell_all(told: web.WebSocketResponse, following: Following) -> None:
    while not told.closed:
        number = following.number
        await told.send_str(json.dumps(following.page()))
        await _news(following, number)


async def _news(following: Following, number: int) -> None:
    """Wait for a change, or for the time to say that this is still so."""
    try:
        async with asyncio.timeout(ALIVE_SECONDS), following.changed:
            await following.changed.wait_for(lambda: following.number > number)
    except TimeoutError:
        pass


def _headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": _policy(""),
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _policy(nonce: str) -> str:
    """What a page may load: its own style and script, which carry the nonce, and nothing from elsewhere."""
    own = f"connect-src 'self'; img-src data:; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; " if nonce else ""
    return f"default-src 'none'; {own}base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def _unknown() -> web.Response:
    told = {"outcome": "refused", "error": "no such site on this page", "remedy": "", "text": "no such site"}
    return web.json_response(told, status=404)


def _failed(why: Health) -> web.Response:
    status = _STATUS.get(why["state"], 404)
    return web.json_response({"error": why["line"], "remedy": why["remedy"], "health": why}, status=status)


def _not_done(why: Health) -> web.Response:
    outcome = "failed" if why["state"] == "refused" else why["state"]
    told = {"outcome": outcome, "reason": why["line"], "remedy": why["remedy"], "text": why["line"]}
    return web.json_response({**told, "health": why}, status=502)


async def _listen(runner: web.AppRunner, port: int) -> str:
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError as error:
        await runner.cleanup()
        if error.errno != errno.EADDRINUSE:
            raise
        raise Failure(f"port {port} is taken by another program: end that one, or choose with --port", USAGE) from None
    return f"http://localhost:{runner.addresses[0][1]}"
