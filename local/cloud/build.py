"""Runs the deployed buildspecs in folders, with the variables that CodeBuild would set: a build, then its upload."""

from __future__ import annotations

import json
import os
import subprocess
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict, cast

import yaml

from contract import EXECUTIONS
from local.cloud import toolbox
from local.cloud.child import Children
from local.cloud.stack import Stack

STEPS = "steps"  # the file in `tools` that gets a line `PHASE COMMAND` when a command begins
_EXPORTED = "exported"  # the file in `tools` that gets what the build exports
_SECONDS = 600  # a build that waits for somebody ends, as it does on AWS after its project's own limit


class Action(TypedDict):
    """An action that has run, as CodePipeline tells of it."""

    actionName: str
    stageName: str
    status: str
    startTime: float
    lastUpdateTime: float
    output: Mapping[str, Mapping[str, str]]


class _Source(TypedDict):
    buildspec: str


class _Variable(TypedDict):
    name: str
    value: str


class _Environment(TypedDict):
    environmentVariables: list[_Variable]


class _Project(TypedDict):
    """A project, as CodeBuild tells of it."""

    source: _Source
    environment: _Environment


# https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
_Variables = TypedDict("_Variables", {"exported-variables": list[str]}, total=False)


class _Phase(TypedDict):
    commands: list[str]


class _Buildspec(TypedDict):
    """A buildspec of ours."""

    env: _Variables
    phases: dict[str, _Phase]


@dataclass(frozen=True)
class Build:
    """One run of the deployed buildspecs, as CodeBuild would run them in a pipeline's execution."""

    site: Stack
    commit: str
    execution: str = field(default_factory=lambda: str(uuid.uuid4()))
    build_id: str = field(default_factory=lambda: f"BuildProject:{uuid.uuid4()}")
    variables: Mapping[str, str] = field(default_factory=dict)  # in place of the build project's own
    message: str = ""
    branch: str = "main"
    children: Children = field(default_factory=Children)

    def run(self, source: Path, tools: Path) -> subprocess.CompletedProcess[str]:
        """Build and, if that succeeded, upload; what both said."""
        built = self.build(source, tools)
        if built.returncode:
            return built
        done = self.upload(tools)
        return subprocess.CompletedProcess(done.args, done.returncode, built.stdout + done.stdout, "")

    def build(self, source: Path, tools: Path) -> subprocess.CompletedProcess[str]:
        """Run install and build in `source`, a clean copy of the sources; what they install goes into `tools`."""
        variables = {"CODEBUILD_BUILD_ID": self.build_id, **self.variables}
        done = self._run("BuildProject", source, tools, variables)
        if done.returncode == 0:
            values = (tools / _EXPORTED).read_text(errors="replace").split("\0")
            self.tell(dict(zip(self._exported("BuildProject"), values, strict=False)))
        return done

    def upload(self, tools: Path) -> subprocess.CompletedProcess[str]:
        """Run the upload, in an empty folder."""
        folder = tools / "upload"
        folder.mkdir(exist_ok=True)
        return self._run("UploadProject", folder, tools, {"EXECUTION": self.execution})

    def tell(self, exported: Mapping[str, str]) -> None:
        """Let CodePipeline tell what this execution's actions have left, as its ListActionExecutions does."""
        summary = json.dumps({"ProviderType": "GitHub", "CommitMessage": self.message})
        self.site.emulator.tell_execution(
            self.execution,
            artifactRevisions=[{"name": "Source", "revisionSummary": summary}],
            actions=[
                action("Source", self._revision()),
                action("Build", exported, self.build_id),
            ],
        )

    def phases(self, project: str = "BuildProject") -> dict[str, list[str]]:
        """The commands of the buildspec's phases."""
        phases = self._buildspec(project)["phases"]
        return {name: phases[name]["commands"] for name in ("install", "build") if name in phases}

    def settings(self, project: str = "BuildProject") -> dict[str, str]:
        """The project's own variables."""
        return {item["name"]: item["value"] for item in self._project(project)["environment"]["environmentVariables"]}

    def _run(
        self, project: str, folder: Path, tools: Path, variables: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        # version 0.2: one shell for all commands, which ends at the first that fails
        steps = [
            f"echo {phase} {number} >> '{tools / STEPS}'\n{{ {command.rstrip()}\n}} || exit 1\n"
            for phase, commands in self.phases(project).items()
            for number, command in enumerate(commands)
        ]
        # a build says what it likes, quotes too: between zeros, which no variable has
        values = " ".join(f'"${name}"' for name in self._exported(project))
        export = f"printf '%s\\0' {values} > '{tools / _EXPORTED}'\n" if values else ""
        environment = toolbox.environment(tools, os.environ)
        environment |= self.site.emulator.environment()
        environment |= self.settings(project)
        environment |= {"CODEBUILD_SRC_DIR": str(folder), **variables}
        command = ["bash", "-c", "".join(steps) + export]
        return self.children.run(command, folder, environment, _SECONDS)

    def _exported(self, project: str) -> list[str]:
        return self._buildspec(project)["env"].get("exported-variables", [])

    def _buildspec(self, project: str) -> _Buildspec:
        return cast("_Buildspec", yaml.safe_load(self._project(project)["source"]["buildspec"]))

    def _project(self, title: str) -> _Project:
        codebuild = self.site.emulator.client("codebuild")
        (project,) = codebuild.batch_get_projects(names=[self.site.resources[title]])["projects"]
        return cast("_Project", project)

    def _revision(self) -> dict[str, str]:
        if "SourceBucket" in self.site.resources:
            return {"VersionId": self.commit}
        return {"CommitId": self.commit, "BranchName": self.branch, "CommitMessage": self.message}

    @property
    def deployment(self) -> str:
        """The deployment ID that this execution made."""
        key = EXECUTIONS + self.execution
        made: bytes = self.site.emulator.shared("s3").get_object(Bucket=self.site.bucket, Key=key)["Body"].read()
        return made.decode()


def action(name: str, variables: Mapping[str, str], build: str = "") -> Action:
    """What CodePipeline's ListActionExecutions tells of an action that succeeded.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionExecutionDetail.html
    """
    result = {"executionResult": {"externalExecutionId": build}} if build else {}
    now = time.time()
    return {
        "actionName": name,
        "stageName": name,
        "status": "Succeeded",
        "startTime": now,
        "lastUpdateTime": now,
        "output": {"outputVariables": dict(variables), **result},
    }
