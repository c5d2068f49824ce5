"""Asks the site as a visitor who was never there before, and so knows what the edge really serves.

The publisher's word is no proof of what visitors get: a DNS name, an edge or a firewall may stand between.
"""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable
from email.message import Message
from typing import NamedTuple
from urllib.parse import urlsplit

from contract import PIN_COOKIE

NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
_TIMEOUT = 10  # seconds
_PAUSE = 0.2  # seconds between two looks


class Answer(NamedTuple):
    """What a visitor gets."""

    status: int
    headers: Message
    body: bytes

    @property
    def pin(self) -> str:
        """The deployment that the answer pins the browser to, "" if none."""
        cookies = "\n".join(self.headers.get_all("Set-Cookie", ()))
        match = re.search(rf"^{PIN_COOKIE}=([\w-]+)", cookies, re.MULTILINE)
        return match[1] if match else ""


class Visitor:
    """Visits `url`; where `endpoint` stands for AWS, it is asked for that host."""

    def __init__(self, url: str, endpoint: str = "") -> None:
        self.host = urlsplit(url).netloc
        self._to = urlsplit(endpoint or url)

    def get(self, path: str, **headers: str) -> Answer:
        """The answer for `path`, sent as it is; names of headers are written with `_` for `-`."""
        connect = http.client.HTTPSConnection if self._to.scheme == "https" else http.client.HTTPConnection
        connection = connect(self._to.netloc, timeout=_TIMEOUT)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            # an endpoint cannot know otherwise that CloudFront is asked over TLS
            connection.request("GET", path, headers={"Host": self.host, "X-Forwarded-Proto": "https", **names})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def navigate(self, path: str, **headers: str) -> Answer:
        """The answer for a page that is opened from the address line."""
        navigation = {name.replace("-", "_"): value for name, value in NAVIGATION.items()}
        return self.get(path, **{**navigation, **headers})

    def deployment(self) -> str:
        """The deployment that the home page is of, "" if none answers."""
        try:
            answer = self.navigate("/")
        except (OSError, http.client.HTTPException):  # not reachable yet: a new domain name
            return ""
        return answer.pin or str(answer.headers.get("x-amz-meta-deployment", ""))

    def wait_for(self, deployment: str, seconds: float) -> float | None:
        """How long it took until the site is `deployment`; None if it took longer than `seconds`."""
        return wait(lambda: self.deployment() == deployment, seconds)


def wait(is_it: Callable[[], bool], seconds: float, pause: float = _PAUSE) -> float | None:
    """How long it took until `is_it`; None after `seconds`."""
    started = time.monotonic()
    while not is_it():
        if time.monotonic() - started > seconds:
            return None
        time.sleep(pause)
    return time.monotonic() - started
