"""What an open page asks for by itself: details, logs, traffic; an answer is kept while asking anew is not worth it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from dashboard.details import details
from dashboard.following import Following
from dashboard.logs import log_of
from dashboard.looking import Looked
from dashboard.traffic import LONGEST, traffic
from deployments.errors import Failure

_AT_ONCE = 200  # answers that are kept
_SHORT = 2.0  # seconds; on this machine nothing is kept longer
_CHART = 60.0  # CloudWatch charges for each metric that it is asked


class Answers:
    """The questions of the page, by name."""

    def __init__(self, following: Following) -> None:
        self._following = following
        self._kept: dict[tuple[str, ...], tuple[float, object]] = {}
        self._distributions: dict[str, str] = {}

    def site(self, query: Mapping[str, object]) -> Looked | None:
        """The site that is asked about."""
        return self._following.looked.get(str(query.get("site", "")))

    def of(self, name: str, looked: Looked, query: Mapping[str, str]) -> object:
        """The answer; `ValueError` says what is wrong with the question."""
        if name == "deployment":
            return details(looked, _needed(query, "id"))
        if not looked.site.stack.pipeline and name == "log":
            raise Failure(f"stack {looked.site.stack.name} has no pipeline, so it has no builds")
        if name == "log":
            build = _needed(query, "build")
            return self._fresh((looked.key, name, build), _SHORT, lambda: log_of(looked, build))
        hours = _hours(query.get("hours", "24"))
        seconds = _SHORT if looked.local else _CHART
        chart = self._distribution(looked)
        return self._fresh((looked.key, name, str(hours)), seconds, lambda: traffic(looked, chart, hours))

    def _fresh(self, key: tuple[str, ...], seconds: float, ask: Callable[[], object]) -> object:
        now = time.monotonic()
        at, answer = self._kept.get(key, (-seconds, None))
        if now - at >= seconds:
            answer = ask()
            if len(self._kept) >= _AT_ONCE:
                self._kept.clear()
            self._kept[key] = now, answer
        return answer

    def _distribution(self, looked: Looked) -> str:
        place = f"{looked.key} {looked.site.cloud.endpoint}"
        if place not in self._distributions:
            name = looked.site.resource("Distribution")
            if not name:
                raise Failure(f"stack {looked.site.stack.name} has no distribution: is it still there?")
            self._distributions[place] = name
        return self._distributions[place]


def _needed(query: Mapping[str, str], name: str) -> str:
    if not query.get(name):
        raise ValueError(f"{name} is missing")
    return query[name]


def _hours(text: str) -> int:
    if not text.isdecimal() or len(text) > 3 or not 1 <= int(text) <= LONGEST:
        raise ValueError(f"hours is {text[:20]!r}: 1 to {LONGEST}")
    return int(text)
