"""What the edge asks of the emulated AWS: objects, as S3 answers a distribution, and the store's content.

Both are asked as CloudFront asks them, and never by a short cut that would hide a missing right.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NotRequired, TypedDict
from urllib.parse import quote, unquote_plus

import aiohttp

from local.edge.distribution import Distribution

# Of S3's answer, what is about the request and not about the object, or what the connection decides
_DROPPED = frozenset({"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"})

# Keys of one answer: https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_kvs_ListKeys.html
PAGE_LIMIT = 50
_LOOK_SECONDS = 0.01  # between two looks at a store: much less than a location lags


class _Line(TypedDict):
    """A key of the store with its value."""

    Key: str
    Value: str


class _Page(TypedDict):
    """Some of the store's keys, and how to ask for those that follow."""

    Items: list[_Line]
    NextToken: NotRequired[str]


@dataclass(frozen=True)
class Fetched:
    """S3's answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Origin:
    """The site bucket, as the distribution may read it: the bucket's policy decides."""

    def __init__(self, session: aiohttp.ClientSession, url: str, distribution: Distribution) -> None:
        self._session, self._url, self._distribution = session, url, distribution

    async def get(self, uri: str, etag: str = "") -> Fetched:
        """The object that S3 takes `uri` for (a plus sign is a blank); with `etag`, 304 if it is still that one."""
        query = {"bucket": self._distribution.bucket, "key": unquote_plus(uri.removeprefix("/"))}
        headers = {"source-arn": self._distribution.arn} | ({"if-none-match": etag} if etag else {})
        async with self._session.get(f"{self._url}/_local/origin", params=query, headers=headers) as answer:
            kept = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in _DROPPED}
            return Fetched(answer.status, kept, await answer.read())


class Store:
    """A KeyValueStore, and what it held a moment ago, for edge locations that hear of a change later."""

    def __init__(self, session: aiohttp.ClientSession, url: str, arn: str, memory: float = 0) -> None:
        self._session = session
        self._url = f"{url}/key-value-stores/{quote(arn, safe='')}"
        self._memory = memory  # seconds
        self._seen: deque[tuple[float, dict[str, str]]] = deque()

    async def read(self, lag: float = 0) -> dict[str, str]:
        """All that it held `lag` seconds ago, as far as `watch` was looking then."""
        if not lag:
            return await self._now()
        wanted = time.monotonic() - lag
        old = [content for moment, content in self._seen if moment <= wanted]
        return old[-1] if old else {}

    async def watch(self) -> None:
        """Remember what it holds, for as long as this runs."""
        while True:
            content = await self._now()
            now = time.monotonic()
            if not self._seen or self._seen[-1][1] != content:
                self._seen.append((now, content))
            while len(self._seen) > 1 and self._seen[1][0] < now - self._memory:
                self._seen.popleft()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _now(self) -> dict[str, str]:
        """What it holds: an edge function sees one state, so nothing may be written between two pages."""
        etag = None
        while True:
            content, before = await self._read(), etag
            if len(content) < PAGE_LIMIT:  # one page
                return content
            etag = await self._etag()
            if etag == before:
                return content

    async def _read(self) -> dict[str, str]:
        """Its content, page by page."""
        content, asked = dict[str, str](), {"MaxResults": str(PAGE_LIMIT)}
        while True:
            async with self._session.get(f"{self._url}/keys", params=asked) as answer:
                answer.raise_for_status()
                page: _Page = await answer.json(content_type=None)
            content |= {item["Key"]: item["Value"] for item in page["Items"]}
            if "NextToken" not in page:
                return content
            asked["NextToken"] = page["NextToken"]

    async def _etag(self) -> str:
        """What every write changes."""
        async with self._session.get(self._url) as answer:
            answer.raise_for_status()
            return answer.headers["ETag"]
