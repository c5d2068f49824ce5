"""What is to be allowed: actions on ARNs under conditions, gathered from a template's resources.

Gathered from the template that is deployed, so that no more is allowed than its resources need.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

from deployments.rights.handlers import calls
from deployments.rights.places import ANYWHERE, Place, places
from deployments.rights.template import Distribution, DistributionConfig, Resource, Role, Template

# What CloudFormation does for somebody carries its name, also where it has a role of its own:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/fas-requests-and-permission-evaluation.html
_BY_CLOUDFORMATION = ("ForAnyValue:StringEquals", "aws:CalledVia", ("cloudformation.amazonaws.com",))

# What IAM holds to roles with a boundary: https://docs.aws.amazon.com/service-authorization/latest/reference/list_iam.html
BOUNDED = {
    *("iam:CreateRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:PutRolePermissionsBoundary"),
    "iam:PutRolePolicy",
}

Condition = tuple[str, str, tuple[str, ...]]  # an operator, a key, and its values


class Grant(NamedTuple):
    """One action on some ARNs."""

    action: str
    on: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()


class Stack(NamedTuple):
    """A stack that is to be made, changed or deleted.

    boundary: the ARN of the policy that limits its roles, if the settings demand one
    tagged: whether the stack itself has tags, which its resources get too
    """

    template: Template
    place: Place
    boundary: str = ""
    tagged: bool = False

    @property
    def has_connection(self) -> bool:
        """Whether its sources come by a connection to a Git host."""
        return "ConnectionArn" in self.template["Parameters"]

    @property
    def resources(self) -> Mapping[str, Resource]:
        return self.template["Resources"]

    def all_of(self, type_: str) -> tuple[str, ...]:
        """The ARNs of all its resources of a type."""
        return places(self.place, self.resources, type_)

    def grants(self) -> Iterator[Grant]:
        """What CloudFormation calls to make, change, read and delete all that is in it."""
        for resource in self.resources.values():
            for action in sorted(calls(resource, tagged=self.tagged)):
                conditions = (*self._held(action, resource["Type"]), _BY_CLOUDFORMATION)
                yield Grant(action, self._on(action, resource), conditions)

    def _on(self, action: str, resource: Resource) -> tuple[str, ...]:
        """What an action is done on for a resource: mostly the resource itself."""
        service, _, name = action.partition(":")
        if action in ANYWHERE:
            return ("*",)
        if name == "PassConnection":
            return connections(self.place)
        if service == "iam" and resource["Type"] != "AWS::IAM::ManagedPolicy":
            return self.all_of("AWS::IAM::Role")
        if name.startswith("Detach"):  # whichever user, group or role it was given to loses it before it goes
            kind = name.removeprefix("Detach").removesuffix("Policy").lower()
            return (self.place.arn(f"iam::{{account}}:{kind}/*"),)
        if resource["Type"] == "AWS::CloudFront::Distribution" and service != "cloudfront":
            return (self._beside(service, cast("Distribution", resource["Properties"])["DistributionConfig"]),)
        return self.all_of(resource["Type"])

    def _beside(self, service: str, distribution: DistributionConfig) -> str:
        """What the settings name beside the stack: the bucket for logs, or the web ACL."""
        if service == "wafv2":
            return str(distribution["WebACLId"])
        return self.place.arn(f"s3:::{distribution['Logging']['Bucket'].removesuffix('.s3.amazonaws.com')}")

    def _held(self, action: str, type_: str) -> Iterator[Condition]:
        """What an action is held to beside its ARNs."""
        service, _, name = action.partition(":")
        if name == "PassRole":
            yield "StringEquals", "iam:PassedToService", self._services()
        elif name == "PassConnection":
            yield "StringEquals", f"{service}:PassedToService", ("codepipeline.amazonaws.com",)
        elif type_ == "AWS::IAM::ManagedPolicy" and name.startswith("Detach"):
            yield "ArnLike", "iam:PolicyARN", self.all_of(type_)
        elif self.boundary and action in BOUNDED:
            yield "StringEquals", "iam:PermissionsBoundary", (self.boundary,)

    def _services(self) -> tuple[str, ...]:
        """The services that the roles of the template trust."""
        roles = [cast("Role", one["Properties"]) for one in self.resources.values() if one["Type"] == "AWS::IAM::Role"]
        trusts = [statement for role in roles for statement in role["AssumeRolePolicyDocument"]["Statement"]]
        return tuple(sorted({str(trust["Principal"]["Service"]) for trust in trusts}))


def connections(place: Place) -> tuple[str, ...]:
    """The connection to a Git host, or all where it is not known yet: in any Region, and of the older prefix too."""
    if place.connection:
        return (place.connection,)
    prefixes = "codeconnections", "codestar-connections"
    return tuple(place.arn(f"{prefix}:*:{{account}}:connection/*") for prefix in prefixes)
