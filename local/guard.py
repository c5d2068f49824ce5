"""Keeps everybody but this run's own programs away from the emulated AWS, which runs whatever program it is given.

Any web page in a browser on this machine reaches loopback, and so does every other user of it.
"""

from __future__ import annotations

import hmac
import os
import re
from typing import Any
from urllib.parse import parse_qs

import ministack.app as gateway
from ministack.services.cloudfront import _distributions

_FUNCTION_URL = re.compile(r"[a-z0-9]{32}\.lambda-url\.[a-z0-9-]+\.on\.aws")
_ITS_OWN = ("/_ministack/", "/_aws/", "/_local")  # paths that it answers under any name
_LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1)(:\d+)?")


def guarded(app: Any) -> Any:
    """The gateway for this run's own programs: a web page gets a refusal, and no answer ever is for another origin."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        async def without_cors(message: Any) -> None:
            headers = message.get("headers", ())
            kept = [(name, value) for name, value in headers if not name.lower().startswith(b"access-control-")]
            await send({**message, "headers": kept} if "headers" in message else message)

        if scope["type"] == "lifespan":
            await app(scope, receive, send)
        elif scope["type"] == "http" and not (why := _refusal(scope)):
            await app(scope, receive, without_cors)
        elif scope["type"] == "http":
            start = {"status": 403, "headers": [(b"content-type", b"text/plain")]}
            await send({"type": "http.response.start", **start})
            await send({"type": "http.response.body", "body": f"the emulated AWS: {why}\n".encode()})
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})

    return answer


def _is_public(host: str, path: str) -> bool:
    """Whether a visitor asks: for a distribution or a function's URL, whose names are AWS's and lead to nobody else."""
    domains = {found.get("DomainName") for found in _distributions.to_dict().values()}  # of every account
    return (host in domains or bool(_FUNCTION_URL.fullmatch(host))) and not path.startswith(_ITS_OWN)


def _refusal(scope: Any) -> str:
    """Why a request is not answered, "" if it is."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get("host", "")
    if "origin" in headers or "sec-fetch-site" in headers:
        return "web pages have no business here"
    if _is_public(host, scope["path"]):
        return ""
    if not _LOOPBACK.fullmatch(host):
        return f"{host!r} is no name of it"
    query = parse_qs(scope["query_string"].decode("latin-1"))  # of a presigned address
    given = headers.get("x-amz-security-token") or query.get("X-Amz-Security-Token", [""])[0]
    # with AUTH=true it checks everybody's itself, and a login with an identity token has none
    known = gateway.AUTH or hmac.compare_digest(given.encode(), os.environ["AWS_SESSION_TOKEN"].encode())
    return "" if known else "only with this run's credentials"
