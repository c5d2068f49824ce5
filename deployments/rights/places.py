"""Where the resources of a stack will be: their ARNs, as closely as names can be foretold before there is a stack.

CloudFormation makes most names of the stack's, some of the resource's alone, and CloudFront numbers what it has.
docs/decisions/rights.md says which, and what that means for stacks whose names begin alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import botocore.session

from deployments.rights.template import Resource

# Actions for which AWS knows no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/
ANYWHERE = frozenset(
    [
        *("cloudfront:CreateDistribution", "cloudfront:CreateFunction", "cloudfront:CreateKeyValueStore"),
        *("cloudfront:CreateOriginAccessControl", "logs:DescribeIndexPolicies", "logs:DescribeLogGroups"),
        "logs:DescribeResourcePolicies",
        # today's edition says the topic, that of 2025 said none; * is right for both
        *("sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"),
    ]
)

_ANY_UUID = "-".join("?" * length for length in (8, 4, 4, 4, 12))
_SUFFIX = 14  # characters that CloudFormation adds to a name that it makes, with their dash


class Kind(NamedTuple):
    """What is known of a type's ARN behind its service: where it is, and how long a generated name may be."""

    arn: str
    longest: int = 0


KINDS: dict[str, Kind] = {
    "AWS::CloudFront::Distribution": Kind("cloudfront::{account}:distribution/*"),
    "AWS::CloudFront::Function": Kind("cloudfront::{account}:function/{name}"),
    "AWS::CloudFront::KeyValueStore": Kind("cloudfront::{account}:key-value-store/*"),
    "AWS::CloudFront::OriginAccessControl": Kind("cloudfront::{account}:origin-access-control/*"),
    "AWS::CloudWatch::Alarm": Kind("cloudwatch:{region}:{account}:alarm:{stack}*", 255),
    # of the resource alone: https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/783
    "AWS::CloudWatch::Dashboard": Kind("cloudwatch::{account}:dashboard/{title}-*"),
    # as its names in https://github.com/aws/aws-cdk/issues/16992
    "AWS::CodeBuild::Project": Kind("codebuild:{region}:{account}:project/{title}-*"),
    "AWS::CodePipeline::Pipeline": Kind("codepipeline:{region}:{account}:{name}"),
    "AWS::Events::Rule": Kind("events:{region}:{account}:rule/{stack}*", 64),
    "AWS::IAM::ManagedPolicy": Kind("iam::{account}:policy/{stack}*", 128),
    "AWS::IAM::Role": Kind("iam::{account}:role{path}{stack}*", 64),
    "AWS::Lambda::Function": Kind("lambda:{region}:{account}:function:{stack}*", 64),
    "AWS::Logs::LogGroup": Kind("logs:{region}:{account}:log-group:{stack}*", 512),
    "AWS::S3::Bucket": Kind("s3:::{stack}*", 63),
    "AWS::SNS::Topic": Kind("sns:{region}:{account}:{stack}*", 256),
    "AWS::SQS::Queue": Kind("sqs:{region}:{account}:{stack}*", 80),
}

# What belongs to another resource: the calls for it are made on that one.
_BELONGS = {
    "AWS::Lambda::Alias": "AWS::Lambda::Function",
    "AWS::Lambda::EventInvokeConfig": "AWS::Lambda::Function",
    "AWS::Lambda::Permission": "AWS::Lambda::Function",
    "AWS::S3::BucketPolicy": "AWS::S3::Bucket",
    "AWS::SNS::Subscription": "AWS::SNS::Topic",
    "AWS::SNS::TopicPolicy": "AWS::SNS::Topic",
    "AWS::SQS::QueuePolicy": "AWS::SQS::Queue",
}


class Place(NamedTuple):
    """Where a stack is, or will be.

    connection: the ARN of the one that its sources come by, if it is known
    uuid: the one in the stack's ID, which names of ours are made of; a pattern of any, if there is no stack yet
    """

    stack: str
    region: str
    account: str
    partition: str = "aws"
    connection: str = ""
    uuid: str = _ANY_UUID

    def arn(self, rest: str) -> str:
        """The ARN that ends with `rest`, which may name the place's parts in braces."""
        return f"arn:{self.partition}:{rest}".replace("{region}", self.region).replace("{account}", self.account)


def places(place: Place, resources: Mapping[str, Resource], type_: str) -> tuple[str, ...]:
    """The ARNs of all resources of one type, or of those that it belongs to."""
    owner = _BELONGS.get(type_, type_)
    titles = [title for title, one in resources.items() if one["Type"] == owner]
    start = _start(place.stack, titles, KINDS[owner].longest)
    return tuple(sorted({_arn(place, title, resources[title], start) for title in titles}))


def of_one(place: Place, title: str, resource: Resource) -> str:
    """The ARN of one resource, by its own name too where that is not cut."""
    start = _start(place.stack, [title], KINDS[resource["Type"]].longest)
    return _arn(place, title, resource, f"{start}{title}-" if start.endswith(("-", "-*")) else start)


def _arn(place: Place, title: str, resource: Resource, start: str) -> str:
    kind, said = KINDS[resource["Type"]], resource.get("Properties", {})
    parts = {
        "{stack}": start.lower() if kind.arn.startswith("s3:") else start,
        "{title}": title,
        "{name}": _name(said.get("Name"), place.uuid),
        "{path}": str(said.get("Path", "/")),
    }
    rest = kind.arn
    for part, value in parts.items():
        rest = rest.replace(part, value)
    return place.arn(rest)


def partition_of(region: str) -> str:
    """`aws`, or AWS's own name for China and the governments' clouds."""
    return str(botocore.session.get_session().get_partition_for_region(region))


def _start(stack: str, titles: Iterable[str], longest: int) -> str:
    """What the names of these resources begin with: the stack's name and a dash, or what a long name is cut to.

    A name is cut so that stack and resource keep a fair part of it each:
    https://github.com/aws-cloudformation/cloudformation-cli-java-plugin, IdentifierUtils
    """
    free = longest - _SUFFIX
    kept = min((max(free // 2, free - len(title)) for title in titles), default=free)
    start = f"{stack}-" if len(stack) <= kept else stack[:kept]
    return re.sub("--+", "-*", start)  # several dashes may become one there


def _name(name: object, uuid: str) -> str:
    """A name of ours: `router-` and the stack's UUID, or the UUID alone."""
    match name:
        case {"Fn::Join": ["-", [str(first), _]]}:
            return f"{first}-{uuid}"
        case _:
            return uuid
