"""Finds the stack that a command is about, by its name or as the only one there, so that nobody copies its outputs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from deployments.cloud import Cloud
from deployments.errors import USAGE, Failure, is_absent

if TYPE_CHECKING:
    from aws_types import DescribedStack

_OTHERWISE = "give another --stack or --region"
_OURS = {"SiteUrl", "SiteBucketName", "StoreArn", "PublisherName"}


class Stack(NamedTuple):
    """What the commands need of a stack's outputs.

    pipeline: its name, empty where there is none
    rules_on_assets: whether the site's rules hold for stylesheets, images and scripts too
    repository, branch, connection: what is published, and by which connection; empty where the source is no repository
    """

    name: str
    url: str
    bucket: str
    publisher: str
    pipeline: str
    rules_on_assets: bool = False
    repository: str = ""
    branch: str = ""
    connection: str = ""


def find_stack(cloud: Cloud, name: str | None, remedy: str = _OTHERWISE) -> Stack:
    """The stack called `name`, or the only one that is ours; `Failure` names those that could be meant."""
    wanted = name or cloud.stack
    if wanted:
        return _described(cloud, wanted, remedy)
    ours = _all_of_ours(cloud)
    if not ours:
        raise Failure(
            f"no site's stack in {cloud.region}: give --region, or create one with `deployments init`",
            USAGE,
        )
    if len(ours) > 1:
        names = ", ".join(sorted(stack["StackName"] for stack in ours))
        raise Failure(f"several stacks in {cloud.region}: give --stack (or DEPLOYMENTS_STACK), one of {names}", USAGE)
    return _read(ours[0])


def all_stacks(cloud: Cloud) -> list[Stack]:
    """Every stack in this Region that is ours, by name."""
    return sorted(map(_read, _all_of_ours(cloud)))


def _described(cloud: Cloud, name: str, remedy: str) -> Stack:
    try:
        (stack,) = cloud.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if not is_absent(error):
            raise
        raise Failure(f"no stack {name} in {cloud.region}{_alternatives(cloud)}; {remedy}", USAGE) from None
    missing = _OURS - _outputs(stack).keys()
    if missing:
        state = stack["StackStatus"]
        raise Failure(
            f"stack {name} ({state}) has no output {', '.join(sorted(missing))}: it is no site's stack",
            remedy=_OTHERWISE,
        )
    return _read(stack)


def _alternatives(cloud: Cloud) -> str:
    try:
        names = [stack["StackName"] for stack in _all_of_ours(cloud)]
    except ClientError:  # whoever may describe one stack need not be allowed to describe all
        names = []
    return f": there are {', '.join(sorted(names))}" if names else ""


def _all_of_ours(cloud: Cloud) -> list[DescribedStack]:
    pages = cloud.client("cloudformation").get_paginator("describe_stacks").paginate()
    return [stack for page in pages for stack in page["Stacks"] if _outputs(stack).keys() >= _OURS]


def _outputs(stack: DescribedStack) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", ())}


def _read(stack: DescribedStack) -> Stack:
    outputs = _outputs(stack)
    pipeline = re.search(r"/pipelines/([^/?]+)/", outputs.get("PipelineUrl", ""))
    url, bucket, publisher = (outputs[name] for name in ("SiteUrl", "SiteBucketName", "PublisherName"))
    pipeline_name = pipeline[1] if pipeline else ""
    given = {one["ParameterKey"]: one.get("ParameterValue", "") for one in stack.get("Parameters", ())}
    source = (given.get(name, "") for name in ("Repository", "Branch", "ConnectionArn"))
    return Stack(stack["StackName"], url, bucket, publisher, pipeline_name, "RulesOnAssets" in outputs, *source)
