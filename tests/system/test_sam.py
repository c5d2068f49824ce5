"""`sam deploy` with the samconfig.toml at the root, as its first lines say."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests.conftest import ROOT, Emulator
from tests.support.site import CONNECTION

GIT = ["--parameter-overrides", f"ConnectionArn={CONNECTION}", "Repository=example/website"]
ENVIRONMENTS = {"git": GIT, "zip": ["--config-env", "zip"], "direct": ["--config-env", "direct"]}


@pytest.fixture(scope="session")
def sam() -> str:
    """The command of aws-sam-cli, in an environment of its own: it pins another botocore than the emulator."""
    found = shutil.which("sam", path=f"{ROOT / '.tools' / 'sam' / 'bin'}:{os.environ['PATH']}")
    assert found, "no `sam`: tests/run puts it into .tools/sam"
    return found


@pytest.mark.parametrize("arguments", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_sam_deploys_each_ready_template(aws: Emulator, sam: str, arguments: list[str]) -> None:
    run = subprocess.run(
        [sam, "deploy", "--no-confirm-changeset", *arguments],
        cwd=ROOT,
        env={**os.environ, **aws.environment(), "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    stack = aws.client("cloudformation").describe_stacks(StackName="site")["Stacks"][0]
    assert stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    assert {"SiteUrl", "StoreArn"} <= {output["OutputKey"] for output in stack["Outputs"]}
