"""What an open page asks for by itself: details, logs, traffic; an answer is kept while asking anew is not worth it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from dashboard.details import details
from dashboard.following import Following
from dashboard.logs import log_of
from dashboard.program import Clock
from dashboard.traffic import LONGEST, traffic
from dashboard.watching import Watched
from deployments.errors import Failure

_AT_ONCE = 200  # answers that are kept
_SHORT = timedelta(seconds=2)  # on this machine nothing is kept longer
_CHART = timedelta(seconds=60)  # CloudWatch charges for each metric that it is asked


class Answers:
    """The questions of the page, by name."""

    def __init__(self, following: Following, now: Clock) -> None:
        self._following, self._now = following, now
        self._kept: dict[tuple[str, ...], tuple[datetime, object]] = {}
        self._distributions: dict[tuple[str, str], str] = {}

    def site(self, query: Mapping[str, object]) -> Watched | None:
        """The site that is asked about."""
        return self._following.watched.get(str(query.get("site", "")))

    def of(self, name: str, watched: Watched, query: Mapping[str, str]) -> object:
        """The answer; `ValueError` says what is wrong with the question."""
        if name == "deployment":
            return details(watched, _needed(query, "id"))
        stack, key = watched.way.place.stack, watched.way.place.key
        if not stack.pipeline and name == "log":
            raise Failure(f"stack {stack.name} has no pipeline, so it has no builds: `publish` makes deployments")
        if name == "log":
            build = _needed(query, "build")
            return self._fresh((key, name, build), _SHORT, lambda: log_of(watched, build))
        hours = _hours(query.get("hours", "24"))
        kept = _SHORT if watched.way.local else _CHART
        chart, now = self._distribution(watched), self._now()
        return self._fresh((key, name, str(hours)), kept, lambda: traffic(watched, chart, hours, now))

    def _fresh(self, key: tuple[str, ...], kept: timedelta, ask: Callable[[], object]) -> object:
        now = self._now()
        at, answer = self._kept.get(key, (now - kept, None))
        if not at <= now < at + kept:
            answer = ask()
            if len(self._kept) >= _AT_ONCE:
                self._kept.clear()
            self._kept[key] = now, answer
        return answer

    def _distribution(self, watched: Watched) -> str:
        place = watched.way.place
        if place.owner not in self._distributions:
            name = watched.way.site.resource("Distribution")
            if not name:
                raise Failure(f"stack {place.stack.name} has no distribution: is it still there?")
            self._distributions[place.owner] = name
        return self._distributions[place.owner]


def _needed(query: Mapping[str, str], name: str) -> str:
    if not query.get(name):
        raise ValueError(f"{name} is missing: reload the page")
    return query[name]


def _hours(text: str) -> int:
    if text not in map(str, range(1, LONGEST + 1)):
        raise ValueError(f"hours is {text[:20]!r}: it is 1 to {LONGEST}")
    return int(text)
