"""Runs the deployed buildspec in a folder, with the variables that CodeBuild would set."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from local.stack import Stack


@dataclass
class Build:
    """One run of the deployed buildspec, as CodeBuild would run it in a pipeline's execution."""

    site: Stack
    commit: str
    execution: str = field(default_factory=lambda: str(uuid.uuid4()))
    build_id: str = field(default_factory=lambda: f"BuildProject:{uuid.uuid4()}")
    variables: Mapping[str, str] = field(default_factory=dict)  # in place of the project's own

    def run(self, source: Path, tools: Path) -> subprocess.CompletedProcess[str]:
        """Run install and build in `source`, a clean copy of the sources; `tools` is put in front of PATH."""
        project = self.site.emulator.client("codebuild").batch_get_projects(names=[self.site.resources["BuildProject"]])
        (found,) = project["projects"]
        phases = yaml.safe_load(found["source"]["buildspec"])["phases"]
        commands = [command for name in ("install", "build") for command in phases[name]["commands"]]
        # version 0.2: one shell for all commands, which ends at the first that fails
        script = "".join(f"{{ {command.rstrip()}\n}} || exit 1\n" for command in commands)
        (tools / "n").write_text("#!/bin/sh\nexit 0\n")  # the machine's own Node stands for the image's
        (tools / "n").chmod(0o755)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "npm_", "PYTHON"))}
        environment |= self.site.emulator.environment()
        environment |= {item["name"]: item["value"] for item in found["environment"]["environmentVariables"]}
        environment |= {
            "EXECUTION": self.execution,
            "CODEBUILD_BUILD_ID": self.build_id,
            "CODEBUILD_SRC_DIR": str(source),
            "PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            **self._revision(),
            **self.variables,
        }
        return subprocess.run(
            ["bash", "-c", script],
            cwd=source,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def _revision(self) -> dict[str, str]:
        if "SourceBucket" in self.site.resources:
            return {"COMMIT": "zip", "VERSION": self.commit}
        return {"COMMIT": self.commit}

    @property
    def deployment(self) -> str:
        """The deployment ID that this build makes."""
        start = "zip" if "SourceBucket" in self.site.resources else self.commit
        return f"{start}-{self.build_id.split(':')[1].replace('-', '')[:16]}"
