"""Looks up why an execution of the pipeline failed: which action, and of a build its command and first error lines.

A pipeline's event tells neither. The messenger asks here, and `deployments watch` with a person's rights.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

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
    actions = [one for page in pages for one in page["actionExecutionDetails"] if one["status"] == "Failed"]
    if not actions:
        return None
    action = max(actions, key=lambda one: str(one["lastUpdateTime"]))
    result = action.get("output", {}).get("executionResult", {})
    details = result.get("errorDetails", {}).get("message") or result.get("externalExecutionSummary", "")
    identity, url = (result.get(f"externalExecution{name}", "") for name in ("Id", "Url"))
    return Failed(action["actionName"], " ".join(details.split()), url, identity if ":" in identity else "")


def why(client: Callable[[str], Any], build: str) -> Reason:
    """What failed in a build: of a command that failed what the log says, else what CodeBuild says itself.

    https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildPhase.html
    """
    found: dict[str, Any] = next(iter(client("codebuild").batch_get_builds(ids=[build])["builds"]), {})
    phases = [phase for phase in found.get("phases", ()) if phase.get("phaseStatus", "SUCCEEDED") != "SUCCEEDED"]
    messages = [context.get("message", "") for phase in phases for context in phase.get("contexts", ())]
    said = [" ".join(message.split()) for message in messages if message and not message.startswith(_BY_COMMAND)]
    place = found.get("logs", {})
    by_command = any(message.startswith(_BY_COMMAND) for message in messages) or not said
    if not by_command or "streamName" not in place:
        return Reason("", said)
    return reason(_log(client("logs"), place["groupName"], place["streamName"]))


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
