"""Uploads what a build has packed as a new deployment: the pipeline's action Upload.

It takes no word of the build for it: strangers' code ran there. Which archive, and what its digest was, it asks of
CodePipeline. Nothing is created before all is compared. Standard library and boto3 only, joined with the files that
it imports; it runs on every Python from 3.9 on.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore.exceptions import ClientError

from site_archive import files_of_archive
from site_files import ARCHIVE_LIMIT, UploadError, printable
from site_plan import Plan, deployment_id, make_plan
from site_upload import connect, names_under, point, upload

_PROGRESS_SECONDS = 3
_ASKED, _PAUSE = 10, 3  # how often CodePipeline is asked for what has just ended, and the seconds in between
_COMPLETE = "it was complete already"
_ID = "[0-9A-Za-z][0-9A-Za-z_-]{9,63}"


class Built(NamedTuple):
    """What an execution of the pipeline has built, as CodePipeline tells it."""

    archive: str  # its key
    digest: str
    facts: dict[str, str]  # the manifest's members about the source


def actions(client: Any, pipeline: str, execution: str) -> dict[str, dict[str, Any]]:
    """The newest action of each name that has succeeded in `execution`; of what has just ended it may be told late.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html
    """
    latest: dict[str, dict[str, Any]] = {}
    for _ in range(_ASKED):
        listing = client.get_paginator("list_action_executions").paginate
        pages = listing(pipelineName=pipeline, filter={"pipelineExecutionId": execution})
        done = [one for page in pages for one in page["actionExecutionDetails"] if one["status"] == "Succeeded"]
        latest = {one["actionName"]: one for one in sorted(done, key=lambda one: one["startTime"])}
        if {"Source", "Build"} <= latest.keys():
            break
        time.sleep(_PAUSE)
    return latest


def built(client: Any, pipeline: str, execution: str) -> Built:
    """Ask CodePipeline what `execution` has built; `UploadError` says what it does not tell."""
    latest = actions(client, pipeline, execution)
    build, source = (latest.get(name, {}).get("output", {}) for name in ("Build", "Source"))
    uuid = build.get("executionResult", {}).get("externalExecutionId", "").split(":")[-1]
    digest = build.get("outputVariables", {}).get("ARCHIVE_SHA256", "")
    about = source.get("outputVariables", {})
    commit, version = about.get("CommitId", "zip"), about.get("VersionId", "")
    told = f"{uuid} {digest} {commit}"
    if not re.fullmatch(r"[0-9a-f-]{36} [0-9a-f]{64} ([0-9a-f]{40,64}|zip)", told):
        raise UploadError(f"CodePipeline does not tell build, digest and commit of {execution}: {told!r}; build again")
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", latest["Build"]["lastUpdateTime"].utctimetuple())
    facts = {"commit": commit, "branch": about.get("BranchName", ""), "message": about.get("CommitMessage", "")}
    facts |= {"author": "", "execution": execution, "created": created}
    return Built(f"archives/{uuid}.tar", digest, {**facts, "version": version} if version else facts)


def target_of(client: Any, pipeline: str, execution: str) -> str:
    """The execution whose build is uploaded: the target of a stage's rollback, else the same."""
    found = client.get_pipeline_execution(pipelineName=pipeline, pipelineExecutionId=execution)["pipelineExecution"]
    target: str = found.get("rollbackMetadata", {}).get("rollbackTargetPipelineExecutionId", execution)
    return target


def fetch(bucket: str, found: Built, place: Path) -> str:
    """Get the archive into `place`, and give the end of the deployment's ID; other bytes are refused.

    No build can choose that end: it is made of the archive's key and of all of its bytes.
    """
    s3 = boto3.client("s3")
    try:
        size = s3.head_object(Bucket=bucket, Key=found.archive)["ContentLength"]
        if size > ARCHIVE_LIMIT:
            raise UploadError(f"{found.archive} has {size:,} bytes, over {ARCHIVE_LIMIT:,}: publish less")
        s3.download_file(bucket, found.archive, str(place))
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        raise UploadError(f"{found.archive} is gone, archives are kept for RetentionDays: build again") from error
    digest, identity = hashlib.sha256(), hashlib.sha256(found.archive.encode())
    with place.open("rb") as archive:
        while more := archive.read(2**20):
            digest.update(more)
            identity.update(more)
    if digest.hexdigest() != found.digest:
        what = f"{found.archive} is not what its build left: its SHA-256 is {digest.hexdigest()}, not {found.digest}"
        raise UploadError(f"{what}; nothing was uploaded: build again, and find out who wrote it")
    return identity.hexdigest()[:16]


def made_before(s3: Any, bucket: str, *executions: str) -> str:
    """The complete deployment that one of the executions has made already, or nothing."""
    for execution in executions:
        if f"executions/{execution}" in names_under(s3, bucket, f"executions/{execution}"):
            identity: str = s3.get_object(Bucket=bucket, Key=f"executions/{execution}")["Body"].read(99).decode()
            if re.fullmatch(_ID, identity) and (made := complete(s3, bucket, identity)):
                return made
    return ""


def complete(s3: Any, bucket: str, identity: str) -> str:
    """The deployment of this ID that has a manifest, self-contained or not, or nothing."""
    apart = re.sub(r"-.([^-]*)\Z", r"-x\1", identity)
    for one in (identity, apart):
        if f"manifests/{one}.json" in names_under(s3, bucket, f"manifests/{one}.json"):
            return one
    return ""


class _Progress:
    """Counts the files, and prints a line now and then."""

    def __init__(self, plan: Plan) -> None:
        self.files = self.size = self.new = 0
        self._all, self._total = len(plan.files), sum(file.size for file in plan.files.values())
        self._shown = time.monotonic()

    def __call__(self, more: int, written: bool) -> None:
        self.files, self.size, self.new = self.files + 1, self.size + more, self.new + written
        if time.monotonic() > self._shown + _PROGRESS_SECONDS:
            self._shown = time.monotonic()
            counts = f"{self.files:,} of {self._all:,} files, {self.size / 1e6:,.1f} of {self._total / 1e6:,.1f} MB"
            print("uploaded", counts, flush=True)


def of_build(s3: Any, bucket: str, found: Built, environment: dict[str, str]) -> tuple[str, str]:
    """The deployment of what was built, uploaded unless it is complete, and what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "archive.tar"
        wanted = deployment_id(found.facts["commit"], fetch(environment["ARTIFACT_BUCKET"], found, place))
        if made := complete(s3, bucket, wanted):
            return made, _COMPLETE
        plan = make_plan(files_of_archive(place), environment["ROUTING"])
        progress, shared = _Progress(plan), environment.get("SHARED_FILES") != "false"
        made, warnings = upload(s3, bucket, plan, {"id": wanted, **found.facts}, progress, shared)
    for warning in warnings:
        print("warning:", warning)
    return made, f"{progress.new:,} files uploaded, {progress.files - progress.new:,} reused"


def run(environment: dict[str, str]) -> str:
    """Do it, and give the line about it."""
    started = time.monotonic()
    names = "SITE_BUCKET", "ARTIFACT_BUCKET", "PIPELINE", "ROUTING", "EXECUTION"
    bucket, _, pipeline, _, execution = values = [environment.get(name, "") for name in names]
    if not all(values) or not re.fullmatch("[0-9a-f-]{36}", execution):
        raise UploadError(f"usage: {'=... '.join(names)}=... python3 uploader.py")
    s3, client = connect(), boto3.client("codepipeline")
    target = target_of(client, pipeline, execution)
    made, what = made_before(s3, bucket, execution, target), _COMPLETE
    if not made:
        made, what = of_build(s3, bucket, built(client, pipeline, target), environment)
    point(s3, bucket, execution, made)
    return f"deployment {made}: {what}, {time.monotonic() - started:.1f} seconds"


def main(environment: dict[str, str]) -> int:
    """Upload what `environment` names; give the exit status."""
    try:
        print(run(environment))
    except Exception as error:  # whatever it is, an action's failure is one line
        print("uploader:", printable(str(error) or repr(error)), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
