"""Every template that we write: all sources, options, packagings, and what an account can demand, and the webhook's."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from troposphere import Template

from generator import Settings, build_template
from generator.settings import (
    OPTIONS,
    PACKAGINGS,
    SOURCES,
    BuildVariable,
    DistributionSettings,
    Option,
    Packaging,
    RoleSettings,
    Source,
)
from generator.webhook import build_webhook

ROLES = RoleSettings(permissions_boundary="boundaries/hosting", path="/hosting/")
DISTRIBUTION = DistributionSettings(
    "arn:aws:wafv2:us-east-1:111122223333:global/webacl/hosting/01234567-89ab-cdef-0123-456789abcdef",
    "11111111-2222-3333-4444-555555555555",
    "PriceClass_100",
    "example-access-logs",
    "website/",
)
TAGS = {"team": "web"}
VARIABLES = (
    BuildVariable("TOKEN", "PARAMETER_STORE", "/site/token"),
    BuildVariable("KEY", "SECRETS_MANAGER", "site/key:json-key"),
)
DEMANDED = "-demanded"


def _site(source: Source, option: Option | None, packaging: Packaging, demanded: bool) -> Template:
    more: dict[str, Any] = {"roles": ROLES, "distribution": DISTRIBUTION, "tags": TAGS} if demanded else {}
    if demanded and source != "direct":
        more["variables"] = VARIABLES
    options = frozenset([option] if option else [])
    return build_template(Settings(source=source, options=options, packaging=packaging, **more))


@cache
def every_template() -> dict[str, dict[str, Any]]:
    """By name, as CloudFormation or SAM would read it."""
    options: list[Option | None] = [None, *OPTIONS]
    built = {
        f"{source}{f'-{option}' if option else ''}{'-sam' if packaging == 'sam' else ''}{DEMANDED * demanded}": _site(
            source, option, packaging, demanded
        )
        for source in SOURCES
        for option in options
        for packaging in PACKAGINGS
        for demanded in (False, True)
    }
    built |= {"webhook": build_webhook(), f"webhook{DEMANDED}": build_webhook(Settings(roles=ROLES, tags=TAGS))}
    return {name: json.loads(json.dumps(template.to_dict())) for name, template in built.items()}
