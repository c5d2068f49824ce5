"""What CodePipeline and CodeBuild tell in the emulated AWS: what was given to it before, as no pipeline runs there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html
_PAGE = 100
_NO_PIPELINE = {
    "__type": "PipelineNotFoundException",
    "message": "CodePipeline is not there on this machine: `instant-hosting local pipeline` tells how far a commit is",
}
_executions: dict[str, Mapping[str, Any]] = {}
_listed: dict[str, Mapping[str, Any]] = {}  # the newest last
_running: dict[str, list[Mapping[str, Any]]] = {}
_built: dict[str, Mapping[str, Any]] = {}
Told = tuple[int, Mapping[str, Any]]  # a status, and what is answered with it


class Filter(TypedDict):
    """Of which execution the actions are asked for."""

    pipelineExecutionId: str


class Asked(TypedDict, total=False):
    """What a request asks of CodePipeline or CodeBuild, as far as it is answered here."""

    name: str
    pipelineName: str
    pipelineExecutionId: str
    maxResults: int
    filter: Filter
    nextToken: str
    ids: list[str]


def keep(execution: str, told: Mapping[str, Any]) -> None:
    """Tell this of an execution from now on: its `actions` and `builds`, and all else as it is.

    What is `listed` or `running` is told besides: how a list of executions has it, and actions that have not ended.
    """
    if "listed" in told:
        _listed[execution] = told["listed"]
        _running[execution] = told.get("running", [])
    _built.update({build["id"]: build for build in told.get("builds", ())})
    if not told.keys() <= {"listed", "running", "builds", "pipelineExecutionId"}:
        _executions[execution] = told


def _execution(asked: Asked) -> Told:
    one = asked["pipelineExecutionId"]
    known = {**_executions.get(one, {}), **_listed.get(one, {})}
    return (200, {"pipelineExecution": known}) if known else (400, {"__type": "PipelineExecutionNotFoundException"})


def _actions(asked: Asked) -> Told:
    execution = asked["filter"]["pipelineExecutionId"]
    told = _executions.get(execution, {}).get("actions", [])
    known = {action["actionName"] for action in told}  # with what they have left
    actions = [*(action for action in _running.get(execution, ()) if action["actionName"] not in known), *told]
    end = int(asked.get("nextToken", 0)) + _PAGE
    more = {"nextToken": str(end)} if actions[end:] else {}
    return 200, {"actionExecutionDetails": actions[end - _PAGE : end], **more}


def _builds(asked: Asked) -> Told:
    return 200, {"builds": [_built[one] for one in asked["ids"] if one in _built]}


def _state(asked: Asked) -> Told:
    """The stages of the newest execution, which are all that one can follow here."""
    newest = next((one for one, told in reversed(_listed.items()) if told["pipelineName"] == asked["name"]), "")
    stages = [
        {
            "stageName": action["stageName"],
            "latestExecution": {"pipelineExecutionId": newest, "status": action["status"]},
        }
        for action in reversed(_running.get(newest, ()))
    ]
    return 200, {"pipelineName": asked["name"], "stageStates": stages}


def _list(asked: Asked) -> Told:
    of_this = [one for one in reversed(_listed.values()) if one["pipelineName"] == asked["pipelineName"]]
    if not of_this:
        return _no_pipeline(asked)
    begin = int(asked.get("nextToken", 0))
    end = begin + asked.get("maxResults", _PAGE)
    more = {"nextToken": str(end)} if of_this[end:] else {}
    return 200, {"pipelineExecutionSummaries": of_this[begin:end], **more}


def _no_pipeline(_: Asked) -> Told:
    return 400, _NO_PIPELINE


# By the request's header X-Amz-Target
TOLD: Mapping[bytes, Callable[[Asked], Told]] = {
    b"CodePipeline_20150709.GetPipelineExecution": _execution,
    b"CodePipeline_20150709.GetPipelineState": _state,
    b"CodePipeline_20150709.ListActionExecutions": _actions,
    b"CodePipeline_20150709.ListPipelineExecutions": _list,
    b"CodePipeline_20150709.StartPipelineExecution": _no_pipeline,
    b"CodeBuild_20161006.BatchGetBuilds": _builds,
}
