"""The request that was sent, made of a function URL's event: its bytes as they were, its header names in lower case.

Signatures hold for bytes, and Lambda hands over texts. They become bytes once, before anything is checked, so that
what was signed is also what is read.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # routes can be checked where the library is not installed
    from aws_lambda_powertools.utilities.data_classes import LambdaFunctionUrlEvent

BODY_LIMIT = 1_000_000  # bytes; the largest push that the Git hosts send is far below


class Refusal(Exception):  # noqa: N818  # an answer, not a fault
    """A request that is not carried out. The sender is told the reason, so it names no secret and no setting."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def readable(text: str) -> str:
    """`text` with `?` for each half of a pair of surrogates: JSON allows such a half, and UTF-8 cannot express it."""
    return text.encode(errors="replace").decode()


class Request(NamedTuple):
    """What was sent; `route` and `rest` are the path's first segment and what follows it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def route(self) -> str:
        return self.path.removeprefix("/").partition("/")[0]

    @property
    def rest(self) -> str:
        return self.path.removeprefix("/").partition("/")[2]

    def header(self, name: str) -> str:
        """A header's value, "" if it is missing."""
        return self.headers.get(name, "")


def read(event: LambdaFunctionUrlEvent) -> Request:
    """The request in `event`. It is refused if its body is too large, or not what the event says it is.

    https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
    """
    headers: dict[str, str] = {}
    # not `event.headers`, in which the last of two spellings would win
    for name, value in (event.get("headers") or {}).items():
        # Lambda joins a repeated header with a comma; two spellings of one name are a repeated header too
        key = name.lower()
        headers[key] = f"{headers[key]},{readable(value)}" if key in headers else readable(value)
    method, path = event.request_context.http.method, event.raw_path
    return Request(method, path, headers, _body(event.get("body") or "", bool(event.get("isBase64Encoded"))))


def _body(text: str, is_base64: bool) -> bytes:
    if len(text) > (BODY_LIMIT + 2) // 3 * 4:
        raise Refusal(413, f"the body is over {BODY_LIMIT:,} bytes: send less")
    try:
        body = base64.b64decode(text, validate=True) if is_base64 else text.encode()
    except (binascii.Error, ValueError):
        raise Refusal(400, "the body is not what the request says it is: send it in UTF-8") from None
    if len(body) > BODY_LIMIT:
        raise Refusal(413, f"the body is over {BODY_LIMIT:,} bytes: send less")
    return body
