"""How sources become a deployment: the build project with its role, log, cache and the uploader in its buildspec."""

from __future__ import annotations

from typing import NamedTuple

from awacs import codepipeline, logs, s3, secretsmanager, ssm
from awacs.aws import Condition, Statement, StringLike
from troposphere import GetAtt, If, Ref, Sub
from troposphere.codebuild import (
    Artifacts,
    CloudWatchLogs,
    Environment,
    EnvironmentVariable,
    LogsConfig,
    Project,
    ProjectCache,
    Source,
)
from troposphere.iam import Role
from troposphere.logs import LogGroup
from troposphere.s3 import Bucket, BucketPolicy

from generator.buildspec import buildspec
from generator.iam import allow, service_role
from generator.intrinsics import arn
from generator.sections.parameters import chosen
from generator.sections.publishing import PIPELINE_NAME, pipeline_arn
from generator.sections.storage import Storage, expiring, private_bucket, tls_policy
from generator.settings import BuildVariable, Settings


class Building(NamedTuple):
    artifact_bucket: Bucket
    artifact_policy: BucketPolicy
    log_group: LogGroup
    role: Role
    project: Project


def build_building(settings: Settings, storage: Storage) -> Building:
    """The build project; it may create deployments, and nothing more, in the site bucket."""
    artifacts = private_bucket("ArtifactBucket", LifecycleConfiguration=expiring(Ref("RetentionDays")))
    log_group = LogGroup("BuildLog", RetentionInDays=Ref("RetentionDays"))
    statements = [*_statements(storage, artifacts, log_group), *_variable_statements(settings.variables)]
    role = service_role("BuildRole", "codebuild.amazonaws.com", statements)
    project = Project(
        "BuildProject",
        Description=Sub("${AWS::StackName}: builds and uploads"),
        ServiceRole=GetAtt(role, "Arn"),
        Artifacts=Artifacts(Type="CODEPIPELINE"),
        Cache=ProjectCache(Type="S3", Location=Sub(f"${{{artifacts.title}}}/cache")),
        LogsConfig=LogsConfig(CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=Ref(log_group))),
        Environment=Environment(
            Type=If("UsesArm", "ARM_CONTAINER", "LINUX_CONTAINER"),
            ComputeType=Sub("BUILD_GENERAL1_${BuildSize}"),
            Image=Ref("BuildImage"),
            EnvironmentVariables=_environment(settings, storage),
        ),
        Source=Source(Type="CODEPIPELINE", BuildSpec=buildspec(unpack_zip=settings.source == "zip")),
    )
    return Building(artifacts, tls_policy(artifacts), log_group, role, project)


def _environment(settings: Settings, storage: Storage) -> list[EnvironmentVariable]:
    own = {
        "SITE_BUCKET": Ref(storage.site_bucket),
        "PIPELINE": PIPELINE_NAME,
        **({"BRANCH": Ref("Branch")} if settings.source == "git" else {}),
        "APP_ROOT": Ref("AppRoot"),
        "NODE_VERSION": Ref("NodeVersion"),
        "INSTALL_COMMAND": chosen("InstallCommand", "Install"),
        "BUILD_COMMAND": chosen("BuildCommand", "Build"),
        "OUTPUT_FOLDER": chosen("OutputFolder", "Output"),
        "ROUTING": chosen("Routing", "Routing"),
        **({} if settings.shared else {"SHARED_FILES": "false"}),
    }
    return [
        *(EnvironmentVariable(Name=name, Value=value) for name, value in own.items()),
        *(EnvironmentVariable(Name=name, Type=kind, Value=value) for name, kind, value in settings.variables),
    ]


def _statements(storage: Storage, artifacts: Bucket, log_group: LogGroup) -> list[Statement]:
    def objects(bucket: Bucket, *paths: str) -> list[Sub]:
        return [Sub(f"${{{bucket.title}.Arn}}/{path}") for path in paths]

    compared = ("deployments/*", "immutable/*", "manifests/*")
    created = ("deployments/*", "immutable/*", "manifests/*", "executions/*", "uploads/*")
    listed = Condition(StringLike("s3:prefix", ["immutable/*", "prune.lock"]))
    return [
        allow([logs.CreateLogStream, logs.PutLogEvents], GetAtt(log_group, "Arn")),
        # what AWS documents for a build in a pipeline: docs/permissions.md
        allow([s3.GetBucketAcl, s3.GetBucketLocation], GetAtt(artifacts, "Arn")),
        allow([s3.GetObjectVersion], *objects(artifacts, "*")),
        # its own files too: a put whose answer was lost is compared with what is there
        allow([s3.GetObject], *objects(artifacts, "*"), *objects(storage.site_bucket, *compared, "prune.lock")),
        allow([s3.PutObject], *objects(artifacts, "cache/*"), *objects(storage.site_bucket, *created)),
        allow([s3.ListBucket], GetAtt(storage.site_bucket, "Arn"), condition=listed),
        allow([codepipeline.GetPipelineExecution], pipeline_arn()),
    ]


def _variable_statements(variables: tuple[BuildVariable, ...]) -> list[Statement]:
    """Exactly the parameters and secrets that the build's variables name."""
    parameters = [
        arn("ssm", f"parameter/{v.value.removeprefix('/')}") for v in variables if v.type == "PARAMETER_STORE"
    ]
    secrets = list(dict.fromkeys(v.value for v in variables if v.type == "SECRETS_MANAGER"))
    return [
        *([allow([ssm.GetParameters], *parameters)] if parameters else []),
        *([allow([secretsmanager.GetSecretValue], *map(_secret, secrets))] if secrets else []),
    ]


def _secret(reference: str) -> Sub | str:
    """The ARN of a secret that is named as CodeBuild does: `name-or-ARN:json-key:stage:version`."""
    if reference.startswith("arn:"):
        return ":".join(reference.split(":")[:7]) + ("" if reference.split(":")[6][-7:-6] == "-" else "-??????")
    return arn("secretsmanager", f"secret:{reference.split(':')[0]}-??????")
