"""What CodePipeline and CodeBuild tell in the emulated AWS: what was given to it before, as no pipeline runs there.

The publisher, the messenger and the commands ask both, and could not be tried without an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict

# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html
_PAGE = 100
_NO_PIPELINE = {
    "__type": "PipelineNotFoundException",
    "message": "CodePipeline is not there on this machine: `instant-hosting local pipeline` tells how far a commit is",
}
Told = tuple[int, Mapping[str, object]]  # a status, and what is answered with it


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


class Action(TypedDict):
    """An action of an execution, as far as it is read here."""

    actionName: str
    stageName: str
    status: str


class Execution(TypedDict):
    """An execution in a list of them, as far as it is read here."""

    pipelineName: str


class Build(TypedDict):
    """A build of CodeBuild's, as far as it is read here."""

    id: str


class Kept(TypedDict, total=False):
    """What is told of an execution: see `Pipelines.keep`."""

    listed: Execution
    running: list[Action]
    builds: list[Build]
    actions: list[Action]


class Pipelines:
    """The executions that were told of, by their IDs."""

    def __init__(self) -> None:
        self._executions: dict[str, Kept] = {}
        self._listed: dict[str, Execution] = {}  # the newest last
        self._running: dict[str, list[Action]] = {}
        self._builds: dict[str, Build] = {}
        # By the request's header X-Amz-Target
        self._answers: Mapping[bytes, Callable[[Asked], Told]] = {
            b"CodePipeline_20150709.GetPipelineExecution": self._execution,
            b"CodePipeline_20150709.GetPipelineState": self._state,
            b"CodePipeline_20150709.ListActionExecutions": self._actions,
            b"CodePipeline_20150709.ListPipelineExecutions": self._list,
            b"CodePipeline_20150709.StartPipelineExecution": _no_pipeline,
            b"CodeBuild_20161006.BatchGetBuilds": self._build,
        }

    def keep(self, execution: str, told: Kept) -> None:
        """Tell this of an execution from now on: its `actions` and `builds`, and all else as it is.

        What is `listed` or `running` is told besides: how a list of executions has it, and actions that have not ended.
        """
        if "listed" in told:
            self._listed[execution] = told["listed"]
            self._running[execution] = told.get("running", [])
        self._builds.update({build["id"]: build for build in told.get("builds", ())})
        if not told.keys() <= {"listed", "running", "builds", "pipelineExecutionId"}:
            self._executions[execution] = told

    def answer(self, target: bytes, asked: Asked) -> Told:
        """What is answered to a request that `answers` says yes to."""
        return self._answers[target](asked)

    def answers(self, target: bytes | None) -> bool:
        """Whether this is a request that is answered here, and not by the emulator."""
        return target in self._answers

    def _execution(self, asked: Asked) -> Told:
        execution = asked["pipelineExecutionId"]
        known = {**self._executions.get(execution, {}), **self._listed.get(execution, {})}
        return (200, {"pipelineExecution": known}) if known else (400, {"__type": "PipelineExecutionNotFoundException"})

    def _actions(self, asked: Asked) -> Told:
        execution = asked["filter"]["pipelineExecutionId"]
        ended = self._executions.get(execution, {}).get("actions", [])
        names = {action["actionName"] for action in ended}  # with what they have left
        running = [action for action in self._running.get(execution, ()) if action["actionName"] not in names]
        return 200, _page("actionExecutionDetails", [*running, *ended], asked)

    def _build(self, asked: Asked) -> Told:
        return 200, {"builds": [self._builds[build] for build in asked["ids"] if build in self._builds]}

    def _state(self, asked: Asked) -> Told:
        """The stages of the newest execution, which are all that one can follow here."""
        of_this = (id_ for id_, listed in reversed(self._listed.items()) if listed["pipelineName"] == asked["name"])
        newest = next(of_this, "")
        stages = [
            {
                "stageName": action["stageName"],
                "latestExecution": {"pipelineExecutionId": newest, "status": action["status"]},
            }
            for action in reversed(self._running.get(newest, ()))
        ]
        return 200, {"pipelineName": asked["name"], "stageStates": stages}

    def _list(self, asked: Asked) -> Told:
        name = asked["pipelineName"]
        executions = [listed for listed in reversed(self._listed.values()) if listed["pipelineName"] == name]
        return (200, _page("pipelineExecutionSummaries", executions, asked)) if executions else _no_pipeline(asked)


def _page(member: str, items: Sequence[object], asked: Asked) -> Mapping[str, object]:
    """The part of the items that is asked for, and where the next one begins."""
    begin = int(asked.get("nextToken", 0))
    end = begin + asked.get("maxResults", _PAGE)
    return {member: items[begin:end], **({"nextToken": str(end)} if items[end:] else {})}


def _no_pipeline(_: Asked) -> Told:
    return 400, _NO_PIPELINE
