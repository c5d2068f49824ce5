"""A stack of its own to try things on: made from a template of ours, and gone without a rest afterwards.

The live site is never touched, so `doctor` may publish broken states and look what a visitor gets.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, WaiterError

from contract import folder_of
from deployments.checking import Options
from deployments.cleaning import STACK_WAIT, Cleaning
from deployments.cloud import Cloud
from deployments.command import Site
from deployments.errors import Failure
from deployments.output import Output
from deployments.stack import find_stack
from deployments.uploading import Upload
from instant_hosting.limits import TEMPLATE_LIMIT

if TYPE_CHECKING:
    from troposphere import Template

    from aws_types import CloudFormationClient, Parameter, SentTemplate

# Its own file beside npm's packages says to the next build whether CodeBuild's cache brought it back. The probe has no
# lock file, so the cache's key is the one of none.
_KEPT = "/root/.npm/_cacache/doctor"
BUILD = f"ls {_KEPT} > cached.txt || echo fresh > cached.txt; mkdir -p /root/.npm/_cacache; touch {_KEPT}"
_PARAMETERS = {"zip": {"Framework": "static", "BuildCommand": BUILD}}


class Probe:
    """A site to try things on; `resources` and `outputs` are its stack's."""

    def __init__(self, site: Site) -> None:
        self.site = site
        formation = site.cloud.client("cloudformation")
        listed = formation.describe_stack_resources(StackName=site.stack.name)["StackResources"]
        (stack,) = formation.describe_stacks(StackName=site.stack.name)["Stacks"]
        self.resources: dict[str, str] = {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in listed}
        self.outputs: dict[str, str] = {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}
        self.uuid = str(stack["StackId"]).rsplit("/", 1)[-1]
        self.store = site.cloud.client("cloudfront-keyvaluestore")

    def publish(self, files: Mapping[str, str], routing: str) -> str:
        """Make a site of `files` live; its ID."""
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                target = Path(folder) / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            upload = Upload(Path(folder), Options(routing), {"commit": "probe"}, self.site.output)
            upload.run(self.site.stack.bucket)
        self.site.ask("publish", deployment=upload.id)
        return upload.id

    def put_bare(self, deployment: str, path: str, text: str) -> None:
        """Add a page without the metadata that the uploader gives to all of them."""
        key = folder_of(deployment) + path
        kind, where = "text/html; charset=utf-8", self.site.stack.bucket
        self.site.s3.put_object(Bucket=where, Key=key, IfNoneMatch="*", Body=text.encode(), ContentType=kind)


@contextmanager
def probe(cloud: Cloud, output: Output, source: str = "direct") -> Iterator[Probe]:
    """A probe in this account and Region, deleted with all it holds when the block ends, however it ends."""
    cloud = cloud._replace(site="", stack="")  # a local system's own site is not the probe
    name = new_name()
    body = template(source)
    with Cleaning(cloud, output) as cleaning:
        # noted before it is made: an interrupted call may have made it
        cleaning.stack(name)
        _create(cloud, cleaning, name, body, source)
        yield Probe(Site(cloud, find_stack(cloud, name), output))


def new_name() -> str:
    """A stack name that nobody uses."""
    return f"instant-hosting-doctor-{os.urandom(4).hex()}"


def template(source: str) -> str:
    """The template of `source`, but buckets and store go with the stack; a queue hears what the pipeline tells."""
    from generator import Settings, build_template  # late: only `doctor` deploys one
    from generator.render import to_yaml
    from generator.settings import SOURCES

    (known,) = [one for one in SOURCES if one == source]
    built = build_template(Settings(source=known))
    for resource in built.resources.values():
        if "DeletionPolicy" in resource.to_dict():
            resource.DeletionPolicy = "Delete"
            resource.UpdateReplacePolicy = "Delete"
    if source == "zip":
        _add_listener(built)
    return to_yaml(built)


def _add_listener(built: Template) -> None:
    from troposphere import GetAtt, Ref
    from troposphere.events import Rule, Target
    from troposphere.sqs import Queue, QueuePolicy

    queue = Queue("EventQueue", MessageRetentionPeriod=3600)
    pattern = {"source": ["aws.codepipeline"], "detail": {"pipeline": [Ref("Pipeline")]}}
    rule = Rule("EventRule", EventPattern=pattern, Targets=[Target(Id="Queue", Arn=GetAtt(queue, "Arn"))])
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": GetAtt(queue, "Arn"),
        "Condition": {"ArnEquals": {"aws:SourceArn": GetAtt(rule, "Arn")}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    for resource in (queue, rule, QueuePolicy("EventQueuePolicy", Queues=[Ref(queue)], PolicyDocument=policy)):
        built.add_resource(resource)


def _create(cloud: Cloud, cleaning: Cleaning, name: str, body: str, source: str) -> None:
    formation = cloud.client("cloudformation")
    given: list[Parameter] = [
        {"ParameterKey": key, "ParameterValue": text} for key, text in _PARAMETERS.get(source, {}).items()
    ]
    is_long = len(body.encode()) > TEMPLATE_LIMIT
    sent: SentTemplate = {"TemplateURL": cleaning.lend(name, body)} if is_long else {"TemplateBody": body}
    formation.create_stack(StackName=name, **sent, Capabilities=["CAPABILITY_IAM"], Parameters=given)
    try:
        formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=STACK_WAIT)
    except WaiterError:
        raise Failure(f"{name} was not created: {_why(formation, name)}") from None


def _why(formation: CloudFormationClient, name: str) -> str:
    """The first that failed, which the others only followed."""
    try:
        events = formation.describe_stack_events(StackName=name)["StackEvents"]
    except ClientError as error:
        return str(error)
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("FAILED")]
    reasons = [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed]
    return " ".join(reasons[0].split()) if reasons else "it was not ready after 30 minutes"
