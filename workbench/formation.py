"""A model of what CloudFormation asks for a template: each call for each resource, by the name that this will have.

Which calls these are is a fact of AWS's registry (deployments/rights/handlers.py, held against it by a test). How
names are made is written here a second time, from what AWS has published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

from deployments.rights.handlers import calls
from deployments.rights.places import ANYWHERE
from deployments.rights.template import Distribution, Resource, Template
from local.cloud.emulator import ACCOUNT
from workbench.policies import Request
from workbench.resolve import STACK_UUID

REGION = "eu-central-1"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundaries/hosting"
CONNECTION = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/{STACK_UUID}"
VIA = "aws:CalledVia", "cloudformation.amazonaws.com"

_CHANCE = "1X3kLm9PqRsT"
_HERE = f"{REGION}:{ACCOUNT}"
# What a resource is called once it is there, and how long a name may be that CloudFormation makes
_ARNS: dict[str, tuple[str, int]] = {
    "AWS::CloudFront::Distribution": (f"cloudfront::{ACCOUNT}:distribution/E2QWRUHAPOMQZL", 0),
    "AWS::CloudFront::Function": (f"cloudfront::{ACCOUNT}:function/{{given}}", 0),
    "AWS::CloudFront::KeyValueStore": (
        f"cloudfront::{ACCOUNT}:key-value-store/89abcdef-0123-4567-89ab-cdef01234567",
        0,
    ),
    "AWS::CloudFront::OriginAccessControl": (f"cloudfront::{ACCOUNT}:origin-access-control/E327GJI25M56DG", 0),
    "AWS::CloudWatch::Alarm": (f"cloudwatch:{_HERE}:alarm:{{made}}", 255),
    "AWS::CloudWatch::Dashboard": (f"cloudwatch::{ACCOUNT}:dashboard/{{title}}-{_CHANCE}", 255),
    "AWS::CodeBuild::Project": (f"codebuild:{_HERE}:project/{{title}}-{_CHANCE}", 255),
    "AWS::CodePipeline::Pipeline": (f"codepipeline:{_HERE}:{{given}}", 0),
    "AWS::Events::Rule": (f"events:{_HERE}:rule/{{made}}", 64),
    "AWS::IAM::ManagedPolicy": (f"iam::{ACCOUNT}:policy/{{made}}", 128),
    "AWS::IAM::Role": (f"iam::{ACCOUNT}:role{{path}}{{made}}", 64),
    "AWS::Lambda::Function": (f"lambda:{_HERE}:function:{{made}}", 64),
    "AWS::Logs::LogGroup": (f"logs:{_HERE}:log-group:{{made}}", 512),
    "AWS::S3::Bucket": ("s3:::{made}", 63),
    "AWS::SNS::Topic": (f"sns:{_HERE}:{{made}}", 256),
    "AWS::SQS::Queue": (f"sqs:{_HERE}:{{made}}", 80),
}
_TAKERS = {
    "AWS::CodeBuild::Project": "codebuild.amazonaws.com",
    "AWS::CodePipeline::Pipeline": "codepipeline.amazonaws.com",
    "AWS::Events::Rule": "events.amazonaws.com",
    "AWS::Lambda::Function": "lambda.amazonaws.com",
}
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_iam.html
_KNOWS_BOUNDARY = re.compile("iam:(CreateRole|(Put|Delete|Attach|Detach)Role(Policy|PermissionsBoundary))")


class Formation(NamedTuple):
    """CloudFormation with a template and a stack's name."""

    template: Template
    stack: str = "shop"

    @property
    def resources(self) -> Mapping[str, Resource]:
        return self.template["Resources"]

    def requests(self) -> Iterator[Request]:
        """Each request to make, read, change and delete each resource."""
        for title, resource in self.resources.items():
            for action in sorted(calls(resource)):
                for on, keys in self._asked(action, title, resource):
                    yield Request(action, on, (*keys, VIA))

    def arn(self, title: str) -> str:
        """The ARN of a resource, or of the one that it belongs to."""
        resource = self.resources[title]
        if resource["Type"] not in _ARNS:
            return self.arn(self._named_in(resource)[0])
        form, longest = _ARNS[resource["Type"]]
        said = resource.get("Properties", {})
        made = made_name(self.stack, title, longest) if longest else ""
        parts = {
            "made": made.lower() if form.startswith("s3:") else made,
            "title": title,
            "given": self._given(said.get("Name")),
            "path": said.get("Path", "/"),
        }
        return f"arn:aws:{form.format(**parts)}"

    def _asked(self, action: str, title: str, resource: Resource) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
        """What an action is asked on for a resource, with the keys that come with it."""
        type_, (service, name) = resource["Type"], action.split(":")
        if action in ANYWHERE:
            yield "*", ()
        elif name == "PassConnection":
            yield CONNECTION, ((f"{service}:PassedToService", "codepipeline.amazonaws.com"),)
        elif service == "iam" and type_ in _TAKERS:
            for role in self._roles(resource):
                yield self.arn(role), (("iam:PassedToService", _TAKERS[type_]),) if name == "PassRole" else ()
        elif type_ == "AWS::IAM::ManagedPolicy" and name.startswith("Detach"):
            kind = name[len("Detach") : -len("Policy")].lower()
            yield f"arn:aws:iam::{ACCOUNT}:{kind}/deployers", (("iam:PolicyARN", self.arn(title)),)
        elif type_ == "AWS::CloudFront::Distribution" and service != "cloudfront":
            config = cast("Distribution", resource["Properties"])["DistributionConfig"]
            yield config["WebACLId"] if service == "wafv2" else "arn:aws:s3:::example-access-logs", ()
        else:
            bounded = "PermissionsBoundary" in resource.get("Properties", {}) and _KNOWS_BOUNDARY.fullmatch(action)
            yield self.arn(title), (("iam:PermissionsBoundary", BOUNDARY),) if bounded else ()

    def _named_in(self, resource: Resource) -> list[str]:
        """The resources with an ARN of their own that this one names, in their order."""
        said = json.dumps(resource.get("Properties", {}))
        names = re.findall(r'(?:"Ref": |"Fn::GetAtt": \[)"(\w+)"', said)
        return [name for name in names if name in self.resources]

    def _roles(self, resource: Resource) -> list[str]:
        return [name for name in self._named_in(resource) if self.resources[name]["Type"] == "AWS::IAM::Role"]

    def _given(self, name: object) -> str:
        """A name of ours: the stack's UUID, perhaps behind a word."""
        return f"{name['Fn::Join'][1][0]}-{STACK_UUID}" if isinstance(name, dict) and "Fn::Join" in name else STACK_UUID


def made_name(stack: str, title: str, longest: int) -> str:
    """A name as CloudFormation makes it: what is too long is taken from stack and resource alike.

    As `generateResourceIdentifier` of https://github.com/aws-cloudformation/cloudformation-cli-java-plugin does it.
    """
    stack = re.sub("-{2,}", "-", stack)
    free, lengths, kept = longest - len(_CHANCE) - 2, (len(stack), len(title)), [0, 0]
    while free and kept != list(lengths):
        share = max(free // 2, 1)
        for part in (0, 1):
            more = min(share, lengths[part] - kept[part], free)
            kept[part], free = kept[part] + more, free - more
    return f"{stack[: kept[0]]}-{title[: kept[1]]}-{_CHANCE}"
