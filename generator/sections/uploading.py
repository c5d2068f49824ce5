"""How an archive becomes a deployment: the upload project with its role and log, the only one that may create one."""

from __future__ import annotations

from typing import NamedTuple

from awacs import awslambda, codepipeline, logs, s3
from awacs.aws import Condition, Statement, StringLike
from troposphere import GetAtt, If, Ref, Sub
from troposphere.codebuild import (
    Artifacts,
    CloudWatchLogs,
    Environment,
    EnvironmentVariable,
    LogsConfig,
    Project,
    Source,
)
from troposphere.iam import Role
from troposphere.logs import LogGroup
from troposphere.s3 import Bucket

from contract import ARCHIVES, DEPLOYMENTS, EXECUTIONS, LEASES, LOCK, MANIFESTS, POOL
from generator.buildspec import upload_buildspec
from generator.iam import allow, service_role
from generator.parameters.conditions import UPLOADS_IN_CONTAINER
from generator.parameters.mappings import chosen
from generator.sections.building import Building
from generator.sections.publishing import PIPELINE_NAME, pipeline_arn
from generator.sections.storage import Storage, objects_in, patterns
from generator.sections.workers import Called
from generator.settings import Settings


class Uploading(NamedTuple):
    log_group: LogGroup
    role: Role
    project: Project


def build_uploading(settings: Settings, storage: Storage, building: Building, compiler: Called) -> Uploading:
    """The upload project: it runs nobody's code but ours, on Lambda's compute where that is."""
    log_group = LogGroup("UploadLog", RetentionInDays=Ref("RetentionDays"))
    role = service_role(
        "UploadRole", "codebuild.amazonaws.com", _statements(storage, building.artifact_bucket, log_group, compiler)
    )
    variables = {
        "SITE_BUCKET": Ref(storage.site_bucket),
        "ARTIFACT_BUCKET": Ref(building.artifact_bucket),
        "PIPELINE": PIPELINE_NAME,
        "ROUTING": chosen("Routing", "Routing"),
        "FALLBACK": Ref("Fallback"),
        "COMPILER": Ref(compiler.function),
        **({} if settings.shared else {"SHARED_FILES": "false"}),
        **({"ASSETS": "true"} if settings.headers.assets else {}),
        **({"LENIENT": "true"} if settings.lenient else {}),
    }
    project = Project(
        "UploadProject",
        Description=Sub("${AWS::StackName}: uploads what was built"),
        ServiceRole=GetAtt(role, "Arn"),
        Artifacts=Artifacts(Type="CODEPIPELINE"),
        LogsConfig=LogsConfig(CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=Ref(log_group))),
        # No timeout of ours: Lambda has its own. https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html
        Environment=Environment(
            Type=If(UPLOADS_IN_CONTAINER, "LINUX_CONTAINER", "LINUX_LAMBDA_CONTAINER"),
            ComputeType=If(UPLOADS_IN_CONTAINER, "BUILD_GENERAL1_SMALL", "BUILD_LAMBDA_2GB"),
            Image=If(UPLOADS_IN_CONTAINER, _IN_CONTAINER, _ON_LAMBDA),
            EnvironmentVariables=[EnvironmentVariable(Name=name, Value=value) for name, value in variables.items()],
        ),
        Source=Source(Type="CODEPIPELINE", BuildSpec=upload_buildspec()),
    )
    return Uploading(log_group, role, project)


# Both have a Python with boto3. https://docs.aws.amazon.com/codebuild/latest/userguide/lambda-compute-images.html
_ON_LAMBDA = "aws/codebuild/amazonlinux-x86_64-lambda-standard:python3.13"
_IN_CONTAINER = "aws/codebuild/amazonlinux-x86_64-standard:5.0"


def _statements(storage: Storage, artifacts: Bucket, log_group: LogGroup, compiler: Called) -> list[Statement]:
    site = storage.site_bucket
    compared = (DEPLOYMENTS, EXECUTIONS, POOL, MANIFESTS)
    created = (*compared, LEASES)
    listed = Condition(StringLike("s3:prefix", patterns(EXECUTIONS, POOL, MANIFESTS, LOCK)))
    return [
        allow([logs.CreateLogStream, logs.PutLogEvents], GetAtt(log_group, "Arn")),
        # what AWS documents for a build in a pipeline: docs/permissions.md
        allow([s3.GetBucketAcl, s3.GetBucketLocation, s3.ListBucket], GetAtt(artifacts, "Arn")),
        allow([s3.GetObject, s3.GetObjectVersion], *objects_in(artifacts, "*/Built/*", ARCHIVES)),
        # its own files too: a put whose answer was lost is compared with what is there
        allow([s3.GetObject], *objects_in(site, *compared, LOCK)),
        allow([s3.PutObject], *objects_in(site, *created)),
        allow([s3.ListBucket], GetAtt(site, "Arn"), condition=listed),
        allow([codepipeline.GetPipelineExecution, codepipeline.ListActionExecutions], pipeline_arn()),
        allow([awslambda.InvokeFunction], GetAtt(compiler.function, "Arn")),
    ]
