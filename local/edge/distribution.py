"""Reads what the edge must do out of the deployed distribution: its configuration, policies and functions.

Nothing about the site is known here beforehand, so what the template says is what is served.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, cast

from local.cloud.emulator import Emulator
from local.cloud.stack import Stack

if TYPE_CHECKING:
    from aws_types import CacheBehavior, CloudFrontClient


class _Section(TypedDict, total=False):
    """A section of a policy's SecurityHeadersConfig: what any of them has.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicySecurityHeadersConfig.html
    """

    Override: bool
    AccessControlMaxAgeSec: int
    ContentSecurityPolicy: str
    FrameOption: str
    IncludeSubdomains: bool
    ModeBlock: bool
    Preload: bool
    Protection: bool
    ReferrerPolicy: str


@dataclass(frozen=True)
class AddedHeader:
    """A header of a response headers policy; one of the origin's stays unless `override`."""

    name: str
    value: str
    override: bool


@dataclass(frozen=True)
class Lifetimes:
    """Of the cache policy, in seconds."""

    least: float
    default: float
    most: float


@dataclass(frozen=True)
class Behavior:
    """A cache behavior; `pattern` is None for the default one, functions are named by their ARN."""

    pattern: str | None
    methods: frozenset[str]
    lifetimes: Lifetimes
    compress: bool
    headers: tuple[AddedHeader, ...]
    removed: tuple[str, ...]
    functions: Mapping[str, str]  # by event type

    def matches(self, path: str) -> bool:
        """Whether the behavior is for `path`."""
        if self.pattern is None:
            return True
        wanted = re.escape("/" + self.pattern.removeprefix("/")).replace(r"\*", ".*").replace(r"\?", ".")
        return re.fullmatch(wanted, path, re.DOTALL) is not None


@dataclass(frozen=True)
class ErrorRule:
    """How long an error of the origin is kept, and the page shown for it, if any, with which status."""

    seconds: float
    page: str
    status: int


@dataclass(frozen=True)
class Distribution:
    """What the edge must do; `functions` are texts by ARN, `stores` the associated store's ARN by function."""

    arn: str
    bucket: str
    behaviors: tuple[Behavior, ...]
    errors: Mapping[int, ErrorRule]
    functions: Mapping[str, str]
    stores: Mapping[str, str]

    def behavior(self, path: str) -> Behavior:
        """The behavior for `path`, which is normalized for this choice only."""
        folder = "/" if path.endswith("/") and path != "/" else ""
        normal = re.sub("^//", "/", posixpath.normpath(path)) + folder
        return next(behavior for behavior in self.behaviors if behavior.matches(normal))


def read_distribution(emulator: Emulator, stack: Stack) -> Distribution:
    """The distribution of the stack, as its APIs describe it."""
    cloudfront = emulator.client("cloudfront")
    described = cloudfront.get_distribution(Id=stack.resources["Distribution"])["Distribution"]
    config = described["DistributionConfig"]
    default = cast("CacheBehavior", config["DefaultCacheBehavior"])  # the same, but that it has no pattern
    listed = [*config.get("CacheBehaviors", {}).get("Items", []), default]
    behaviors = tuple(_behavior(cloudfront, item) for item in listed)
    names = sorted({arn for behavior in behaviors for arn in behavior.functions.values()})
    stores = {arn: store for arn in names if (store := _store(cloudfront, arn))}
    errors = {
        item["ErrorCode"]: ErrorRule(
            float(item.get("ErrorCachingMinTTL", 10)),
            item.get("ResponsePagePath", ""),
            int(item.get("ResponseCode") or item["ErrorCode"]),
        )
        for item in config.get("CustomErrorResponses", {}).get("Items", [])
    }
    return Distribution(
        arn=described["ARN"],
        bucket=stack.bucket,
        behaviors=behaviors,
        errors=errors,
        functions={arn: _text(cloudfront, arn) for arn in names},
        stores=stores,
    )


def _behavior(cloudfront: CloudFrontClient, item: CacheBehavior) -> Behavior:
    policy = cloudfront.get_cache_policy(Id=item["CachePolicyId"])["CachePolicy"]["CachePolicyConfig"]
    added, removed = _headers(cloudfront, item.get("ResponseHeadersPolicyId"))
    associations = item.get("FunctionAssociations", {}).get("Items", [])
    return Behavior(
        pattern=item.get("PathPattern"),
        methods=frozenset(item.get("AllowedMethods", {}).get("Items", ["GET", "HEAD"])),
        lifetimes=Lifetimes(policy["MinTTL"], policy["DefaultTTL"], policy["MaxTTL"]),
        compress=bool(item.get("Compress"))
        and policy["ParametersInCacheKeyAndForwardedToOrigin"]["EnableAcceptEncodingGzip"],
        headers=added,
        removed=removed,
        functions={one["EventType"]: one["FunctionARN"] for one in associations},
    )


def _headers(cloudfront: CloudFrontClient, identity: str | None) -> tuple[tuple[AddedHeader, ...], tuple[str, ...]]:
    if not identity:
        return (), ()
    policy = cloudfront.get_response_headers_policy(Id=identity)["ResponseHeadersPolicy"]
    config = policy["ResponseHeadersPolicyConfig"]
    sections = cast("Mapping[str, _Section]", config.get("SecurityHeadersConfig", {}))
    added = [
        AddedHeader(*_security(kind, section), bool(section.get("Override"))) for kind, section in sections.items()
    ]
    for item in config.get("CustomHeadersConfig", {}).get("Items", []):
        added.append(AddedHeader(item["Header"].lower(), item["Value"], bool(item["Override"])))
    removed = config.get("RemoveHeadersConfig", {}).get("Items", [])
    return tuple(added), tuple(item["Header"].lower() for item in removed)


def _security(kind: str, given: _Section) -> tuple[str, str]:
    """The header that a section of the policy means."""
    if kind == "ContentTypeOptions":
        return "x-content-type-options", "nosniff"
    if kind == "FrameOptions":
        return "x-frame-options", given["FrameOption"]
    if kind == "StrictTransportSecurity":
        subdomains = "; includeSubDomains" if given.get("IncludeSubdomains") else ""
        preload = "; preload" if given.get("Preload") else ""
        return "strict-transport-security", f"max-age={given['AccessControlMaxAgeSec']}{subdomains}{preload}"
    if kind == "XSSProtection":
        block = "; mode=block" if given.get("ModeBlock") else ""
        return "x-xss-protection", f"{int(given['Protection'])}{block}"
    if kind == "ReferrerPolicy":
        return "referrer-policy", given["ReferrerPolicy"]
    return "content-security-policy", given["ContentSecurityPolicy"]


def _text(cloudfront: CloudFrontClient, arn: str) -> str:
    text: str = cloudfront.get_function(Name=arn.rsplit("/", 1)[-1], Stage="LIVE")["FunctionCode"].read().decode()
    return text


def _store(cloudfront: CloudFrontClient, arn: str) -> str:
    described = cloudfront.describe_function(Name=arn.rsplit("/", 1)[-1], Stage="LIVE")
    items = described["FunctionSummary"]["FunctionConfig"].get("KeyValueStoreAssociations", {}).get("Items", [])
    return items[0]["KeyValueStoreARN"] if items else ""
