"""An answer on its way to the viewer: made by a function, compressed, not modified, or a part of it only.

Browsers ask for parts and with conditions all the time, and an edge that ignored it would hide faults of ours.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus

from local.edge.distribution import Behavior
from local.edge.events import Event, Fields, Request, value

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
_COMPRESSED = re.compile(r"text/|application/(?:json|javascript|manifest\+json|xml|wasm|rss\+xml)|image/svg\+xml|font/")
_COMPRESSED_SIZES = range(1_000, 10_000_001)


@dataclass(frozen=True)
class Result:
    """An answer on its way to the viewer; `cookies` are Set-Cookie headers. Each step makes another one of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cache: str
    key: str
    cookies: Sequence[tuple[str, str]] = ()


def refusal(status: HTTPStatus, text: str) -> Result:
    """What CloudFront says by itself."""
    headers = {"content-type": "text/plain; charset=utf-8", "x-cache": "Error from cloudfront"}
    return Result(status, headers, text.encode(), "error", "")


def generated(response: Event) -> Result:
    """The answer that a viewer-request function gave."""
    headers = {name: str(field["value"]) for name, field in response.get("headers", {}).items()}
    headers["x-cache"] = "FunctionGeneratedResponse from cloudfront"
    body = response.get("body") or ""
    text = body if isinstance(body, str) else body["data"]
    return Result(int(response["statusCode"]), headers, text.encode(), "function", "")


def compress(behavior: Behavior, request: Request, result: Result) -> Result:
    """What CloudFront would compress is compressed."""
    if not behavior.compress or "gzip" not in request.headers.get("accept-encoding", ""):
        return result
    if "content-encoding" in result.headers:  # the build has compressed it: CloudFront hands it on
        return result
    if len(result.body) not in _COMPRESSED_SIZES or not _COMPRESSED.match(result.headers.get("content-type", "")):
        return result
    headers = {**result.headers, "content-encoding": "gzip", "vary": "accept-encoding"}
    if "etag" in headers:
        headers["etag"] = "W/" + headers["etag"].removeprefix("W/")
    return replace(result, headers=headers, body=gzip.compress(result.body, compresslevel=1, mtime=0))


def conditional(asked: Fields, result: Result) -> Result:
    """304 if the browser has it already: `asked` are the headers as the viewer-request function left them."""
    wanted, since = value(asked, "if-none-match"), value(asked, "if-modified-since")
    if result.status != HTTPStatus.OK or not (wanted or since):
        return result
    tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
    etag = result.headers.get("etag", "").removeprefix("W/")
    same = (etag in tags or "*" in tags) if wanted else since == result.headers.get("last-modified")
    if not same:
        return result
    gone = ("content-type", "content-encoding")
    headers = {name: text for name, text in result.headers.items() if name not in gone}
    return replace(result, status=HTTPStatus.NOT_MODIFIED, headers=headers, body=b"")


def cut(request: Request, result: Result) -> Result:
    """The part that was asked for, if one part was."""
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    if result.status != HTTPStatus.OK or not asked or asked[0] == "bytes=-" or "content-encoding" in result.headers:
        return result
    size = len(result.body)
    first = int(asked[1]) if asked[1] else max(size - int(asked[2]), 0)
    last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
    if first > last:
        headers = {**result.headers, "content-range": f"bytes */{size}"}
        return replace(result, status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers, body=b"")
    headers = {**result.headers, "content-range": f"bytes {first}-{last}/{size}"}
    return replace(result, status=HTTPStatus.PARTIAL_CONTENT, headers=headers, body=result.body[first : last + 1])
