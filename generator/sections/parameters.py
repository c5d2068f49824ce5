"""What is decided when the template is deployed: parameters, the rules that check their combination, and conditions.

A wrong combination is explained before anything is created, in the words of whoever deploys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from troposphere import And, AWSHelperFn, Equals, FindInMap, If, Not, Or, Parameter, Ref

from generator.frameworks import FRAMEWORKS
from generator.settings import Settings

# Managed images that have Node 22 and 24, and boto3 for the uploader.
# https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
_IMAGES = (
    "aws/codebuild/amazonlinux-x86_64-standard:6.0",
    "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    "aws/codebuild/amazonlinux-aarch64-standard:4.0",
    "aws/codebuild/amazonlinux-aarch64-standard:3.0",
    "aws/codebuild/standard:8.0",
    "aws/codebuild/standard:7.0",
)
_NODE_20_IMAGES = [_IMAGES[1], _IMAGES[3], _IMAGES[5]]
_ARM_IMAGES = [_IMAGES[2], _IMAGES[3]]

# The days that CloudWatch Logs can keep, up to a year.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
_RETENTION_DAYS = [7, 14, 30, 60, 90, 180, 365]

# At most ten, as Fn::Or takes no more. Where CodeBuild runs on Lambda: https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html#lambda.regions
LAMBDA_REGIONS = (
    *("us-east-1", "us-east-2", "us-west-2", "sa-east-1", "eu-central-1"),
    *("eu-west-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1"),
)

_EMPTY_OR = r"(%s)?"
_COMMAND = r"[^\r\n]*"
_FOLDER = r"[A-Za-z0-9._@+/-]+"
_EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_DOMAIN = r"([a-z0-9-]+\.)+[a-z]{2,}"

MAPPING = "Frameworks"
_NEEDS_BUILD = ". A change needs a new build"


@dataclass(frozen=True)
class Group:
    """Parameters that the console shows together; `labels` maps each parameter to its name for people."""

    title: str
    parameters: tuple[tuple[Parameter, str], ...]


@dataclass(frozen=True)
class Parameters:
    """The deploy-time half of the template: all of it in `groups`, `rules`, `conditions` and `mappings`."""

    groups: tuple[Group, ...]
    rules: Mapping[str, Mapping[str, object]]
    conditions: Mapping[str, AWSHelperFn]
    mappings: Mapping[str, dict[str, dict[str, str]]]


def build_parameters(settings: Settings) -> Parameters:
    """The parameters of the template for `settings.source`."""
    groups = {"git": (_git(), _build("vite", "", "")), "zip": (_build("static", "", ""),), "direct": ()}[
        settings.source
    ]
    has_build = settings.source != "direct"
    extended = "operations" in settings.options
    return Parameters(
        groups=(*groups, _domain(), _operations(settings), *([_keeping()] if extended else [])),
        rules={**(_build_rules() if has_build else {}), **_domain_rules()},
        conditions={
            **(_git_conditions() if settings.source == "git" else {}),
            **(_build_conditions() if has_build else {}),
            # not by DomainNames, which comes with it: so cfn-lint sees that nothing uses an empty ARN
            "HasDomain": _given("CertificateArn"),
            "HasNotificationEmail": _given("NotificationEmail"),
            **({"HasRollbackAlarm": _given("RollbackAlarmArn")} if extended else {}),
        },
        mappings={MAPPING: {name: _row(name) for name in FRAMEWORKS}} if has_build else {},
    )


def chosen(parameter: str, column: str) -> If:
    """The parameter where it is given, else what the chosen framework's row says."""
    return If(f"Has{parameter}", Ref(parameter), FindInMap(MAPPING, Ref("Framework"), column))


def _row(name: str) -> dict[str, str]:
    framework = FRAMEWORKS[name]
    return {
        "Install": framework.install,
        "Build": framework.build,
        "Output": framework.output,
        "Routing": framework.routing,
    }


def _git() -> Group:
    return Group(
        "What to publish",
        (
            (
                Parameter(
                    "ConnectionArn",
                    Type="String",
                    Description="Console, Developer Tools, Connections: create one, finish its handshake, copy its ARN "
                    "(not in every Region)",
                    AllowedPattern=r"arn:[^:]+:(codeconnections|codestar-connections):[^:]+:\d{12}:connection/[0-9a-f-]{36}",
                    ConstraintDescription="an ARN such as arn:aws:codeconnections:REGION:ACCOUNT:connection/ID",
                ),
                "Connection",
            ),
            (
                Parameter(
                    "Repository",
                    Type="String",
                    Description="Owner and name, in the Git host's own spelling: example/website",
                    AllowedPattern=r"[^\s/]+(/[^\s/]+)+",
                    ConstraintDescription="owner/name, not an address",
                ),
                "Repository",
            ),
            (
                Parameter(
                    "Branch",
                    Type="String",
                    Default="main",
                    Description="A push to it is published",
                    AllowedPattern=r"[^\s*?!,\[\]{}\\~^:]{1,255}",
                    ConstraintDescription="the name of one branch, without wildcards",
                ),
                "Branch",
            ),
            (
                Parameter(
                    "PathFilter",
                    Type="String",
                    Default="",
                    Description="Monorepo: publish only if one of these changed (at most 8), e.g. apps/web/**",
                    AllowedPattern=_EMPTY_OR % r"[^\s,]+(,[^\s,]+){0,7}",
                    ConstraintDescription="up to eight patterns with commas between them and no blanks",
                ),
                "Path filter",
            ),
            (
                Parameter(
                    "FullClone",
                    Type="String",
                    Default="false",
                    AllowedValues=["false", "true"],
                    Description="true: the build clones the repository: history, submodules, Git LFS; false: it gets "
                    "one commit's files",
                ),
                "Full clone",
            ),
        ),
    )


def _build(framework: str, install: str, build: str) -> Group:
    group = _of_build(framework, install, build)
    for parameter, _ in group.parameters:
        # They are the build project's, not the pipeline's: CloudFormation starts nothing when they change.
        parameter.Description += _NEEDS_BUILD
    return group


def _of_build(framework: str, install: str, build: str) -> Group:
    return Group(
        "How to build it",
        (
            (
                Parameter(
                    "Framework",
                    Type="String",
                    Default=framework,
                    AllowedValues=list(FRAMEWORKS),
                    Description="Gives the commands, output folder and routing below; vite: React, Vue, Svelte, Solid",
                ),
                "Framework",
            ),
            (
                Parameter(
                    "AppRoot",
                    Type="String",
                    Default=".",
                    AllowedPattern=_FOLDER,
                    Description="Folder of the app in the repository, e.g. apps/web",
                ),
                "App root",
            ),
            (
                _command("InstallCommand", install, "Instead of the framework's, e.g. npm ci --legacy-peer-deps"),
                "Install",
            ),
            (
                _command(
                    "BuildCommand", build, "Instead of the framework's, e.g. npm run build:prod; none: do not build"
                ),
                "Build",
            ),
            (
                Parameter(
                    "OutputFolder",
                    Type="String",
                    Default="",
                    AllowedPattern=_EMPTY_OR % r"[A-Za-z0-9._@+/*-]+",
                    Description="Instead of the framework's, from the app root, e.g. dist or dist/*/browser",
                ),
                "Output folder",
            ),
            (
                Parameter(
                    "Routing",
                    Type="String",
                    Default="",
                    AllowedValues=["", "spa", "files", "folders", "mixed"],
                    Description="Instead of the framework's: what /about is. spa: the app's, files: about.html, "
                    "folders: about/index.html, mixed: about.html, for /about/ about/index.html",
                ),
                "Routing",
            ),
            (
                Parameter(
                    "NodeVersion",
                    Type="String",
                    Default="auto",
                    AllowedValues=["auto", "20", "22", "24"],
                    Description="auto: as .nvmrc, .node-version or engines say, else 24; 20 needs an older image: 5.0, "
                    "3.0 or 7.0",
                ),
                "Node.js version",
            ),
            (
                Parameter(
                    "BuildImage",
                    Type="String",
                    Default=_IMAGES[0],
                    AllowedValues=list(_IMAGES),
                    Description="aarch64 is the cheaper one",
                ),
                "Build image",
            ),
            (
                Parameter(
                    "UploadCompute",
                    Type="String",
                    Default="auto",
                    AllowedValues=["auto", "container"],
                    Description="auto: Lambda's, where the Region has it (15 minutes at most); container: as a build",
                ),
                "Compute for the upload",
            ),
            (
                Parameter(
                    "BuildSize",
                    Type="String",
                    Default="SMALL",
                    AllowedValues=["SMALL", "MEDIUM", "LARGE", "XLARGE"],
                    Description="SMALL: 4 GB of memory, MEDIUM: 8, LARGE: 16",
                ),
                "Build size",
            ),
        ),
    )


def _command(name: str, default: str, description: str) -> Parameter:
    return Parameter(name, Type="String", Default=default, AllowedPattern=_COMMAND, Description=description)


def _domain() -> Group:
    return Group(
        "Domain",
        (
            (
                Parameter(
                    "DomainNames",
                    Type="String",
                    Default="",
                    AllowedPattern=_EMPTY_OR % rf"{_DOMAIN}(,(\*\.)?{_DOMAIN})*",
                    Description="e.g. www.example.com,example.com; empty: CloudFront's own name",
                    ConstraintDescription="domain names in lower case, with commas between them and no blanks; the "
                    "first is the site's address, so no wildcard",
                ),
                "Domain names",
            ),
            (
                Parameter(
                    "CertificateArn",
                    Type="String",
                    Default="",
                    AllowedPattern=_EMPTY_OR % r"arn:[^:]+:acm:us-east-1:\d{12}:certificate/.+",
                    Description="Certificate in ACM for these names, in us-east-1 wherever the stack is",
                    ConstraintDescription="a certificate's ARN in us-east-1, where CloudFront looks for it",
                ),
                "Certificate",
            ),
        ),
    )


def _operations(settings: Settings) -> Group:
    return Group(
        "Operations",
        (
            (
                Parameter(
                    "NotificationEmail",
                    Type="String",
                    Default=settings.notification_email,
                    AllowedPattern=_EMPTY_OR % _EMAIL,
                    Description="Who hears of failures, after confirming the mail that comes",
                ),
                "Notification address",
            ),
            (
                Parameter(
                    "RetentionDays",
                    Type="Number",
                    Default=30,
                    AllowedValues=_RETENTION_DAYS,
                    Description=f"How long {_kept(settings)} are kept; deployments are not touched by it",
                ),
                "Retention in days",
            ),
        ),
    )


def _kept(settings: Settings) -> str:
    return "logs" if settings.source == "direct" else "logs, and artifacts, without which no stage can be retried,"


def _keeping() -> Group:
    return Group(
        "Old deployments and bad ones",
        (
            (
                Parameter(
                    "KeepDeployments",
                    Type="Number",
                    Default=10,
                    MinValue=0,
                    MaxValue=1000,
                    Description="So many of the newest deployments are kept, whatever their age",
                ),
                "Deployments to keep",
            ),
            (
                Parameter(
                    "KeepDays",
                    Type="Number",
                    Default=30,
                    MinValue=1,
                    MaxValue=3650,
                    Description="And every one that was live within so many days",
                ),
                "Days to keep",
            ),
            (
                Parameter(
                    "RollbackAlarmArn",
                    Type="String",
                    Default="",
                    AllowedPattern=_EMPTY_OR % r"arn:[^:]+:cloudwatch:[^:]+:\d{12}:alarm:.+",
                    Description="An alarm in the stack's Region; going off soon after a switch, it takes it back",
                    ConstraintDescription="the ARN of a CloudWatch alarm in the Region of the stack",
                ),
                "Alarm that rolls back",
            ),
            (
                Parameter(
                    "RollbackMinutes",
                    Type="Number",
                    Default=15,
                    MinValue=1,
                    MaxValue=1440,
                    Description="How long after a switch that alarm counts",
                ),
                "Minutes that it counts",
            ),
        ),
    )


def _given(parameter: str) -> Not:
    return Not(Equals(Ref(parameter), ""))


def _git_conditions() -> dict[str, AWSHelperFn]:
    return {"HasPathFilter": _given("PathFilter"), "ClonesFully": Equals(Ref("FullClone"), "true")}


def _build_conditions() -> dict[str, AWSHelperFn]:
    overrides = ("InstallCommand", "BuildCommand", "OutputFolder", "Routing")
    return {
        **{f"Has{name}": _given(name) for name in overrides},
        "UsesArm": Or(*(Equals(Ref("BuildImage"), image) for image in _ARM_IMAGES)),
        "UploadsInContainer": Or(
            Equals(Ref("UploadCompute"), "container"),
            Not(Or(*(Equals(Ref("AWS::Region"), one) for one in LAMBDA_REGIONS))),
        ),
    }


def _build_rules() -> dict[str, Mapping[str, object]]:
    return {
        "CustomIsComplete": _rule(
            "A custom framework needs BuildCommand, OutputFolder and Routing (BuildCommand none: nothing to build)",
            And(_given("BuildCommand"), _given("OutputFolder"), _given("Routing")),
            when=Equals(Ref("Framework"), "custom"),
        ),
        "ImageHasNode": _rule(
            f"Node.js 20 is only on {', '.join(image.removeprefix('aws/codebuild/') for image in _NODE_20_IMAGES)}",
            {"Fn::Contains": [_NODE_20_IMAGES, Ref("BuildImage")]},
            when=Equals(Ref("NodeVersion"), "20"),
        ),
    }


def _domain_rules() -> dict[str, Mapping[str, object]]:
    none = And(Equals(Ref("DomainNames"), ""), Equals(Ref("CertificateArn"), ""))
    both = And(_given("DomainNames"), _given("CertificateArn"))
    return {
        "DomainHasCertificate": _rule("DomainNames and CertificateArn must both be set or both empty", Or(none, both))
    }


def _rule(description: str, assertion: object, *, when: AWSHelperFn | None = None) -> dict[str, object]:
    condition = {"RuleCondition": when} if when else {}
    return {**condition, "Assertions": [{"Assert": assertion, "AssertDescription": description}]}
