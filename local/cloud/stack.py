"""A template of ours deployed into the emulator, and what one asks of it: its outputs, its publisher, what is live.

The template is the one that users deploy, so what the laptop shows is what AWS would do with it.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack, cast

from contract import PIPELINE_EVENT, Answer, Request, Status
from instant_hosting.limits import TEMPLATE_LIMIT
from local.cloud.emulator import ACCOUNT, REGION, Emulator
from local.errors import LocalError

if TYPE_CHECKING:
    from aws_types import CloudFormationClient, DescribedStack, NewEvent, Parameter, SentTemplate

_SETTLED_SECONDS = 60  # it takes two
_LOOK_SECONDS = 0.02  # somebody waits for the stack, and each look at this machine's emulator costs little


# https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
PipelineEvent = TypedDict(
    "PipelineEvent",
    {
        "version": str,
        "id": str,
        "detail-type": str,
        "source": str,
        "account": str,
        "time": str,
        "region": str,
        "resources": list[str],
        "detail": dict[str, str | float],
    },
)


@dataclass(frozen=True)
class Stack:
    """A deployed stack: `outputs` and `resources` (logical ID to physical ID) as CloudFormation names them."""

    emulator: Emulator
    name: str
    id: str
    outputs: Mapping[str, str]
    resources: Mapping[str, str]

    @property
    def uuid(self) -> str:
        """The stack ID's UUID, which names the pipeline."""
        return self.id.rsplit("/", 1)[-1]

    @property
    def domain(self) -> str:
        """Where the site is."""
        return self.outputs["SiteUrl"].removeprefix("https://")

    @property
    def bucket(self) -> str:
        """The site's bucket."""
        return self.resources["SiteBucket"]

    def keys(self, prefix: str) -> list[str]:
        """The keys of the site bucket that begin with `prefix`."""
        pages = self.emulator.shared("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def live(self) -> str | None:
        """The value of the store's key `live`."""
        return self.stored("live")

    def stored(self, key: str) -> str | None:
        """The value of `key` in the store."""
        store = self.emulator.shared("cloudfront-keyvaluestore")
        try:
            value: str = store.get_key(KvsARN=self.outputs["StoreArn"], Key=key)["Value"]
        except store.exceptions.ResourceNotFoundException:
            return None
        return value

    def status(self, *, previous: bool = True) -> Status:
        """What the publisher says of the site; only `outcome` and `reason` where it cannot read its ledger."""
        return cast("Status", self.ask(action="status", previous=previous))

    def ask(self, **request: Unpack[Request]) -> Answer:
        """The publisher's answer to a direct request."""
        invoke = self.emulator.shared("lambda").invoke
        answer = invoke(FunctionName=self.outputs["PublisherName"], Payload=json.dumps(request).encode())
        payload = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            raise LocalError(f"the publisher failed: {payload.get('errorMessage', payload)}")
        return cast("Answer", payload)

    def success(self, execution: str, start_time: str) -> PipelineEvent:
        """The pipeline's SUCCEEDED event, as CodePipeline documents it and EventBridge delivers it."""
        detail: dict[str, str | float] = {
            "pipeline": self.uuid,
            "execution-id": execution,
            "start-time": start_time,
            "state": "SUCCEEDED",
            "version": 3.0,
            "pipeline-execution-attempt": 1.0,
        }
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": PIPELINE_EVENT,
            "source": "aws.codepipeline",
            "account": ACCOUNT,
            "time": "2026-05-01T12:00:00Z",
            "region": REGION,
            "resources": [f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:{self.uuid}"],
            "detail": detail,
        }

    def send_success(self, execution: str, start_time: str) -> None:
        """Give the pipeline's SUCCEEDED event to EventBridge, and so to whichever rule wants it."""
        event = self.success(execution, start_time)
        entry: NewEvent = {
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Resources": event["resources"],
            "Detail": json.dumps(event["detail"]),
        }
        answer = self.emulator.shared("events").put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise LocalError(f"EventBridge refused the pipeline's event: {answer['Entries']}")

    def log(self) -> list[Answer]:
        """The publisher's JSON log lines, oldest first."""
        logs = self.emulator.shared("logs")
        events = logs.filter_log_events(logGroupName=self.resources["PublisherLog"])["events"]
        lines = [event["message"].strip() for event in events]
        return [json.loads(line) for line in lines if line.startswith("{")]


def deploy(
    emulator: Emulator,
    template: str,
    name: str = "site",
    parameters: Mapping[str, str] | None = None,
    region: str = REGION,
) -> Stack:
    """Create the stack and wait until it is there, which takes seconds; `LocalError` says why it was refused."""
    formation = emulator.client("cloudformation", region=region)
    given: list[Parameter] = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()
    ]
    body = _body(emulator, template)
    try:
        formation.create_stack(StackName=name, **body, Capabilities=["CAPABILITY_IAM"], Parameters=given)
    except formation.exceptions.ClientError as error:
        raise LocalError(f"the template was refused: {error.response['Error']['Message']}") from None
    made = _settled(formation, name)
    if made["StackStatus"] != "CREATE_COMPLETE":
        raise LocalError(f"the template was refused: {made['StackStatus']}: {_reasons(formation, name)}")
    outputs = {output["OutputKey"]: output["OutputValue"] for output in made["Outputs"]}
    listed = formation.describe_stack_resources(StackName=name)["StackResources"]
    resources = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed}
    return Stack(emulator, name, made["StackId"], outputs, resources)


def _body(emulator: Emulator, template: str) -> SentTemplate:
    """The template as CloudFormation takes it: inline up to its limit, from a bucket above."""
    if len(template.encode()) <= TEMPLATE_LIMIT:
        return {"TemplateBody": template}
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="template.yaml", Body=template.encode())
    return {"TemplateURL": f"{emulator.url}/templates/template.yaml"}


def _settled(formation: CloudFormationClient, name: str) -> DescribedStack:
    end = time.monotonic() + _SETTLED_SECONDS
    while True:
        stack = formation.describe_stacks(StackName=name)["Stacks"][0]
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            return stack
        if time.monotonic() > end:
            raise LocalError(f"the stack is still {stack['StackStatus']} after {_SETTLED_SECONDS} seconds: start again")
        time.sleep(_LOOK_SECONDS)


def _reasons(formation: CloudFormationClient, name: str) -> list[str]:
    events = formation.describe_stack_events(StackName=name)["StackEvents"]
    return [event.get("ResourceStatusReason", "") for event in events if "FAILED" in event["ResourceStatus"]]
