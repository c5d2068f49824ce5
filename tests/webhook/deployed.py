"""The webhook's stack as a person deploys it: `sam build` and `sam deploy` into the emulator."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import pytest

from local.cloud.emulator import Emulator
from tests.webhook.sending import Sent
from workbench import sam
from workbench.once import once, shared


def packaged(folders: pytest.TempPathFactory) -> Path:
    """A checkout in which `sam build` has packaged the webhook, for every stack of this run of the tests."""
    checkout = shared(folders) / "webhook"

    def build() -> None:
        sam.run("build", "--config-env", "webhook", cwd=sam.checkout(checkout))

    once(checkout / ".aws-sam" / "build" / "template.yaml", build, shared(folders))
    return checkout


class Deployed:
    """The deployed stack with its outputs and resources; `send` posts to its URL."""

    def __init__(self, aws: Emulator, checkout: Path, **parameters: str) -> None:
        self.aws = aws
        given = " ".join(f"{name}={value}" for name, value in parameters.items())
        deploy = ["deploy", "--config-env", "webhook", "--no-confirm-changeset", "--parameter-overrides", given]
        sam.run(*deploy, aws=aws, cwd=checkout)
        stack = aws.client("cloudformation").describe_stacks(StackName="webhook")["Stacks"][0]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        pages = aws.client("cloudformation").describe_stack_resources(StackName="webhook")["StackResources"]
        self.resources = {page["LogicalResourceId"]: page["PhysicalResourceId"] for page in pages}

    def configure(self, routes: Mapping[str, object]) -> None:
        """Store the routes where the stack looks for them."""
        self.aws.client("ssm").put_parameter(
            Name="/instant-hosting/routes", Type="String", Value=json.dumps(routes), Overwrite=True
        )

    def set_environment(self, function: str, **more: str) -> None:
        """What the emulator's surroundings need and AWS does not; it ends the processes that are warm."""
        functions, name = self.aws.client("lambda"), self.resources[function]
        variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables | more})

    def send(self, sent: Sent) -> tuple[int, dict[str, str]]:
        host = self.outputs["WebhookUrl"].removeprefix("https://").strip("/")
        request = urllib.request.Request(self.aws.url + sent.path, sent.body, method=sent.method)
        for name, value in {"Host": host, "Content-Type": "text/plain", **sent.headers}.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())
