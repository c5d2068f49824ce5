"""Every template that the generator writes, as one asks its command for it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from generator.settings import OPTIONS, PACKAGINGS, SOURCES

_DEMANDS = """
[tags]
team = "web"
[roles]
permissions_boundary = "boundaries/hosting"
path = "/hosting/"
"""
_SITE_DEMANDS = """
[notification]
email = "team@example.com"
[publisher]
requests_by_event = false
[distribution]
web_acl = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/hosting/01234567-89ab-cdef-0123-456789abcdef"
response_headers_policy = "11111111-2222-3333-4444-555555555555"
price_class = "PriceClass_100"
log_bucket = "example-access-logs"
log_prefix = "website/"
"""
_BUILD_DEMANDS = """
[files]
shared = false
[build.variables]
PLAIN = "text"
TOKEN = { parameter = "/site/token" }
KEY = { secret = "site/key:json-key" }
"""


class Variant(NamedTuple):
    """A template that the generator writes: its name, what is asked of the generator, and what its `site.toml` says."""

    name: str
    arguments: tuple[str, ...]
    demands: str = ""


def variants() -> Iterator[Variant]:
    """All templates: sources by options by packagings, plain and with everything that an account can demand."""
    for source, option, packaging in product(SOURCES, ["", *OPTIONS], PACKAGINGS):
        name = "-".join(filter(None, [source, option, packaging.replace("inline", "")]))
        arguments = ("--source", source, "--packaging", packaging, *(("--with", option) if option else ()))
        yield Variant(name, arguments)
        more = _BUILD_DEMANDS if source != "direct" else ""
        yield Variant(f"{name}-demanded", arguments, _DEMANDS + _SITE_DEMANDS + more)
    yield Variant("webhook", ("webhook",))
    yield Variant("webhook-demanded", ("webhook",), _DEMANDS)
