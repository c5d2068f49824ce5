"""Publishes a folder as a new deployment: the shipped uploader, then the deployed publisher.

Both are the shipped ones, so that a site that goes live here goes live on AWS.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from botocore.config import Config

from compiler.table import compile_site
from content.files import UploadError
from content.identity import deployment_id, facts
from content.plan import make_plan, site_of
from local.cloud.stack import Stack
from local.errors import LocalError
from packer.folder import files_of_folder
from packer.oddities import warnings
from uploader.client import PARALLEL, without_expect
from uploader.deployment import upload as send

if TYPE_CHECKING:
    from aws_types import S3Client


class Held(LocalError):  # noqa: N818  # a state more than a fault
    """New deployments wait for the end of a hold."""


class Published(NamedTuple):
    """A deployment that is live now, and what there was to say."""

    deployment: str
    files: int
    seconds: float
    warnings: list[str]


def upload(stack: Stack, folder: Path, routing: str, commit: str = "local", message: str = "") -> Published:
    """Upload `folder` as a deployment that is complete and not live."""
    started = time.monotonic()
    try:
        files = files_of_folder(folder)
        plan = make_plan(files, routing)
        identity = deployment_id(commit)
        about = {"id": identity, **facts(commit, message=message)}
        compiled = compile_site(site_of(files, plan))
        if compiled["problems"]:
            raise LocalError("\n".join(compiled["problems"]))
        identity, told = send(_client(stack), stack.bucket, plan, compiled, about, lambda *_: None)
    except UploadError as error:
        raise LocalError(str(error)) from None
    said = [*warnings(files, plan), *compiled["warnings"], *told]
    return Published(identity, len(plan.files), time.monotonic() - started, said)


def _client(stack: Stack) -> S3Client:
    """An S3 client that costs little: on loopback the client's own work is most of an upload."""
    config = Config(
        max_pool_connections=PARALLEL,
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        parameter_validation=False,
    )
    client = stack.emulator.client("s3", config=config)
    without_expect(client)
    return client


def publish(stack: Stack, folder: Path, routing: str, commit: str = "local", message: str = "") -> Published:
    """Upload `folder` and make it live."""
    started = time.monotonic()
    made = upload(stack, folder, routing, commit, message)
    answer = stack.ask(action="publish", deployment=made.deployment, by="local")
    if answer["outcome"] != "published":
        kind = Held if stack.status(previous=False).get("hold") else LocalError
        raise kind(f"{made.deployment} is not live, {answer['outcome']}: {answer['reason']}")
    return made._replace(seconds=time.monotonic() - started)
