"""`sam deploy` with the samconfig.toml at the root, as its first lines say."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from local.cloud.emulator import Emulator
from workbench import ROOT
from workbench.site import CONNECTION

GIT = ["--parameter-overrides", f"ConnectionArn={CONNECTION}", "Repository=example/website"]
ENVIRONMENTS = {
    "site": GIT,
    "site-zip": ["--config-env", "zip"],
    "site-direct": ["--config-env", "direct"],
}


@pytest.fixture(scope="session")
def sam() -> str:
    """The command of aws-sam-cli, in an environment of its own: it pins another botocore than the emulator."""
    found = shutil.which("sam", path=f"{ROOT / '.tools' / 'sam' / 'bin'}:{os.environ['PATH']}")
    assert found, "no `sam`: tests/run puts it into .tools/sam"
    return found


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_sam_deploys_each_ready_template_as_a_stack_of_its_own(aws: Emulator, sam: str, name: str) -> None:
    run = subprocess.run(
        [sam, "deploy", "--no-confirm-changeset", *ENVIRONMENTS[name]],
        cwd=ROOT,
        env={**os.environ, **aws.environment(), "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    stack = aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert {"SiteUrl", "StoreArn"} <= {output["OutputKey"] for output in stack["Outputs"]}
