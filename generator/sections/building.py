"""How sources become an archive: the build project with its role, log and cache, and no right on the site.

It runs strangers' code, the packages of the project, and must not be able to touch what is live.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from awacs import codeconnections, codestar_connections, logs, s3, secretsmanager, ssm
from awacs.aws import Condition, Statement, StringEquals, StringEqualsIfExists
from troposphere import GetAtt, If, NoValue, Ref, Sub
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
from troposphere.iam import Policy, Role
from troposphere.logs import LogGroup
from troposphere.s3 import Bucket, BucketPolicy

from contract import ARCHIVES, BUILD_CACHE
from generator.buildspec import build_buildspec
from generator.iam import allow, document, service_role
from generator.intrinsics import arn
from generator.parameters.conditions import CLONES_FULLY, USES_ARM
from generator.parameters.mappings import chosen
from generator.sections.storage import expiring_archives, objects_in, private_bucket, tls_policy
from generator.settings import BuildVariable, Settings

# Behind a secret's name its ARN has a hyphen and six characters that nobody chooses:
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
_SUFFIX = re.compile(r"-.{6}\Z")
_ANY_SUFFIX = "-??????"


class Building(NamedTuple):
    artifact_bucket: Bucket
    artifact_policy: BucketPolicy
    log_group: LogGroup
    role: Role
    project: Project


def build_building(settings: Settings) -> Building:
    """The build project: it leaves an archive, and may touch nothing of the site."""
    artifacts = private_bucket("ArtifactBucket", LifecycleConfiguration=expiring_archives(Ref("RetentionDays")))
    log_group = LogGroup("BuildLog", RetentionInDays=Ref("RetentionDays"))
    statements = [*_statements(artifacts, log_group), *_variable_statements(settings.variables)]
    role = service_role("BuildRole", "codebuild.amazonaws.com", statements)
    if settings.source == "git":
        role.Policies.append(If(CLONES_FULLY, _cloning(), NoValue))
    project = Project(
        "BuildProject",
        Description=Sub("${AWS::StackName}: builds and packs the site"),
        ServiceRole=GetAtt(role, "Arn"),
        Artifacts=Artifacts(Type="CODEPIPELINE"),
        Cache=ProjectCache(Type="S3", Location=Sub(f"${{{artifacts.title}}}/{BUILD_CACHE[:-1]}")),
        LogsConfig=LogsConfig(CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=Ref(log_group))),
        Environment=Environment(
            Type=If(USES_ARM, "ARM_CONTAINER", "LINUX_CONTAINER"),
            ComputeType=Sub("BUILD_GENERAL1_${BuildSize}"),
            Image=Ref("BuildImage"),
            EnvironmentVariables=_environment(settings, artifacts),
        ),
        Source=Source(Type="CODEPIPELINE", BuildSpec=build_buildspec(unpack_zip=settings.source == "zip")),
    )
    return Building(artifacts, tls_policy(artifacts), log_group, role, project)


def _environment(settings: Settings, artifacts: Bucket) -> list[EnvironmentVariable]:
    own = {
        "ARTIFACT_BUCKET": Ref(artifacts),
        "APP_ROOT": Ref("AppRoot"),
        "NODE_VERSION": Ref("NodeVersion"),
        "INSTALL_COMMAND": chosen("InstallCommand", "Install"),
        "BUILD_COMMAND": chosen("BuildCommand", "Build"),
        "OUTPUT_FOLDER": chosen("OutputFolder", "Output"),
        "ROUTING": chosen("Routing", "Routing"),
    }
    return [
        *(EnvironmentVariable(Name=name, Value=value) for name, value in own.items()),
        *(EnvironmentVariable(Name=name, Type=kind, Value=value) for name, kind, value in settings.variables),
    ]


def _statements(artifacts: Bucket, log_group: LogGroup) -> list[Statement]:
    # What a build runs has this role too: it may write its own archive, the artifact that its action must have, and
    # its cache. An artifact's key is the pipeline's name, the artifact's name, and something random.
    return [
        allow([logs.CreateLogStream, logs.PutLogEvents], GetAtt(log_group, "Arn")),
        # what AWS documents for a build in a pipeline: docs/permissions.md
        allow([s3.GetBucketAcl, s3.GetBucketLocation], GetAtt(artifacts, "Arn")),
        allow([s3.GetObject, s3.GetObjectVersion], *objects_in(artifacts, "*/Source/*", BUILD_CACHE)),
        allow([s3.PutObject], *objects_in(artifacts, "*/Built/*", ARCHIVES, BUILD_CACHE)),
    ]


def _cloning() -> Policy:
    """What a clone by the build needs, and no push: what a build runs has this role too.

    Each prefix has its own condition keys, and which one a connection has is up to the account.
    https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html#permissions-reference-connections-use
    """
    uses = {
        "codeconnections": codeconnections.UseConnection,
        "codestar-connections": codestar_connections.UseConnection,
    }
    # If a clone says at all that it only reads, AWS does not say: then the repository is what limits it.
    statements = [
        allow(
            [use],
            Ref("ConnectionArn"),
            condition=Condition(
                [
                    StringEquals({f"{prefix}:FullRepositoryId": Ref("Repository")}),
                    StringEqualsIfExists({f"{prefix}:ProviderPermissionsRequired": "read_only"}),
                ]
            ),
        )
        for prefix, use in uses.items()
    ]
    return Policy(PolicyName="Clone", PolicyDocument=document(statements))


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
        *before, name = reference.split(":")[:7]
        return ":".join((*before, name if _SUFFIX.search(name) else f"{name}{_ANY_SUFFIX}"))
    name, *_ = reference.split(":")
    return arn("secretsmanager", f"secret:{name}{_ANY_SUFFIX}")
