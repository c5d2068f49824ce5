"""What CodePipeline refuses, or does without a word, held against every pipeline that we write."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from generator.buildspec import build_buildspec
from workbench import ROOT
from workbench.resolve import STACK_UUID, combinations, dependencies, resolve
from workbench.templates import every_template

PIPELINES = {
    name: resource["Properties"]
    for name, template in every_template().items()
    for resource in template["Resources"].values()
    if resource["Type"] == "AWS::CodePipeline::Pipeline"
}
EVERY_PIPELINE = pytest.mark.parametrize("pipeline", PIPELINES.values(), ids=PIPELINES)


def actions(pipeline: dict[str, Any]) -> list[dict[str, Any]]:
    return [action for stage in pipeline["Stages"] for action in stage["Actions"]]


def artifacts(pipeline: dict[str, Any], kind: str) -> list[str]:
    return [artifact["Name"] for action in actions(pipeline) for artifact in action.get(kind, [])]


def test_every_source_but_direct_has_its_pipelines_here() -> None:
    assert {"git", "zip", "git-operations-sam-demanded"} <= set(PIPELINES)
    assert not [name for name in PIPELINES if name.startswith(("direct", "webhook"))]


@EVERY_PIPELINE
def test_no_namespace_has_an_artifacts_name_and_each_is_unique(pipeline: dict[str, Any]) -> None:
    # https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
    namespaces = [action["Namespace"] for action in actions(pipeline) if "Namespace" in action]
    written = artifacts(pipeline, "OutputArtifacts")
    names = [*namespaces, *written, "codepipeline", "variables"]  # the last two are CodePipeline's own
    assert len(names) == len({name.casefold() for name in names})
    assert all(re.fullmatch(r"[A-Za-z0-9@_-]{1,100}", name) for name in [*namespaces, *written])


@EVERY_PIPELINE
def test_every_variable_and_every_input_is_that_of_an_earlier_action(pipeline: dict[str, Any]) -> None:
    known, made = {"codepipeline"}, set[str]()
    for stage in pipeline["Stages"]:
        for action in stage["Actions"]:
            text = str(action["Configuration"])
            assert {name for name, _ in re.findall(r"#\{([^.}]+)\.([^}]+)\}", text)} <= known
            assert {artifact["Name"] for artifact in action.get("InputArtifacts", [])} <= made
        known |= {action["Namespace"] for action in stage["Actions"] if "Namespace" in action}
        made |= {artifact["Name"] for action in stage["Actions"] for artifact in action.get("OutputArtifacts", [])}
    assert made == set(artifacts(pipeline, "InputArtifacts"))  # what nobody takes is written for nothing


# What a source action gives:
# https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
# https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
GIVEN = {
    "CodeStarSourceConnection": {
        *("AuthorDate", "BranchName", "CommitId", "CommitMessage", "ConnectionArn", "FullRepositoryName")
    },
    "S3": {"BucketName", "ETag", "ObjectKey", "VersionId"},
}


@EVERY_PIPELINE
def test_no_action_is_given_what_a_commit_or_a_build_says(pipeline: dict[str, Any]) -> None:
    # CodePipeline pastes a variable into a configuration as it is, quotes too: https://github.com/aws/aws-cdk/issues/8458
    taken = {name for action in actions(pipeline) for name in re.findall(r"#\{[^}]*\}", str(action["Configuration"]))}
    assert taken == {"#{codepipeline.PipelineExecutionId}"}


@EVERY_PIPELINE
def test_the_upload_asks_for_variables_that_the_actions_give(pipeline: dict[str, Any]) -> None:
    (source,) = [action for action in actions(pipeline) if action["ActionTypeId"]["Category"] == "Source"]
    given = GIVEN[source["ActionTypeId"]["Provider"]]
    asked = {*re.findall(r'"([A-Z]\w+)"', (ROOT / "codebuild" / "uploader" / "execution.py").read_text())}
    needed = {"CommitId", "BranchName", "CommitMessage"} if "CommitId" in given else {"VersionId"}
    assert needed <= asked & given
    exported = yaml.safe_load(build_buildspec(unpack_zip=False))["env"]["exported-variables"]
    assert exported == ["ARCHIVE_SHA256"]


def before(title: str, graph: Mapping[str, set[str]]) -> set[str]:
    """All that is made before a resource, whatever is between."""
    found: set[str] = set()
    todo = [title]
    while todo:
        new = graph[todo.pop()] - found
        found |= new
        todo += new
    return found


@pytest.mark.parametrize("name", PIPELINES)
def test_a_pipeline_is_made_when_all_else_is_whole_in_every_combination(name: str) -> None:
    # It runs at once: whatever failed later would leave a bucket that cannot be deleted.
    template = every_template()[name]
    conditions = {r["Condition"] for r in template["Resources"].values() if "Condition" in r}
    (pipeline,) = [title for title, r in template["Resources"].items() if r["Type"] == "AWS::CodePipeline::Pipeline"]
    for parameters in combinations({"Conditions": dict.fromkeys(sorted(conditions | {"HasDomain"}))}):
        graph = dependencies(template, **parameters)
        assert before(pipeline, graph) == set(graph) - {pipeline}


@pytest.mark.parametrize("name", PIPELINES)
def test_what_a_condition_leaves_out_is_in_no_depends_on(name: str) -> None:
    # cfn-lint E3005; CloudFormation does not say what it makes of one
    resources = every_template()[name]["Resources"]
    conditional = {title for title, resource in resources.items() if "Condition" in resource}
    assert conditional
    assert not [t for t, r in resources.items() if conditional & set(r.get("DependsOn", []))]


# https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
RUNS, GOOD = {"STARTED", "RESUMED", "STOPPING"}, {"SUCCEEDED"}
BAD = {"FAILED", "STOPPED", "CANCELED"}


@pytest.mark.parametrize("name", PIPELINES)
def test_every_end_of_a_pipeline_that_publishes_nothing_is_told(name: str) -> None:
    found = resolve(every_template()[name])
    assert set(found.properties("FailureRule")["EventPattern"]["detail"]["state"]) == BAD
    assert set(found.properties("PublishRule")["EventPattern"]["detail"]["state"]) == GOOD


def test_the_plain_message_says_how_it_ended_and_how_to_start_again() -> None:
    for source in ("git", "zip"):
        (target,) = resolve(every_template()[source]).properties("FailureRule")["Targets"]
        transformer = target["InputTransformer"]
        assert transformer["InputPathsMap"]["state"] == "$.detail.state"
        text = json.loads(transformer["InputTemplate"].replace("<state>", "CANCELED"))
        assert "the pipeline ended as CANCELED. Nothing was published." in text
        assert text.endswith("deployments watch --start --stack site --region eu-central-1")


def test_another_repository_branch_or_connection_is_built_at_once() -> None:
    # the pipeline's own properties: CloudFormation starts it after it has changed it
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-codepipeline-pipeline.html
    for name, pipeline in PIPELINES.items():
        assert pipeline.get("RestartExecutionOnUpdate", False) is name.startswith("git")
        parameters = {"ConnectionArn", "Repository", "Branch"}
        assert name.startswith("zip") or all(f"{{'Ref': '{parameter}'}}" in str(pipeline) for parameter in parameters)


def test_each_parameter_of_the_build_says_that_a_change_of_it_starts_none() -> None:
    for name in PIPELINES:
        template = every_template()[name]
        project = template["Resources"]["BuildProject"]["Properties"]
        of_build = {p for p in template["Parameters"] if re.search(rf"'{p}'|\{{{p}}}", str({**project, "Source": ""}))}
        of_build |= {"Framework", "BuildImage"}  # behind a mapping and a condition
        of_build -= {"Branch", "RetentionDays"}  # the pipeline's own; no build needs it
        assert len(of_build) == 9
        for parameter in of_build:
            assert template["Parameters"][parameter]["Description"].endswith("A change needs a new build")


def test_nothing_but_its_source_changes_a_pipeline_because_an_update_of_it_ends_what_it_runs() -> None:
    for name in PIPELINES:
        template = every_template()[name]
        (pipeline,) = [r for r in template["Resources"].values() if r["Type"] == "AWS::CodePipeline::Pipeline"]
        words = set(re.findall(r"\w+", json.dumps(pipeline)))
        source = {"ConnectionArn", "Repository", "Branch", "PathFilter"} if name.startswith("git") else set()
        assert words & set(template["Parameters"]) == source
        assert words & set(template["Conditions"]) <= {"HasPathFilter", "ClonesFully"}


@pytest.mark.parametrize("name", PIPELINES)
def test_whoever_finds_the_pipeline_by_name_has_the_name_that_it_gets(name: str) -> None:
    found = resolve(every_template()[name])
    assert found.properties("Pipeline")["Name"] == STACK_UUID
    for rule in ("PublishRule", "FailureRule"):
        assert found.properties(rule)["EventPattern"]["detail"]["pipeline"] == [STACK_UUID]
    upload = found.properties("UploadProject")["Environment"]["EnvironmentVariables"]
    assert {"Name": "PIPELINE", "Value": STACK_UUID} in upload
    assert found.properties("Publisher")["Environment"]["Variables"]["PIPELINE"] == STACK_UUID
    named = {
        resource.rsplit(":", 1)[1]
        for title in found.of_type("AWS::IAM::Role")
        for statement in found.statements(title)
        if statement["Action"][0].startswith("codepipeline:")
        for resource in statement["Resource"]
    }
    assert named == {STACK_UUID}
    if "Dashboard" in found.resources:
        assert f"/pipelines/{STACK_UUID}/view" in found.properties("Dashboard")["DashboardBody"]


@pytest.mark.parametrize(("full", "form"), [("false", "CODE_ZIP"), ("true", "CODEBUILD_CLONE_REF")])
def test_only_a_build_that_clones_may_use_the_connection_for_this_repository_and_to_read(full: str, form: str) -> None:
    found = resolve(every_template()["git"], FullClone=full, Repository="example/website", ConnectionArn="arn:c")
    (source,) = found.properties("Pipeline")["Stages"][0]["Actions"]
    assert form == source["Configuration"]["OutputArtifactFormat"]
    uses = [one for one in found.statements("BuildRole") if "UseConnection" in str(one["Action"])]
    assert [] == [one for one in found.statements("UploadRole") if "UseConnection" in str(one["Action"])]
    expected = [
        (
            [f"{prefix}:UseConnection"],
            ["arn:c"],
            {
                "StringEquals": {f"{prefix}:FullRepositoryId": "example/website"},
                "StringEqualsIfExists": {f"{prefix}:ProviderPermissionsRequired": "read_only"},
            },
        )
        for prefix in ("codeconnections", "codestar-connections")
    ]
    given = [(one["Action"], one["Resource"], one["Condition"]) for one in uses]
    assert given == (expected if full == "true" else [])
