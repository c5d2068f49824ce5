"""Deploys a template of ours into the emulator and plays what surrounds it: the build, the event, the visitor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any, TypeVar

import yaml

from tests.conftest import Emulator

T = TypeVar("T")

CONNECTION = "arn:aws:codeconnections:us-east-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
GIT_PARAMETERS = {"ConnectionArn": CONNECTION, "Repository": "example/website"}


@dataclass(frozen=True)
class Answer:
    """What a visitor got."""

    status: int
    headers: Message
    text: str


class Site:
    """A deployed stack: `outputs` and `resources` (logical ID to physical ID) as CloudFormation names them."""

    def __init__(
        self, emulator: Emulator, template: str, name: str, parameters: Mapping[str, str], region: str
    ) -> None:
        self.emulator, self.template, self.name = emulator, template, name
        formation = emulator.client("cloudformation", region=region)
        formation.create_stack(
            StackName=name,
            **_body(emulator, template),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        )
        stack = until(lambda: formation.describe_stacks(StackName=name)["Stacks"][0], _is_settled)
        if stack["StackStatus"] != "CREATE_COMPLETE":
            events = formation.describe_stack_events(StackName=name)["StackEvents"]
            reasons = [e.get("ResourceStatusReason") for e in events if "FAILED" in e["ResourceStatus"]]
            raise AssertionError(f"{stack['StackStatus']}: {reasons}")
        self.id: str = stack["StackId"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        pages = formation.describe_stack_resources(StackName=name)["StackResources"]
        self.resources = {page["LogicalResourceId"]: page["PhysicalResourceId"] for page in pages}
        self.domain = self.outputs["SiteUrl"].removeprefix("https://")
        self.bucket: str = self.resources["SiteBucket"]

    @property
    def uuid(self) -> str:
        """The stack ID's UUID, which names the pipeline."""
        return self.id.rsplit("/", 1)[-1]

    def get(self, path: str, **headers: str) -> Answer:
        """What a visitor gets for `path`; header names are written with `_` for `-`."""
        request = urllib.request.Request(self.emulator.url + path)
        viewer = {"Host": self.domain, "X-Forwarded-Proto": "https"}  # how the emulator knows TLS from plain HTTP
        for name, value in {**viewer, **headers}.items():
            request.add_header(name.replace("_", "-"), value)
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(request, timeout=30) as response:
                return Answer(response.status, response.headers, response.read().decode(errors="replace"))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read().decode(errors="replace"))

    def keys(self, prefix: str) -> list[str]:
        """The keys of the site bucket that begin with `prefix`."""
        pages = self.emulator.client("s3").get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return [item["Key"] for page in pages for item in page.get("Contents", [])]

    def live(self) -> str | None:
        """The value of the store's key `live`."""
        store = self.emulator.client("cloudfront-keyvaluestore")
        try:
            value: str = store.get_key(KvsARN=self.outputs["StoreArn"], Key="live")["Value"]
        except store.exceptions.ResourceNotFoundException:
            return None
        return value

    def success(self, execution: str, start_time: str) -> dict[str, Any]:
        """The pipeline's SUCCEEDED event, as CodePipeline documents it and EventBridge delivers it."""
        detail = {
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
            "detail-type": "CodePipeline Pipeline Execution State Change",
            "source": "aws.codepipeline",
            "account": "111122223333",
            "time": "2026-05-01T12:00:00Z",
            "region": "us-east-1",
            "resources": [f"arn:aws:codepipeline:us-east-1:111122223333:{self.uuid}"],
            "detail": detail,
        }

    def send_success(self, execution: str, start_time: str) -> None:
        """Give the pipeline's SUCCEEDED event to EventBridge, and so to whichever rule wants it."""
        event = self.success(execution, start_time)
        entry = {
            "Source": event["source"],
            "DetailType": event["detail-type"],
            "Resources": event["resources"],
            "Detail": json.dumps(event["detail"]),
        }
        answer = self.emulator.client("events").put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0, answer

    def log(self) -> list[dict[str, Any]]:
        """The publisher's JSON log lines, oldest first."""
        logs = self.emulator.client("logs")
        group = self.resources["PublisherLog"]
        events = logs.filter_log_events(logGroupName=group)["events"]
        lines = [event["message"].strip() for event in events]
        return [json.loads(line) for line in lines if line.startswith("{")]


@dataclass
class Build:
    """One run of the deployed buildspec, as CodeBuild would run it in a pipeline's execution."""

    site: Site
    commit: str
    execution: str = field(default_factory=lambda: str(uuid.uuid4()))
    build_id: str = field(default_factory=lambda: f"BuildProject:{uuid.uuid4()}")
    variables: Mapping[str, str] = field(default_factory=dict)  # in place of the project's own

    def run(self, source: Path, tools: Path) -> subprocess.CompletedProcess[str]:
        """Run install and build in `source`, a clean copy of the sources; `tools` is put in front of PATH."""
        project = self.site.emulator.client("codebuild").batch_get_projects(names=[self.site.resources["BuildProject"]])
        (found,) = project["projects"]
        phases = yaml.safe_load(found["source"]["buildspec"])["phases"]
        commands = [command for name in ("install", "build") for command in phases[name]["commands"]]
        # version 0.2: one shell for all commands, which ends at the first that fails
        script = "".join(f"{{ {command.rstrip()}\n}} || exit 1\n" for command in commands)
        (tools / "n").write_text("#!/bin/sh\nexit 0\n")  # the machine's own Node stands for the image's
        (tools / "n").chmod(0o755)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "npm_", "PYTHON"))}
        environment |= self.site.emulator.environment()
        environment |= {item["name"]: item["value"] for item in found["environment"]["environmentVariables"]}
        environment |= {
            "EXECUTION": self.execution,
            "CODEBUILD_BUILD_ID": self.build_id,
            "CODEBUILD_SRC_DIR": str(source),
            "PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            **self._revision(),
            **self.variables,
        }
        return subprocess.run(
            ["bash", "-c", script],
            cwd=source,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def _revision(self) -> dict[str, str]:
        if "SourceBucket" in self.site.resources:
            return {"COMMIT": "zip", "VERSION": self.commit}
        return {"COMMIT": self.commit}

    @property
    def deployment(self) -> str:
        """The deployment ID that this build makes."""
        start = "zip" if "SourceBucket" in self.site.resources else self.commit
        return f"{start}-{self.build_id.split(':')[1].replace('-', '')[:16]}"


@contextmanager
def deployed(
    emulator: Emulator,
    template: str,
    name: str = "site",
    parameters: Mapping[str, str] | None = None,
    region: str = "us-east-1",
) -> Iterator[Site]:
    """The stack, deleted when the block ends."""
    site = Site(emulator, template, name, parameters or {}, region)
    try:
        yield site
    finally:
        emulator.client("cloudformation", region=region).delete_stack(StackName=name)


def _body(emulator: Emulator, template: str) -> dict[str, str]:
    """The template as CloudFormation takes it: inline up to its limit, from a bucket above."""
    if len(template.encode()) <= 51_200:
        return {"TemplateBody": template}
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="template.yaml", Body=template.encode())
    return {"TemplateURL": f"{emulator.url}/templates/template.yaml"}


def until(look: Callable[[], T], is_it: Callable[[T], bool], seconds: float = 20) -> T:
    """What `look` gives as soon as `is_it` agrees; an `AssertionError` with the last of it after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if is_it(seen):
            return seen
        assert time.monotonic() < end, f"still {seen!r} after {seconds} seconds"
        time.sleep(0.02)


def _is_settled(stack: dict[str, Any]) -> bool:
    return not str(stack["StackStatus"]).endswith("IN_PROGRESS")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        return None
