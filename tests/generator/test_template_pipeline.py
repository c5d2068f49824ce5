"""What starts a pipeline, what its stages are told, and what its builds run with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.buildspec import LIMIT, build_buildspec, upload_buildspec
from generator.frameworks import FRAMEWORKS
from tests.generator.variants import PIPELINES, resolved, template
from workbench.resolve import STACK_UUID, TRUE


def stages(source: str, **parameters: str) -> dict[str, dict[str, Any]]:
    found = resolved(source, **parameters).properties("Pipeline")
    return {stage["Name"]: stage["Actions"][0] for stage in found["Stages"]}


def test_a_git_pipeline_is_started_by_a_push_to_its_branch_and_its_paths() -> None:
    pipeline = resolved("git", Branch="release", **TRUE["HasPathFilter"]).properties("Pipeline")
    assert (pipeline["PipelineType"], pipeline["ExecutionMode"]) == ("V2", "SUPERSEDED")
    ((push,),) = [trigger["GitConfiguration"]["Push"] for trigger in pipeline["Triggers"]]
    assert push == {"Branches": {"Includes": ["release"]}, "FilePaths": {"Includes": ["apps/web/**", "packages/**"]}}
    assert stages("git")["Source"]["Configuration"]["DetectChanges"] == "false"
    ((push,),) = [t["GitConfiguration"]["Push"] for t in resolved("git").properties("Pipeline")["Triggers"]]
    assert push == {"Branches": {"Includes": ["main"]}}


def test_a_zip_pipeline_is_started_by_an_event_and_never_polls() -> None:
    found = resolved("zip")
    configuration = stages("zip")["Source"]["Configuration"]
    assert configuration == {"S3Bucket": "<SourceBucket>", "S3ObjectKey": "site.zip", "PollForSourceChanges": "false"}
    bucket = found.properties("SourceBucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    rule = found.properties("SourceRule")
    assert rule["EventPattern"]["detail"] == {"bucket": {"name": ["<SourceBucket>"]}, "object": {"key": ["site.zip"]}}
    (target,) = rule["Targets"]
    assert target["Arn"] == f"arn:aws:codepipeline:eu-central-1:111122223333:{STACK_UUID}"
    assert found.properties("Pipeline")["Name"] == STACK_UUID


def test_a_zip_pipelines_first_run_which_finds_nothing_is_not_announced() -> None:
    trigger = resolved("zip").properties("FailureRule")["EventPattern"]["detail"]["execution-trigger"]
    assert trigger == {"trigger-type": [{"exists": False}, {"anything-but": "CreatePipeline"}]}
    assert "execution-trigger" not in resolved("git").properties("FailureRule")["EventPattern"]["detail"]


@PIPELINES
def test_the_upload_is_told_its_execution_and_the_build_nothing(source: str) -> None:
    variables = stages(source)["Upload"]["Configuration"]["EnvironmentVariables"]
    assert json.loads(variables) == [{"name": "EXECUTION", "value": "#{codepipeline.PipelineExecutionId}"}]
    assert "EnvironmentVariables" not in stages(source)["Build"]["Configuration"]


def build_environment(source: str, **parameters: str) -> dict[str, str]:
    found = resolved(source, **parameters).properties("BuildProject")["Environment"]["EnvironmentVariables"]
    return {item["Name"]: item["Value"] for item in found}


@PIPELINES
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_each_framework_brings_its_row_and_each_value_can_be_overridden(source: str, framework: str) -> None:
    row = FRAMEWORKS[framework]
    environment = build_environment(source, Framework=framework)
    names = ("INSTALL_COMMAND", "BUILD_COMMAND", "OUTPUT_FOLDER", "ROUTING")
    assert tuple(environment[name] for name in names) == row
    own = {"InstallCommand": "a", "BuildCommand": "b", "OutputFolder": "c", "Routing": "spa"}
    assert [build_environment(source, Framework=framework, **own)[name] for name in names] == ["a", "b", "c", "spa"]


def test_an_arm_image_runs_on_arm() -> None:
    kinds = {
        image: resolved("git", BuildImage=image).properties("BuildProject")["Environment"]["Type"]
        for image in _images()
    }
    assert kinds == {i: "ARM_CONTAINER" if "aarch64" in i else "LINUX_CONTAINER" for i in _images()}


def _images() -> list[str]:
    images: list[str] = template()["Parameters"]["BuildImage"]["AllowedValues"]
    return images


@pytest.mark.parametrize("unpack", [False, True], ids=["git", "zip"])
def test_the_buildspec_fits_what_codebuild_takes(unpack: bool) -> None:
    assert max(len(build_buildspec(unpack_zip=unpack)), len(upload_buildspec())) <= LIMIT
