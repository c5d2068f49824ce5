"""Makes a server on this machine seem far away: what goes to it and comes back takes its time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class _Proxy:
    """Forwards TCP connections to `target`, each packet half a round trip late; a new connection costs one."""

    def __init__(self, target: int, round_trip: float) -> None:
        self.target, self.round_trip = target, round_trip
        self.loop = asyncio.new_event_loop()
        self.connections: set[asyncio.Task[None]] = set()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.connections.add(task)
        task.add_done_callback(self.connections.discard)
        with suppress(asyncio.CancelledError):  # it ends when the test does
            await asyncio.sleep(self.round_trip)  # the handshake
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
            try:
                await asyncio.gather(self._forward(reader, back), self._forward(there, writer))
            finally:
                back.close()
        writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                data = await reader.read(65536)
            except ConnectionError:
                data = b""
            self.loop.call_later(self.round_trip / 2, self._deliver, writer, data)
            if not data:
                return

    def _deliver(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        if data:
            writer.write(data)
        else:
            writer.close()

    async def end(self, server: asyncio.Server) -> None:
        server.close()
        for task in list(self.connections):
            task.cancel()
            await asyncio.wait([task])


@contextmanager
def far_away(target: int, round_trip: float) -> Iterator[int]:
    """Give a port behind which `target` is `round_trip` seconds away."""
    proxy = _Proxy(target, round_trip)
    thread = threading.Thread(target=proxy.loop.run_forever, daemon=True)
    thread.start()
    starting = asyncio.start_server(proxy.connect, "127.0.0.1", 0, backlog=256)
    server = asyncio.run_coroutine_threadsafe(starting, proxy.loop).result(30)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(proxy.end(server), proxy.loop).result(30)
        proxy.loop.call_soon_threadsafe(proxy.loop.stop)
        thread.join()
        proxy.loop.close()
