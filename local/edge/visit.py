"""What is told about a request: one line, with the file that was chosen and why.

Whoever asks why a page is not what it should be sees here what the edge decided, without a debugger.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from contract import DEPLOYMENTS, POOL

_OWN = re.compile(rf"/{DEPLOYMENTS}([^/]+)(/.*)")


@dataclass(frozen=True)
class Visit:
    """One request: `key` is the path in the bucket, "" where a function answered by itself."""

    method: str
    target: str
    status: int
    cache: str
    reads: int
    key: str
    deployment: str
    why: str
    edge: str
    headers: Mapping[str, str]  # of the request

    def line(self) -> str:
        """The request for a person."""
        reads = f"{self.reads} read" + ("" if self.reads == 1 else "s")
        parts = [str(self.status), self.method, self.target, "->", self.key or "-", self.cache, reads, self.why]
        return " ".join(parts + ([f"at {self.edge}"] if self.edge else []))


def deployment_of(key: str) -> str:
    """The deployment whose folder `key` is in."""
    own = _OWN.match(key)
    return own[1] if own else ""


def reason(path: str, key: str, headers: Mapping[str, str], pin: str, status: int) -> str:
    """Why the request for `path` was answered as it was."""
    if not key:
        answers = {308: "redirect", 400: "refused path", 403: "method not allowed", 414: "path too long"}
        return answers.get(status, "no deployment, or across versions" if status == 503 else "function's answer")
    if status == 404:
        return "404"
    return "hashed" if key.startswith(f"/{POOL}") else _why_own(path, key, headers, pin)


def _why_own(path: str, key: str, headers: Mapping[str, str], pin: str) -> str:
    """Why the request got a file of this deployment's own."""
    own = _OWN.match(key)
    if headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") in ("document", None):
        fallback = own and own[2] == "/index.html" and path not in ("/", "/index.html")
        return "navigation, SPA fallback" if fallback else "navigation"
    if headers.get("sec-fetch-dest") == "serviceworker":
        return "service worker"
    return "pinned" if own and own[1] == pin else "live"
