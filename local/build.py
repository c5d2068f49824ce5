"""Runs the deployed buildspec in a folder, with the variables that CodeBuild would set."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from local import child, toolbox
from local.stack import Stack

STEPS = "steps"  # the file in `tools` that gets a line `PHASE COMMAND` when a command begins
_SECONDS = 600


@dataclass
class Build:
    """One run of the deployed buildspec, as CodeBuild would run it in a pipeline's execution."""

    site: Stack
    commit: str
    execution: str = field(default_factory=lambda: str(uuid.uuid4()))
    build_id: str = field(default_factory=lambda: f"BuildProject:{uuid.uuid4()}")
    variables: Mapping[str, str] = field(default_factory=dict)  # in place of the project's own

    def run(self, source: Path, tools: Path) -> subprocess.CompletedProcess[str]:
        """Run install and build in `source`, a clean copy of the sources; what they install goes into `tools`."""
        # version 0.2: one shell for all commands, which ends at the first that fails
        steps = [
            f"echo {phase} {number} >> '{tools / STEPS}'\n{{ {command.rstrip()}\n}} || exit 1\n"
            for phase, commands in self.phases().items()
            for number, command in enumerate(commands)
        ]
        environment = toolbox.environment(tools, os.environ)
        environment |= self.site.emulator.environment()
        environment |= self.settings()
        environment |= {
            "EXECUTION": self.execution,
            "CODEBUILD_BUILD_ID": self.build_id,
            "CODEBUILD_SRC_DIR": str(source),
            **self._revision(),
            **self.variables,
        }
        command = ["bash", "-c", "".join(steps)]
        return child.run(command, _SECONDS, stderr=subprocess.PIPE, cwd=source, env=environment)

    def phases(self) -> dict[str, list[str]]:
        """The commands of the buildspec's phases."""
        phases = yaml.safe_load(self._project()["source"]["buildspec"])["phases"]
        return {name: phases[name]["commands"] for name in ("install", "build")}

    def settings(self) -> dict[str, str]:
        """The project's own variables."""
        return {item["name"]: item["value"] for item in self._project()["environment"]["environmentVariables"]}

    def _project(self) -> Mapping[str, dict[str, Any]]:
        codebuild = self.site.emulator.client("codebuild")
        (found,) = codebuild.batch_get_projects(names=[self.site.resources["BuildProject"]])["projects"]
        return dict(found)

    def _revision(self) -> dict[str, str]:
        if "SourceBucket" in self.site.resources:
            return {"COMMIT": "zip", "VERSION": self.commit}
        return {"COMMIT": self.commit}

    @property
    def deployment(self) -> str:
        """The deployment ID that this build makes."""
        start = "zip" if "SourceBucket" in self.site.resources else self.commit
        return f"{start}-{self.build_id.split(':')[1].replace('-', '')[:16]}"
