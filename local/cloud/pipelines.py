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
Told = tuple[int, Mapping[str, Any]]  # a status, and what is answered with it


class Filter(TypedDict):
    """Of which execution the actions are asked for."""

    pipelineExecutionId: str


class Asked(TypedDict, total=False):
    """What a request asks of CodePipeline or CodeBuild, as far as it is answered here."""

    pipelineExecutionId: str
    filter: Filter
    nextToken: str
    ids: list[str]


def keep(execution: str, told: Mapping[str, Any]) -> None:
    """Tell this of an execution from now on: its `actions` and `builds`, and all else as it is."""
    _executions[execution] = told


def _execution(asked: Asked) -> Told:
    known = _executions.get(asked["pipelineExecutionId"])
    return (200, {"pipelineExecution": known}) if known else (400, {"__type": "PipelineExecutionNotFoundException"})


def _actions(asked: Asked) -> Told:
    actions = _executions.get(asked["filter"]["pipelineExecutionId"], {}).get("actions", [])
    end = int(asked.get("nextToken", 0)) + _PAGE
    more = {"nextToken": str(end)} if actions[end:] else {}
    return 200, {"actionExecutionDetails": actions[end - _PAGE : end], **more}


def _builds(asked: Asked) -> Told:
    builds = [build for known in _executions.values() for build in known.get("builds", ())]
    return 200, {"builds": [build for build in builds if build["id"] in asked["ids"]]}


def _no_pipeline(_: Asked) -> Told:
    return 400, _NO_PIPELINE


# By the request's header X-Amz-Target
TOLD: Mapping[bytes, Callable[[Asked], Told]] = {
    b"CodePipeline_20150709.GetPipelineExecution": _execution,
    b"CodePipeline_20150709.ListActionExecutions": _actions,
    b"CodePipeline_20150709.ListPipelineExecutions": _no_pipeline,
    b"CodePipeline_20150709.StartPipelineExecution": _no_pipeline,
    b"CodeBuild_20161006.BatchGetBuilds": _builds,
}
