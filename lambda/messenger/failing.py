"""Looks up why an execution of the pipeline failed: which action, and of a build its command and first error lines.

A pipeline's event tells neither. The messenger asks here, and `deployments watch` with a person's rights.
"""

from typing import TYPE_CHECKING, NamedTuple

from messenger.reason import Reason, reason

if TYPE_CHECKING:
    from aws_types import ActionRun, Build, Clients, CloudWatchLogsClient, LogRequest

_PAGES = 5  # of a log from its end; each has up to 10,000 lines, and may be empty
_BY_COMMAND = "Error while executing command"


class Failed(NamedTuple):
    """The action that failed, AWS's word for it, its page, and its build's ID if it ran one."""

    action: str
    summary: str
    url: str
    build: str


def failed(client: "Clients", pipeline: str, execution: str) -> Failed | None:
    """The action that failed last in the execution, if one did.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionDetail.html
    """
    listing = client("codepipeline").get_paginator("list_action_executions").paginate
    pages = listing(pipelineName=pipeline, filter={"pipelineExecutionId": execution})
    runs = [one for page in pages for one in page["actionExecutionDetails"]]
    failures = [one for one in runs if one["status"] == "Failed"]
    return _failed(max(failures, key=lambda one: one["lastUpdateTime"])) if failures else None


def _failed(action: "ActionRun") -> Failed:
    result = action.get("output", {}).get("executionResult", {})
    details = result.get("errorDetails", {}).get("message") or result.get("externalExecutionSummary", "")
    identity = result.get("externalExecutionId", "")
    build = identity if ":" in identity else ""  # of CodeBuild's; an action of another kind has another ID
    return Failed(action["actionName"], " ".join(details.split()), result.get("externalExecutionUrl", ""), build)


def why(client: "Clients", build: str) -> Reason:
    """What failed in a build: of a command that failed what the log says, else what CodeBuild says itself.

    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildPhase.html
    """
    builds = client("codebuild").batch_get_builds(ids=[build])["builds"]
    found: Build = builds[0] if builds else {}
    messages = _messages(found)
    said = [" ".join(message.split()) for message in messages if message and not message.startswith(_BY_COMMAND)]
    place = found.get("logs", {})
    by_command = any(message.startswith(_BY_COMMAND) for message in messages) or not said
    if not by_command or "streamName" not in place:
        return Reason("", said)
    return reason(_log(client("logs"), place["groupName"], place["streamName"]))


def _messages(build: "Build") -> list[str]:
    """What CodeBuild says of the phases that did not succeed."""
    phases = [phase for phase in build.get("phases", ()) if phase.get("phaseStatus", "SUCCEEDED") != "SUCCEEDED"]
    return [context.get("message", "") for phase in phases for context in phase.get("contexts", ())]


def _log(logs: "CloudWatchLogsClient", group: str, stream: str) -> str:
    asked: LogRequest = {"logGroupName": group, "logStreamName": stream, "startFromHead": False}
    text = ""
    for _ in range(_PAGES):
        page = logs.get_log_events(**asked)
        text = "".join(event["message"].rstrip("\n") + "\n" for event in page["events"]) + text
        if page["nextBackwardToken"] == asked.get("nextToken"):
            break
        asked["nextToken"] = page["nextBackwardToken"]
    return text
