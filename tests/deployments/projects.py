"""Projects whose stacks `up` makes, and what is asked of the emulator about them."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract import VERSION
from deployments.project import Project, write_project
from generator import Settings
from generator.settings import Option, Source
from local.cloud.emulator import ACCOUNT, REGION, Emulator
from workbench import ROOT
from workbench.site import until

if TYPE_CHECKING:
    from aws_types import Parameter

BUCKET = f"instant-hosting-templates-{ACCOUNT}-{REGION}"


def project(
    folder: Path,
    source: Source = "direct",
    parameters: Mapping[str, str] | None = None,
    options: frozenset[Option] = frozenset(),
    stack: str = "site",
) -> str:
    """A project's files, as `deployments init` writes them; the folder as the command takes it."""
    folder.mkdir(exist_ok=True)
    settings = Settings(source=source, options=options)
    write_project(Project(folder, stack, REGION, settings, parameters or {}))
    return str(folder)


def first(source: Source) -> str:
    """The template of 0.1.0, as the generator of that version wrote it."""
    return gzip.decompress((ROOT / "tests" / "deployments" / "first" / f"{source}.yaml.gz").read_bytes()).decode()


def stack(aws: Emulator, name: str = "site") -> Any:
    """The stack as CloudFormation describes it, None if there is none."""
    stacks = aws.shared("cloudformation").describe_stacks()["Stacks"]
    return next((one for one in stacks if one["StackName"] == name), None)


def create(aws: Emulator, text: str, name: str = "site", parameters: Mapping[str, str] | None = None) -> None:
    """A stack of the template `text`, made by somebody else's hand."""
    s3 = aws.shared("s3")
    s3.create_bucket(Bucket="somebodys")
    s3.put_object(Bucket="somebodys", Key="template.yaml", Body=text.encode())
    given: list[Parameter] = [
        {"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()
    ]
    aws.shared("cloudformation").create_stack(
        StackName=name,
        TemplateURL=f"{aws.url}/somebodys/template.yaml",
        Capabilities=["CAPABILITY_IAM"],
        Parameters=given,
    )
    until(lambda: stack(aws, name)["StackStatus"], lambda status: not status.endswith("IN_PROGRESS"))


def create_failed(aws: Emulator, name: str = "site", kind: str = "AWS::S3::Bucket") -> None:
    """A stack whose creation failed after its first resource, and was not taken back."""
    text = f"""Description: Instant Hosting {VERSION} (direct) x
Resources:
 SiteBucket: {{Type: {kind}}}
 Door: {{Type: AWS::CloudFormation::WaitConditionHandle, DependsOn: SiteBucket}}
 Gate: {{Type: AWS::CloudFormation::WaitCondition, Properties: {{Handle: !Ref Door, Timeout: 1}}}}"""
    aws.shared("cloudformation").create_stack(StackName=name, TemplateBody=text, OnFailure="DO_NOTHING")
    until(lambda: stack(aws, name)["StackStatus"], lambda status: not status.endswith("IN_PROGRESS"))
