"""The web server in front of the edge: plain HTTP on loopback, where browsers allow what they demand HTTPS for.

http://localhost is a secure context: service workers and `Secure` cookies work there, without a certificate.
"""

from __future__ import annotations

import errno
import inspect
import socket
from collections.abc import Awaitable, Callable

from aiohttp import ClientError, web

from instant_hosting.who import is_ours
from local.edge.events import Request
from local.edge.location import Location
from local.edge.visit import Visit
from local.errors import LocalError

Choose = Callable[[Request], Location | Awaitable[Location]]


class Front:
    """Serves what the location gives that `choose` names for each request; `tell` hears of every visit."""

    def __init__(self, choose: Choose, tell: Callable[[Visit], None]) -> None:
        self._choose, self._tell = choose, tell
        self._runner: web.ServerRunner | None = None

    async def start(self, port: int) -> str:
        """Listen; the address for a browser. Port 0 is any free one."""
        # no routing and no normalizing in between: the path must reach the edge as the browser sent it
        self._runner = web.ServerRunner(web.Server(self._serve))
        return await listen(self._runner, port, "--port")

    async def close(self) -> None:
        """Listen no more."""
        if self._runner:
            await self._runner.cleanup()

    async def _serve(self, received: web.BaseRequest) -> web.StreamResponse:
        if not is_ours(received.headers.get("host", "")):  # CloudFront has no site of that name either
            what = "this site is here as localhost only: open it as http://localhost, with the same port"
            return web.Response(status=421, text=f"{what}\n")
        path, mark, query = received.raw_path.partition("?")
        headers = {name.lower(): ", ".join(received.headers.getall(name)) for name in received.headers}
        request = Request(received.method, path, query if mark else None, headers)
        chosen = self._choose(request)
        location = await chosen if inspect.isawaitable(chosen) else chosen
        try:
            answer, visit = await location.answer(request)
        except (ClientError, LocalError, OSError) as error:  # what answers is gone; the terminal says so
            return web.Response(status=502, text=f"no answer: {error}\n")
        self._tell(visit)
        response = web.Response(status=answer.status, body=answer.body)
        response.headers.clear()
        for name, value in answer.headers:
            response.headers.add(name, value)
        return response


def check(port: int, option: str) -> None:
    """Refuse a port that is taken, which `option` chose, before anything has been started for it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise _explained(error, port, option) from None


async def listen(runner: web.BaseRunner, port: int, option: str) -> str:
    """Serve `runner` on loopback, at the port that `option` chose; the address for a browser."""
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError as error:
        await runner.cleanup()
        raise _explained(error, port, option) from None
    return f"http://localhost:{runner.addresses[0][1]}"


def _explained(error: OSError, port: int, option: str) -> Exception:
    if error.errno != errno.EADDRINUSE:
        return error
    return LocalError(f"port {port} is taken by another program: end that one, or choose with {option}")
