"""A report: which pipeline's commits get a status, on which Git host, and with which token.

Only hosts that a report names are asked. docs/webhooks.md describes the members.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import NamedTuple

from shared.document import ConfigurationError, checked, load, shown
from shared.names import PIPELINE

# Where each host's API is unless the report says otherwise.
# https://docs.github.com/en/rest/commits/statuses  https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
APIS = {"github": "https://api.github.com", "gitlab": "https://gitlab.com/api/v4"}

_SEGMENT = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9_.-]{1,100}"
_REPOSITORIES = {
    "github": (rf"{_SEGMENT}/{_SEGMENT}", "owner/name"),
    "gitlab": (rf"{_SEGMENT}(?:/{_SEGMENT}){{1,20}}", "group/project"),
}
_ADDRESS = r"https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?"
_TEXTS = {
    "pipeline": (PIPELINE, "0123abcd-..."),
    "repository": (r".{1,2000}", "owner/name"),
    "url": (_ADDRESS + r"(?:/[!-~]{0,180})?", "https://www.example.com"),  # GitLab takes 255 characters
    "token": (r"[A-Za-z0-9/_+=.@-]{1,512}", "instant-hosting/status/site"),
    "api": (_ADDRESS + r"(?:/[A-Za-z0-9._~-]+)*", "https://github.example.com/api/v3"),
    "context": (r"[!-~](?:[ -~]{0,98}[!-~])?", "instant-hosting/site"),
}
_OPTIONAL = {"api", "context"}


class Report(NamedTuple):
    """One report.

    host: github or gitlab
    pipeline: the events of this pipeline and of its publisher count
    repository: what the commits belong to
    url: the site, to which a commit that is live links
    token: the name of the secret that opens the host's API
    api: the API's address
    context: what the status is called there
    """

    name: str
    host: str
    pipeline: str
    repository: str
    url: str
    token: str
    api: str
    context: str


@functools.lru_cache(maxsize=4)  # the document, and what it was a minute ago
def parse(text: str) -> Mapping[str, Report]:
    """The reports of a document. The first one that is wrong raises `ConfigurationError`."""
    return {name: _report(name, members) for name, members in load(text, reports=True).items()}


def _report(name: str, entry: object) -> Report:
    members = checked("report", name, entry, ["status", *_TEXTS])
    host = members["status"]
    if not isinstance(host, str) or host not in APIS:
        raise ConfigurationError(f"report {name!r}: status {shown(host)} is not one of {', '.join(APIS)}")
    missing = set(_TEXTS) - _OPTIONAL - set(members)
    if missing:
        raise ConfigurationError(f"report {name!r}: it needs {', '.join(sorted(missing))}")
    patterns = {**_TEXTS, "repository": _REPOSITORIES[host]}
    texts = {key: _text(name, key, members[key], *patterns[key]) for key in _TEXTS if key in members}
    return Report(name, host, **{"api": APIS[host], "context": f"instant-hosting/{name}", **texts})


def _text(name: str, key: str, value: object, pattern: str, example: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise ConfigurationError(f"report {name!r}: {key} is {shown(value)}; it is a text like {example}")
    return value
