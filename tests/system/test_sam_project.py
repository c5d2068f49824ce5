"""`sam deploy` in a project that `deployments init` wrote does what `deployments up` does."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from deployments.__main__ import main
from deployments.project import Project, write_project
from generator import Settings
from local.cloud.emulator import REGION, Emulator
from workbench import sam
from workbench.read_yaml import as_yaml_1_1
from workbench.site import CONNECTION

PARAMETERS = {
    "ConnectionArn": CONNECTION,
    "Repository": "ada/shop",
    "Branch": "release/2.0",
    "PathFilter": "apps/web/**,packages/**",
    "Framework": "custom",
    "AppRoot": "apps/web",
    "InstallCommand": "npm ci --omit=dev,optional",
    "BuildCommand": "npm run build -- --base='/a b' --define:x=\"y,z\" && echo it's=done",
    "OutputFolder": "dist/*/browser",
    "Routing": "spa",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "site.toml").write_text('[tags]\nteam = "web"\n')
    write_project(Project(tmp_path, "shop", REGION, Settings(), PARAMETERS))
    return tmp_path


def made(aws: Emulator) -> dict[str, Any]:
    """What there is of the stack: its parameters, its template and its resources."""
    formation = aws.client("cloudformation")
    (stack,) = formation.describe_stacks(StackName="shop")["Stacks"]
    resources = formation.describe_stack_resources(StackName="shop")["StackResources"]
    return {
        "status": stack["StackStatus"],
        "parameters": {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]},
        "capabilities": stack.get("Capabilities", []),
        "template": meant(cast("str", formation.get_template(StackName="shop")["TemplateBody"])),
        "resources": {one["LogicalResourceId"]: one["ResourceType"] for one in resources},
    }


def meant(template: str) -> Any:
    """What a template says: sam writes it anew, and puts each resource's name into its metadata."""
    content = as_yaml_1_1(template)
    for resource in content["Resources"].values():
        resource.get("Metadata", {}).pop("SamResourceId", None)
        if not resource.get("Metadata", True):
            del resource["Metadata"]
    return content


def test_sam_deploy_makes_the_same_stack_as_up(
    aws: Emulator, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sam.run("deploy", "--no-confirm-changeset", aws=aws, cwd=project)
    by_sam = made(aws)
    assert PARAMETERS.items() <= by_sam["parameters"].items()
    aws.reset()
    for module in ("formation", "following"):
        monkeypatch.setattr(f"deployments.up.{module}._PAUSE", 0.02)
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    # the emulator has no pipeline that runs, so `up` ends where it would follow the first build
    main(["up", str(project), "--yes"])
    assert "the pipeline: made" in capsys.readouterr().err
    assert by_sam == made(aws)
