"""Keeps everybody but this run's own programs away from the emulated AWS, which runs whatever program it is given.

Any web page in a browser on this machine reaches loopback, and so does every other user of it.
"""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import TypedDict
from urllib.parse import parse_qs

import ministack.app as gateway
from ministack.core.responses import set_request_account_id
from ministack.core.router import extract_access_key_id
from ministack.core.sigv4 import decode_header_value
from ministack.services.cloudfront import find_distribution_for_label

_FUNCTION_URL = re.compile(r"[a-z0-9]{32}\.lambda-url\.[a-z0-9-]+\.on\.aws")
_ITS_OWN = ("/_ministack/", "/_aws/", "/_local")  # paths that it answers under any name
_LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1)(:\d+)?")


class Scope(TypedDict):
    """What a server tells of a request.

    https://asgi.readthedocs.io/en/latest/specs/www.html
    """

    type: str
    path: str
    query_string: bytes
    headers: Iterable[tuple[bytes, bytes]]


class Message(TypedDict, total=False):
    """A part of a request or of an answer, of its `type`."""

    type: str
    code: int
    status: int
    headers: Iterable[tuple[bytes, bytes]]
    body: bytes


Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def guarded(app: App) -> App:
    """The gateway for this run's own programs: a web page gets a refusal, and no answer ever is for another origin."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
        elif scope["type"] != "http":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        elif why := _refusal(scope):
            await _refuse(send, why)
        else:
            await app(scope, receive, _without_cors(send))

    return answer


def _without_cors(send: Send) -> Send:
    async def filtered(message: Message) -> None:
        headers = message.get("headers", ())
        kept = [(name, value) for name, value in headers if not name.lower().startswith(b"access-control-")]
        await send({**message, "headers": kept} if "headers" in message else message)

    return filtered


async def _refuse(send: Send, why: str) -> None:
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": f"the emulated AWS: {why}\n".encode()})


def _is_public(host: str, path: str, account: str) -> bool:
    """Whether a visitor asks: for a distribution or a function's URL, whose names are AWS's and lead to nobody else.

    A distribution's name leads to it in its own account only; in another that the request names, to every service.
    """
    label, _, domain = host.partition(".")
    if account:  # as the gateway is about to take it from the request
        set_request_account_id(account)
    known = domain == "cloudfront.net" and find_distribution_for_label(label)
    return bool(known or _FUNCTION_URL.fullmatch(host)) and not path.startswith(_ITS_OWN)


def _refusal(scope: Scope) -> str:
    """Why a request is not answered, "" if it is."""
    headers = _headers(scope)
    host = headers.get("host", "")
    query = parse_qs(scope["query_string"].decode(errors="replace"), keep_blank_values=True)
    if "origin" in headers or "sec-fetch-site" in headers:
        return "web pages have no business here"
    if _is_public(host, scope["path"], extract_access_key_id(headers, query)):
        return ""
    if not _LOOPBACK.fullmatch(host):
        return f"{host!r} is no name of it"
    given = headers.get("x-amz-security-token") or query.get("X-Amz-Security-Token", [""])[0]  # presigned
    return "" if _is_known(given) else "only with this run's credentials"


def _headers(scope: Scope) -> dict[str, str]:
    """The request's headers, as the gateway reads them."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), decode_header_value(raw_value)
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


def _is_known(token: str) -> bool:
    """Whether it is this run's. With AUTH=true the gateway checks it, and a login with an identity token has none."""
    return bool(gateway.AUTH) or hmac.compare_digest(token.encode(), os.environ["AWS_SESSION_TOKEN"].encode())
