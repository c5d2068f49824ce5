"""An answer on its way to the viewer: made by a function, compressed, not modified, or a part of it only."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, field
from http import HTTPStatus

from local.edge.distribution import Behavior
from local.edge.events import Event, Fields, Request, value

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
_COMPRESSED = re.compile(r"text/|application/(?:json|javascript|manifest\+json|xml|wasm|rss\+xml)|image/svg\+xml|font/")
_COMPRESSED_SIZES = range(1_000, 10_000_001)


@dataclass
class Result:
    """An answer on its way to the viewer; `cookies` are Set-Cookie headers."""

    status: int
    headers: dict[str, str]
    body: bytes
    cache: str
    key: str
    cookies: list[tuple[str, str]] = field(default_factory=list)


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


def compress(behavior: Behavior, request: Request, result: Result) -> None:
    """Compress what CloudFront would compress."""
    if not behavior.compress or "gzip" not in request.headers.get("accept-encoding", ""):
        return
    if "content-encoding" in result.headers:  # the build has compressed it: CloudFront hands it on
        return
    if len(result.body) not in _COMPRESSED_SIZES or not _COMPRESSED.match(result.headers.get("content-type", "")):
        return
    result.body = gzip.compress(result.body, compresslevel=1, mtime=0)
    result.headers["content-encoding"] = "gzip"
    result.headers["vary"] = "accept-encoding"
    if "etag" in result.headers:
        result.headers["etag"] = "W/" + result.headers["etag"].removeprefix("W/")


def conditional(headers: Fields, result: Result) -> None:
    """Answer 304 if the browser has it already: as the viewer-request function left the request's headers."""
    wanted, since = value(headers, "if-none-match"), value(headers, "if-modified-since")
    if result.status != HTTPStatus.OK or not (wanted or since):
        return
    tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
    etag = result.headers.get("etag", "").removeprefix("W/")
    if (etag in tags or "*" in tags) if wanted else since == result.headers.get("last-modified"):
        result.status, result.body = HTTPStatus.NOT_MODIFIED, b""
        for name in ("content-type", "content-encoding"):
            result.headers.pop(name, None)


def cut(request: Request, result: Result) -> None:
    """Give the part that was asked for, if one part was."""
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    if result.status != HTTPStatus.OK or not asked or asked[0] == "bytes=-" or "content-encoding" in result.headers:
        return
    size = len(result.body)
    first = int(asked[1]) if asked[1] else max(size - int(asked[2]), 0)
    last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
    if first > last:
        result.status, result.body = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, b""
        result.headers["content-range"] = f"bytes */{size}"
        return
    result.status, result.body = HTTPStatus.PARTIAL_CONTENT, result.body[first : last + 1]
    result.headers["content-range"] = f"bytes {first}-{last}/{size}"
