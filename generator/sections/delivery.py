"""What starts a build and carries it through: the pipeline, its source, and the message when it fails.

The pipeline only says that something was built; that it goes live is decided elsewhere, so that a hold can stop it.
"""

from __future__ import annotations

import json
from typing import NamedTuple, TypedDict, Unpack

from awacs import codebuild, codeconnections, codepipeline, codestar_connections, s3
from awacs.aws import Action, Statement
from troposphere import GetAtt, If, NoValue, Ref, Split, Sub
from troposphere.codepipeline import (
    Actions,
    ActionTypeId,
    ArtifactStore,
    GitBranchFilterCriteria,
    GitConfiguration,
    GitFilePathFilterCriteria,
    GitPushFilter,
    InputArtifacts,
    OutputArtifacts,
    Pipeline,
    PipelineTriggerDeclaration,
    Stages,
)
from troposphere.events import DeadLetterConfig, Rule, Target
from troposphere.iam import Role
from troposphere.s3 import (
    Bucket,
    BucketPolicy,
    EventBridgeConfiguration,
    NotificationConfiguration,
    VersioningConfiguration,
)

from contract import ZIP_KEY
from generator.iam import allow, service_role
from generator.parameters.conditions import CLONES_FULLY, HAS_PATH_FILTER
from generator.sections.alerts import Alerts
from generator.sections.building import Building
from generator.sections.publishing import PIPELINE_NAME, pipeline_arn
from generator.sections.storage import expiring, private_bucket, tls_policy
from generator.sections.uploading import Uploading

# A namespace may not have an artifact's name: the pipeline would be refused when it is created.
# https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
_ARTIFACT, _VARIABLES = "Source", "SourceVariables"
_BUILT, _BUILT_VARIABLES = "Built", "BuildVariables"
# The connection's action writes its ZIP with an ACL: https://github.com/aws/aws-cdk/pull/13637
_ARTIFACT_ACTIONS: list[Action] = [
    *(s3.GetObject, s3.GetObjectTagging, s3.GetObjectVersion, s3.GetObjectVersionTagging),
    *(s3.PutObject, s3.PutObjectAcl, s3.PutObjectTagging),
]


class ZipSource(NamedTuple):
    bucket: Bucket
    policy: BucketPolicy
    role: Role
    rule: Rule


class Delivery(NamedTuple):
    role: Role
    pipeline: Pipeline


def build_zip_source(alerts: Alerts) -> ZipSource:
    """The bucket whose uploads of `ZIP_KEY` start the pipeline, by an event and not by polling."""
    bucket = private_bucket(
        "SourceBucket",
        VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
        NotificationConfiguration=NotificationConfiguration(
            EventBridgeConfiguration=EventBridgeConfiguration(EventBridgeEnabled=True)
        ),
        LifecycleConfiguration=expiring(Ref("RetentionDays"), current=False),
    )
    start = allow([codepipeline.StartPipelineExecution], pipeline_arn())
    role = service_role("SourceRuleRole", "events.amazonaws.com", [start])
    rule = Rule(
        "SourceRule",
        Description=Sub("${AWS::StackName}: an uploaded ZIP starts the pipeline"),
        EventPattern={
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": {"bucket": {"name": [Ref(bucket)]}, "object": {"key": [ZIP_KEY]}},
        },
        # no revision override: events have no order, and whichever comes last builds the newest object
        Targets=[
            Target(
                Id="Pipeline",
                Arn=pipeline_arn(),
                RoleArn=GetAtt(role, "Arn"),
                DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(alerts.failure_queue, "Arn")),
            )
        ],
    )
    return ZipSource(bucket, tls_policy(bucket), role, rule)


def build_delivery(
    building: Building,
    uploading: Uploading,
    zip_source: ZipSource | None,
) -> Delivery:
    """The pipeline with its role; it runs at once, so the template puts it last."""
    source, statements = (_zip_action(zip_source), _zip_statements(zip_source)) if zip_source else _git()
    artifacts = building.artifact_bucket
    role = service_role(
        "PipelineRole",
        "codepipeline.amazonaws.com",
        [
            *statements,
            # what AWS documents, all of it: docs/permissions.md
            allow([s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning], GetAtt(artifacts, "Arn")),
            allow(_ARTIFACT_ACTIONS, Sub(f"${{{artifacts.title}.Arn}}/*")),
            allow(
                [codebuild.StartBuild, codebuild.BatchGetBuilds],
                *(GetAtt(one.project, "Arn") for one in (building, uploading)),
            ),
        ],
    )
    pipeline = Pipeline(
        "Pipeline",
        Name=PIPELINE_NAME,
        PipelineType="V2",
        ExecutionMode="SUPERSEDED",
        RoleArn=GetAtt(role, "Arn"),
        ArtifactStore=ArtifactStore(Type="S3", Location=Ref(artifacts)),
        Stages=[
            Stages(Name="Source", Actions=[source]),
            Stages(Name="Build", Actions=[_build_action(building)]),
            Stages(Name="Upload", Actions=[_upload_action(uploading)]),
        ],
    )
    if not zip_source:  # of a ZIP nothing is decided at deployment, and there may be none yet
        pipeline.Triggers = [_push_trigger()]
        pipeline.RestartExecutionOnUpdate = True
    return Delivery(role, pipeline)


class _Artifacts(TypedDict, total=False):
    """What an action takes and gives."""

    Namespace: str
    InputArtifacts: list[InputArtifacts]
    OutputArtifacts: list[OutputArtifacts]


def _action(
    name: str, category: str, provider: str, configuration: dict[str, object], **artifacts: Unpack[_Artifacts]
) -> Actions:
    return Actions(
        Name=name,
        ActionTypeId=ActionTypeId(Category=category, Owner="AWS", Provider=provider, Version="1"),
        Configuration=configuration,
        **artifacts,
    )


def _git() -> tuple[Actions, list[Statement]]:
    configuration: dict[str, object] = {
        "ConnectionArn": Ref("ConnectionArn"),
        "FullRepositoryId": Ref("Repository"),
        "BranchName": Ref("Branch"),
        "OutputArtifactFormat": If(CLONES_FULLY, "CODEBUILD_CLONE_REF", "CODE_ZIP"),
        "DetectChanges": "false",  # the trigger detects them
    }
    # both prefixes, whichever the connection has:
    # https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
    use: list[Action] = [codeconnections.UseConnection, codestar_connections.UseConnection]
    return _source("CodeStarSourceConnection", configuration), [allow(use, Ref("ConnectionArn"))]


def _source(provider: str, configuration: dict[str, object]) -> Actions:
    return _action(
        "Source",
        "Source",
        provider,
        configuration,
        Namespace=_VARIABLES,
        OutputArtifacts=[OutputArtifacts(Name=_ARTIFACT)],
    )


def _push_trigger() -> PipelineTriggerDeclaration:
    paths = GitFilePathFilterCriteria(Includes=Split(",", Ref("PathFilter")))
    push = GitPushFilter(
        Branches=GitBranchFilterCriteria(Includes=[Ref("Branch")]),
        FilePaths=If(HAS_PATH_FILTER, paths, NoValue),
    )
    return PipelineTriggerDeclaration(
        ProviderType="CodeStarSourceConnection",
        GitConfiguration=GitConfiguration(SourceActionName="Source", Push=[push]),
    )


def _zip_action(source: ZipSource) -> Actions:
    return _source("S3", {"S3Bucket": Ref(source.bucket), "S3ObjectKey": ZIP_KEY, "PollForSourceChanges": "false"})


def _zip_statements(source: ZipSource) -> list[Statement]:
    # https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
    bucket_reads: list[Action] = [s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning]
    object_reads: list[Action] = [s3.GetObject, s3.GetObjectTagging, s3.GetObjectVersion, s3.GetObjectVersionTagging]
    return [
        allow(bucket_reads, GetAtt(source.bucket, "Arn")),
        allow(object_reads, Sub(f"${{{source.bucket.title}.Arn}}/{ZIP_KEY}")),
    ]


def _build_action(building: Building) -> Actions:
    return _action(
        "Build",
        "Build",
        "CodeBuild",
        {"ProjectName": Ref(building.project)},
        Namespace=_BUILT_VARIABLES,
        InputArtifacts=[InputArtifacts(Name=_ARTIFACT)],
        OutputArtifacts=[OutputArtifacts(Name=_BUILT)],
    )


def _upload_action(uploading: Uploading) -> Actions:
    # Nothing that a build or a commit says: CodePipeline pastes values into this JSON as they are, and a quote in one
    # would add variables to the upload. https://github.com/aws/aws-cdk/issues/8458
    execution = {"name": "EXECUTION", "value": "#{codepipeline.PipelineExecutionId}"}
    return _action(
        "Upload",
        "Build",
        "CodeBuild",
        {"ProjectName": Ref(uploading.project), "EnvironmentVariables": json.dumps([execution])},
        InputArtifacts=[InputArtifacts(Name=_BUILT)],
    )
