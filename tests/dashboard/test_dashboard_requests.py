"""The dashboard against requests that a parser raises on: the sender is told, with 4xx, and nothing is asked."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator
from typing import Any

import pytest

from contract import REASON_LIMIT
from dashboard.page import script
from dashboard.program import this_program
from dashboard.server import ALIVE_SECONDS, Dashboard
from dashboard.sites import OnThisMachine
from deployments.errors import Failure
from workbench.aside import run_aside


class Nothing:
    """A site that answers nothing: whatever comes as far as the publisher is a failure."""

    def __init__(self) -> None:
        self.way = self.place = self
        self.key = "x"

    @property
    def site(self) -> Any:
        raise Failure("asked")


def deep(depth: int) -> bytes:
    return b"[" * depth + b"1" + b"]" * depth


def test_the_page_takes_a_reason_as_long_as_the_publisher_does() -> None:
    assert f"const REASON_LIMIT = {REASON_LIMIT};" in script()


def test_the_page_waits_for_three_signs_of_life() -> None:
    assert f"const SILENCE = {3 * ALIVE_SECONDS * 1000};" in script()


DEPTHS = [*range(700, 1000, 10), 5000, 200_000]
BODIES: list[bytes] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"hold"',
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b'{"n":' + b"9" * 4301 + b"}",
    b'{"site": "x", "action": []}',
    b'{"site": "x", "action": {}}',
    b'{"site": "x", "action": "retire"}',
    b'{"site": "x", "action": "hold", "reason": "\\ud800"}',
    b'{"site": "x", "action": "hold", "reason": 7}',
    b'{"site": "x", "action": "hold", "reason": {"a": 1}}',
    b'{"site": "x", "action": "promote", "deployment": null}',
    b'{"site": "x", "action": "release", "publish": "yes"}',
    b'{"site": "x", "action": "release", "publish": 1}',
    b"x" * (2 << 20),
    *(deep(depth) for depth in DEPTHS),
    *(b'{"site": "x", "action": "hold", "reason": ' + deep(depth) + b"}" for depth in DEPTHS),
]
HEADERS: list[dict[str, bytes]] = [
    {"X-Token": b"\xff"},
    {"X-Token": b"\xed\xa0\x80"},
    {"X-Token": "ü".encode()},
    {"X-Token": b"x" * 6000},
    {"Origin": b"http://\xff"},
    {"Host": b"\xff"},
    {"Host": b""},
    {"Content-Type": b"application/json; charset=nothing-of-the-kind"},
    {"Content-Type": b"application/json; charset=\xff"},
    {"Content-Type": b"\xff"},
    {"Content-Encoding": b"gzip"},
    {"Content-Encoding": b"gzip, br"},
    {"Content-Length": b"-1"},
    {"Content-Length": b"9" * 30},
    {"Transfer-Encoding": b"chunked"},
]


class Page:
    """The dashboard's own page, as a browser that may send any bytes."""

    def __init__(self, dashboard: Dashboard, url: str) -> None:
        self._port = int(url.rsplit(":", 1)[1])
        self._own = {"X-Token": dashboard._token.encode(), "Origin": url.encode(), "Host": url[7:].encode()}

    async def ask(self, body: bytes, path: bytes = b"/ask", **headers: bytes) -> int:
        """The status of the answer to a POST."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        sent = {**self._own, "Content-Type": b"application/json", "Content-Length": b"%d" % len(body), **headers}
        head = b"".join(b"%s: %s\r\n" % (name.encode(), value) for name, value in sent.items())
        writer.write(b"POST %s HTTP/1.1\r\n%sConnection: close\r\n\r\n" % (path, head) + body)
        line = await reader.readline()
        writer.close()
        return int(line.split()[1])


def statuses(*requests: dict[str, Any]) -> list[int]:
    """The answer's status to each request."""

    async def ask_all() -> list[int]:
        dashboard = Dashboard(OnThisMachine(), this_program())
        dashboard.following.watched["x"] = Nothing()  # type: ignore[assignment]
        page = Page(dashboard, await dashboard.start(0))
        try:
            return [await page.ask(**request) for request in requests]
        finally:
            await dashboard.close()

    return run_aside(ask_all())


@pytest.fixture(autouse=True)
def no_trace(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [] == [record.message for record in caplog.records if record.exc_info]


def test_a_body_that_is_no_request_of_the_page_is_4xx() -> None:
    answered = zip(BODIES, statuses(*({"body": body} for body in BODIES)), strict=True)
    assert [] == [(status, len(body), body[:60]) for body, status in answered if not 400 <= status < 500]


def test_a_header_that_no_parser_takes_is_4xx() -> None:
    wish = b'{"site": "x", "action": "hold", "reason": 7}'
    answered = statuses(*({"body": wish, **headers} for headers in HEADERS))
    assert {} == {str(h): status for h, status in zip(HEADERS, answered, strict=True) if not 400 <= status < 500}


def test_a_path_that_no_parser_takes_is_4xx() -> None:
    paths = [b"/\xff", b"/%ff", b"//", b"/ask/../x", b"*", b"http://[::1", b"/" + b"a" * 9000]
    answered = statuses(*({"body": b"{}", "path": path} for path in paths))
    assert {} == {path: status for path, status in zip(paths, answered, strict=True) if not 400 <= status < 500}


def test_a_compressed_request_is_read_and_only_what_it_says_counts() -> None:
    packed = gzip.compress(b'{"site": "x", "action": "hold", "reason": "a test"}')
    assert [502, 400] == statuses(
        {"body": packed, "Content-Encoding": b"gzip"}, {"body": packed[:20], "Content-Encoding": b"gzip"}
    ), "the first comes as far as the publisher"
