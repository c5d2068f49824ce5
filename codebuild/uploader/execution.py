"""Asks CodePipeline what an execution has built: what a build says of itself could be said by anybody's code."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, NamedTuple

from content.files import UploadError
from content.identity import facts
from contract import ARCHIVE_DIGEST, ARCHIVES

if TYPE_CHECKING:
    from aws_types import ActionRun, CodePipelineClient

_ASKED, _PAUSE = 10, 3  # how often it is asked for what has just ended, and the seconds in between


class Built(NamedTuple):
    """What an execution of the pipeline has built, as CodePipeline tells it.

    archive: its key
    facts: the manifest's members about the source
    """

    archive: str
    digest: str
    facts: dict[str, str]


def actions(client: CodePipelineClient, pipeline: str, execution: str) -> dict[str, ActionRun]:
    """The newest action of each name that has succeeded in `execution`; of what has just ended it may be told late.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html
    """
    latest: dict[str, ActionRun] = {}
    for _ in range(_ASKED):
        listing = client.get_paginator("list_action_executions").paginate
        pages = listing(pipelineName=pipeline, filter={"pipelineExecutionId": execution})
        done = [one for page in pages for one in page["actionExecutionDetails"] if one["status"] == "Succeeded"]
        latest = {one["actionName"]: one for one in sorted(done, key=lambda one: one["startTime"])}
        if {"Source", "Build"} <= latest.keys():
            break
        time.sleep(_PAUSE)
    return latest


def built(client: CodePipelineClient, pipeline: str, execution: str) -> Built:
    """Ask CodePipeline what `execution` has built; `UploadError` says what it does not tell."""
    latest = actions(client, pipeline, execution)
    build, source = (latest.get(name, {}).get("output", {}) for name in ("Build", "Source"))
    uuid = build.get("executionResult", {}).get("externalExecutionId", "").split(":")[-1]
    digest = build.get("outputVariables", {}).get(ARCHIVE_DIGEST, "")
    about = source.get("outputVariables", {})
    commit = about.get("CommitId", "zip")
    ids = f"{uuid} {digest} {commit}"
    if not re.fullmatch(r"[0-9a-f-]{36} [0-9a-f]{64} ([0-9a-f]{40,64}|zip)", ids):
        raise UploadError(f"CodePipeline does not tell build, digest and commit of {execution}: {ids!r}; build again")
    names = {"BranchName": "branch", "CommitMessage": "message", "VersionId": "version"}
    told = {name: about[key] for key, name in names.items() if about.get(key)}
    created = latest["Build"]["lastUpdateTime"].timestamp()
    return Built(f"{ARCHIVES}{uuid}.tar", digest, facts(commit, created, execution=execution, **told))


def target_of(client: CodePipelineClient, pipeline: str, execution: str) -> str:
    """The execution whose build is uploaded: the target of a stage's rollback, else the same."""
    found = client.get_pipeline_execution(pipelineName=pipeline, pipelineExecutionId=execution)["pipelineExecution"]
    return str(found.get("rollbackMetadata", {}).get("rollbackTargetPipelineExecutionId", execution))
