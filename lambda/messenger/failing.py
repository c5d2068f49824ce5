"""Looks up why an execution of the pipeline failed: which action, and of a build its command and first error lines.

A pipeline's event tells neither. The messenger asks here, and `deployments watch` with a person's rights.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from contract import ActionRun, BuildRun
from messenger.reason import Reason, reason

_PAGES = 5  # of a log from its end; each has up to 10,000 lines, and may be empty
_BY_COMMAND = "Error while executing command"


class Failed(NamedTuple):
    """The action that failed, AWS's word for it, its page, and its build's ID if it ran one."""

    action: str
    summary: str
    url: str
    build: str


def failed(client: Callable[[str], Any], pipeline: str, execution: str) -> Failed | None:
    """The action that failed last in the execution, if one did.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionDetail.html
    """
    only = {"pipelineExecutionId": execution}
    pages = client("codepipeline").get_paginator("list_action_executions").paginate(pipelineName=pipeline, filter=only)
    runs: list[ActionRun] = [one for page in pages for one in page["actionExecutionDetails"]]
    failures = [one for one in runs if one["status"] == "Failed"]
    return _failed(max(failures, key=lambda one: one["lastUpdateTime"])) if failures else None


def _failed(action: ActionRun) -> Failed:
    result = action.get("output", {}).get("executionResult", {})
    details = result.get("errorDetails", {}).get("message") or result.get("externalExecutionSummary", "")
    identity = result.get("externalExecutionId", "")
    build = identity if ":" in identity else ""  # of CodeBuild's; an action of another kind has another ID
    return Failed(action["actionName"], " ".join(details.split()), result.get("externalExecutionUrl", ""), build)


def why(client: Callable[[str], Any], build: str) -> Reason:
    """What failed in a build: of a command that failed what the log says, else what CodeBuild says itself.

    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildPhase.html
    """
    builds: list[BuildRun] = client("codebuild").batch_get_builds(ids=[build])["builds"]
    found: BuildRun = builds[0] if builds else {}
    messages = _messages(found)
    said = [" ".join(message.split()) for message in messages if message and not message.startswith(_BY_COMMAND)]
    place = found.get("logs", {})
    by_command = any(message.startswith(_BY_COMMAND) for message in messages) or not said
    if not by_command or "streamName" not in place:
        return Reason("", said)
    return reason(_log(client("logs"), place["groupName"], place["streamName"]))


def _messages(build: BuildRun) -> list[str]:
    """What CodeBuild says of the phases that did not succeed."""
    phases = [phase for phase in build.get("phases", ()) if phase.get("phaseStatus", "SUCCEEDED") != "SUCCEEDED"]
    return [context.get("message", "") for phase in phases for context in phase.get("contexts", ())]


def _log(logs: Any, group: str, stream: str) -> str:
    text, token = "", ""
    for _ in range(_PAGES):
        asked = {"logGroupName": group, "logStreamName": stream, "startFromHead": False}
        page = logs.get_log_events(**asked, **({"nextToken": token} if token else {}))
        text = "".join(event["message"].rstrip("\n") + "\n" for event in page["events"]) + text
        if page["nextBackwardToken"] == token:
            break
        token = page["nextBackwardToken"]
    return text
