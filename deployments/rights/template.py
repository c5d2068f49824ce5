"""What of a template rights follow from: its resources, and of some the properties that name what is beside them.

The template is read and not the settings, so that a policy cannot forget what a section adds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict


class Resource(TypedDict):
    """A resource; which properties it has, its type says."""

    Type: str
    Properties: NotRequired[Mapping[str, object]]


class Template(TypedDict):
    """A template."""

    Parameters: Mapping[str, object]
    Resources: Mapping[str, Resource]


class Logging(TypedDict):
    """Where a distribution's logs go."""

    Bucket: str


class DistributionConfig(TypedDict):
    """What the settings may name for a distribution."""

    WebACLId: str
    Logging: Logging


class Distribution(TypedDict):
    """A distribution's properties."""

    DistributionConfig: DistributionConfig


class Principal(TypedDict):
    """Who may take a role."""

    Service: str


class Trust(TypedDict):
    """One statement about who may take a role."""

    Principal: Principal


class TrustPolicy(TypedDict):
    """All of them."""

    Statement: Sequence[Trust]


class Role(TypedDict):
    """A role's properties."""

    AssumeRolePolicyDocument: TrustPolicy
