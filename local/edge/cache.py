"""The edge's cache: how long CloudFront keeps an answer, by its own rules.

Without them a page that stays too long in a cache would show on AWS only.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

from local.edge.distribution import Behavior, ErrorRule, Lifetimes
from local.edge.origin import Fetched

_DEFAULT_RULE = ErrorRule(10, "", 0)  # CloudFront's default for errors that no rule names
Fetch = Callable[[str, str], Awaitable[Fetched]]


@dataclass(frozen=True)
class Kept:
    """An answer in the cache, since when, and until when it is fresh (both on the cache's clock)."""

    fetched: Fetched
    since: float
    until: float


def lifetime(headers: Mapping[str, str], limits: Lifetimes) -> float:
    """For how many seconds an answer with these headers is fresh."""
    caching = headers.get("cache-control", "")
    told = re.search(r"s-maxage=(\d+)", caching) or re.search(r"max-age=(\d+)", caching)
    if re.search(r"no-store|no-cache|private", caching):
        wanted = 0.0
    elif told:
        wanted = float(told[1])
    elif headers.get("expires"):
        wanted = parsedate_to_datetime(headers["expires"]).timestamp() - time.time()
    else:
        wanted = limits.default
    return min(max(wanted, limits.least), limits.most)


class Cache:
    """Answers by path: no query, no header and no cookie is part of the key, as the site's cache policy says."""

    def __init__(self, fetch: Fetch, errors: Mapping[int, ErrorRule], clock: Callable[[], float] = time.monotonic):
        self._fetch, self._errors, self._clock = fetch, errors, clock
        self._kept: dict[str, Kept] = {}

    async def get(self, uri: str, behavior: Behavior) -> tuple[Kept, str]:
        """The answer for `uri` and how it came: hit, miss, refresh (asked, unchanged) or stale (asked, failed)."""
        old, now = self._kept.get(uri), self._clock()
        if old and now < old.until:
            return old, "hit"
        good = old if old and old.fetched.status < 400 else None
        fetched = await self._fetch(uri, good.fetched.headers.get("etag", "") if good else "")
        kept, how = self._judged(good, fetched, behavior, now)
        if fetched.status != 403 or "cache-control" in fetched.headers:
            self._kept[uri] = kept
        return kept, how

    def _judged(self, good: Kept | None, fetched: Fetched, behavior: Behavior, now: float) -> tuple[Kept, str]:
        """What is answered once the origin was asked: what was good before, where it may still be used."""
        if good and fetched.status == 304:
            return replace(good, until=now + lifetime(good.fetched.headers, behavior.lifetimes)), "refresh"
        if good and fetched.status >= 500:
            return replace(good, until=now + self._rule(fetched.status).seconds), "stale"
        return Kept(fetched, now, now + self._seconds(fetched, behavior)), "miss"

    def age(self, kept: Kept) -> int:
        """Seconds since the answer came from the origin."""
        return int(self._clock() - kept.since)

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()

    def _rule(self, status: int) -> ErrorRule:
        return self._errors.get(status, _DEFAULT_RULE)

    def _seconds(self, fetched: Fetched, behavior: Behavior) -> float:
        if fetched.status < 400:
            return lifetime(fetched.headers, behavior.lifetimes)
        told = "cache-control" in fetched.headers
        return max(self._rule(fetched.status).seconds, lifetime(fetched.headers, behavior.lifetimes) if told else 0)
