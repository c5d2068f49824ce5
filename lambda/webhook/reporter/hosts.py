"""Sets the status of a commit at GitHub or GitLab, over HTTPS and at no address but the report's.

It follows no redirect and uses no proxy, so the token goes only where the report says. `NotTold` never holds the token.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote

from reporter.progress import Progress
from reporter.report import Report

TRIES, PATIENCE = 3, 5.0  # requests, and seconds for each
_PAUSE = 1.0  # seconds after the first that failed; then twice that
_READ, _SHOWN = 4000, 300  # bytes of an answer, and characters of it in the log
_AGAIN = {409, 429, 500, 502, 503, 504}  # GitLab's 409: another update of this status is in progress
_REMEDIES = {
    401: "the token is wrong or has expired: store a new one in the secret {token}",
    403: "the token in the secret {token} may not set statuses: docs/webhooks.md says which rights it needs",
    404: "there is no such repository or commit, or the token in the secret {token} does not reach it",
}
_MOVED = "it has moved, and a redirect is not followed: correct the report's repository or api"

# GitHub has no neutral state, so green means that the commit went live. On GitLab a running status would keep the
# pipeline there running for as long as a hold lasts. Canceled does not, and a later success is a new status there.
_STATES = {
    "building": ("pending", "pending"),
    "built": ("pending", "running"),
    "live": ("success", "success"),
    "held": ("pending", "canceled"),
    "overtaken": ("error", "canceled"),
    "stopped": ("error", "canceled"),
    "failed": ("failure", "failed"),
}


class NotTold(Exception):  # noqa: N818  # an answer more than an error
    """The host did not take the status. The text is one line: who answered what, and the remedy."""


class _Request(NamedTuple):
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, str]


def tell(
    report: Report, token: str, commit: str, progress: Progress, sleep: Callable[[float], None] = time.sleep
) -> str:
    """Set the commit's status: `told`, or `unchanged` if the host had it already."""
    if not re.fullmatch(r"[!-~]+", token):
        raise NotTold(f"the secret {report.token} holds no token: store the token alone, without JSON or blanks")
    request = {"github": _github, "gitlab": _gitlab}[report.host](report, token, commit, progress)
    for number in range(TRIES):
        status, said = _send(request)
        if status in range(200, 300):
            return "told"
        if report.host == "gitlab" and status == 400 and "Cannot transition status" in said:
            return "unchanged"  # https://gitlab.com/gitlab-org/gitlab-foss/-/issues/25807
        if status and status not in _AGAIN:
            break
        if number < TRIES - 1:
            sleep(_PAUSE * 2**number)
    raise NotTold(_problem(report, status, said.replace(token, "***")))


def _github(report: Report, token: str, commit: str, progress: Progress) -> _Request:
    """https://docs.github.com/en/rest/commits/statuses#create-a-commit-status."""
    return _Request(
        f"{report.api}/repos/{report.repository}/statuses/{commit}",
        {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
        {
            "state": _STATES[progress.state][0],
            "description": progress.description,
            "target_url": progress.target,
            "context": report.context,
        },
    )


def _gitlab(report: Report, token: str, commit: str, progress: Progress) -> _Request:
    """https://docs.gitlab.com/api/commits/#set-commit-pipeline-status."""
    return _Request(
        f"{report.api}/projects/{quote(report.repository, safe='')}/statuses/{commit}",
        {"PRIVATE-TOKEN": token},
        {
            "state": _STATES[progress.state][1],
            "description": progress.description,
            "target_url": progress.target,
            "name": report.context,
        },
    )


def _send(request: _Request) -> tuple[int, str]:
    """The answer's status and the beginning of its text; without an answer 0, and why."""
    headers = {**request.headers, "Content-Type": "application/json", "User-Agent": "instant-hosting"}
    sent = urllib.request.Request(request.url, json.dumps(request.body).encode(), headers, method="POST")  # noqa: S310  # https: the report's schema
    https = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect, https)
    try:
        with opener.open(sent, timeout=PATIENCE) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _said(error)
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)


def _said(error: urllib.error.HTTPError) -> str:
    """What the host says for people, from its message and details; "" for a page, or what is too deep to be read."""
    try:
        found = json.loads(error.read(_READ).decode(errors="replace"))
        if not isinstance(found, dict):
            return ""
        parts = found.get("message", found.get("error", "")), found.get("errors", "")
        return " ".join(part if isinstance(part, str) else json.dumps(part) for part in parts if part)[:_SHOWN]
    except (OSError, http.client.HTTPException, ValueError, RecursionError):
        return ""


def _problem(report: Report, status: int, said: str) -> str:
    what = f"{report.api} answered {status}" if status else f"{report.api} did not answer"
    remedy = _MOVED if status in range(300, 400) else _REMEDIES.get(status, "").format(token=report.token)
    return "; ".join(part for part in (f"{what} for {report.repository}: {said}".rstrip(": "), remedy) if part)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        return None
