"""Publishes a folder as a new deployment: the shipped uploader, then the deployed publisher."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, NamedTuple

from botocore.config import Config

from deployments import shipped
from local.cloud.stack import Stack
from local.errors import LocalError


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
    checks = shipped.load("codebuild/site_checks.py")
    planning, sending = shipped.load("codebuild/site_plan.py"), shipped.load("codebuild/site_upload.py")
    try:
        found = shipped.load("codebuild/site_folder.py").files_of_folder(folder)
        plan = planning.make_plan(found, routing)
        identity = planning.deployment_id(commit)
        created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        facts = {"id": identity, "commit": commit, "branch": "", "message": message, "author": "", "execution": ""}
        identity, warnings = sending.upload(
            _client(stack), stack.bucket, plan, {**facts, "created": created}, lambda *_: None
        )
    except shipped.load("codebuild/site_files.py").UploadError as error:
        raise LocalError(str(error)) from None
    return Published(identity, len(plan.files), time.monotonic() - started, [*checks.warnings(found, plan), *warnings])


def _client(stack: Stack) -> Any:
    """An S3 client that costs little: on loopback the client's own work is most of an upload."""
    config = Config(
        max_pool_connections=64,
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        parameter_validation=False,
    )
    client = stack.emulator.client("s3", config=config)
    # as the uploader's own client does: waiting for "100 Continue" costs each file a round trip
    client.meta.events.register("before-sign.s3.PutObject", lambda request, **_: request.headers.__delitem__("Expect"))
    return client


def publish(stack: Stack, folder: Path, routing: str, commit: str = "local", message: str = "") -> Published:
    """Upload `folder` and make it live."""
    started = time.monotonic()
    made = upload(stack, folder, routing, commit, message)
    answer = stack.ask(action="publish", deployment=made.deployment, by="local")
    if answer["outcome"] != "published":
        kind = Held if answer["reason"].startswith("held: ") else LocalError
        raise kind(f"{made.deployment} is not live, {answer['outcome']}: {answer['reason']}")
    return made._replace(seconds=time.monotonic() - started)
