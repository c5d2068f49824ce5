"""What CodePipeline tells of an execution and its actions, and CodeBuild of a build: only the members that are read.

https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionDetail.html
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineExecutionSummary.html
https://docs.aws.amazon.com/codebuild/latest/APIReference/API_Build.html
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict


class SourceRevision(TypedDict, total=False):
    """What a source action fetched."""

    revisionId: str
    revisionSummary: str


class Trigger(TypedDict, total=False):
    """What started an execution."""

    triggerType: str


class Execution(TypedDict, total=False):
    """One execution of a pipeline."""

    pipelineExecutionId: str
    status: str
    statusSummary: str
    startTime: datetime
    lastUpdateTime: datetime
    trigger: Trigger
    sourceRevisions: Sequence[SourceRevision]


class Phase(TypedDict, total=False):
    """A phase of a build; the last one has only its type."""

    phaseType: str
    phaseStatus: str
    durationInSeconds: int


class Environment(TypedDict, total=False):
    """The compute of a build."""

    type: str


class Build(TypedDict, total=False):
    """A build."""

    buildStatus: str
    phases: Sequence[Phase]
    environment: Environment
