"""What AWS replies when it is asked: of each reply the members that a part reads.

It exists so that all of them name these members alike. It has annotations only: nothing of it travels.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NotRequired, TypedDict


class Listed(TypedDict):
    """An object as S3 lists it: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html"""

    Key: str
    Size: int
    LastModified: datetime


class Prefix(TypedDict):
    """What keys have in common, up to a slash."""

    Prefix: str


class Told(TypedDict):
    """What botocore adds to an answer."""

    HTTPHeaders: Mapping[str, str]


class Page(TypedDict):
    """A page of a listing: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html"""

    Contents: NotRequired[Sequence[Listed]]
    CommonPrefixes: NotRequired[Sequence[Prefix]]
    ResponseMetadata: Told


# Of an execution CodePipeline tells this of each action: only the members that are read.
# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionDetail.html


class ActionProblem(TypedDict, total=False):
    """Why an action failed."""

    message: str


class ActionResult(TypedDict, total=False):
    """What ran an action: of CodeBuild's the ID is that of the build."""

    externalExecutionId: str
    externalExecutionSummary: str
    externalExecutionUrl: str
    errorDetails: ActionProblem


class ActionInput(TypedDict, total=False):
    """What an action was asked, its variables filled in."""

    resolvedConfiguration: Mapping[str, str]


class ActionOutput(TypedDict, total=False):
    """What an action left."""

    executionResult: ActionResult
    outputVariables: Mapping[str, str]


class ActionRun(TypedDict, total=False):
    """One action of an execution."""

    actionName: str
    status: str
    startTime: datetime
    lastUpdateTime: datetime
    input: ActionInput
    output: ActionOutput


# https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildPhase.html


class PhaseContext(TypedDict, total=False):
    """What CodeBuild itself says of a phase."""

    message: str


class BuildPhase(TypedDict, total=False):
    """One phase of a build; of one that goes on there is no status."""

    phaseType: str
    phaseStatus: str
    contexts: Sequence[PhaseContext]


class LogPlace(TypedDict, total=False):
    """Where the log of a build is, once it has one."""

    groupName: str
    streamName: str


class BuildRun(TypedDict, total=False):
    """A build: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html"""

    id: str
    phases: Sequence[BuildPhase]
    logs: LogPlace
