"""The table of parameters, in the order in which the console shows them: a row a parameter, by group.

A row has the name, what it is (a phrase with an example) and the default; then what it may be.
"""

from __future__ import annotations

from troposphere import Parameter

from contract import KEEP_DAYS, KEEP_DEPLOYMENTS, ROUTINGS
from generator.compute import IMAGES
from generator.frameworks import FRAMEWORKS
from generator.parameters.rows import Group, choice, text, whole
from generator.settings import Settings

_COMMAND = r"[^\r\n]*"
_FOLDER = r"[A-Za-z0-9._@+/-]+"
_DOMAIN = r"([a-z0-9-]+\.)+[a-z]{2,}"

# The days that CloudWatch Logs can keep, up to a year.
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION_DAYS = [7, 14, 30, 60, 90, 180, 365]


def build_groups(settings: Settings) -> tuple[Group, ...]:
    """The groups of the template for `settings`."""
    of_source = {"git": [_git(), _build("vite")], "zip": [_build("static")], "direct": list[Group]()}[settings.source]
    keeping = [_keeping()] if settings.has_operations else []
    return (*of_source, _domain(), _operations(settings), *keeping)


def _git() -> Group:
    rows = (
        text(
            "ConnectionArn",
            "The ARN of a connection to the Git host. Create one in the console under Developer Tools, Connections, "
            "and finish its handshake (not in every Region)",
            pattern=r"arn:[^:]+:(codeconnections|codestar-connections):[^:]+:\d{12}:connection/[0-9a-f-]{36}",
            demand="an ARN such as arn:aws:codeconnections:REGION:ACCOUNT:connection/ID",
        ),
        text(
            "Repository",
            "Owner and name as the Git host spells them, such as example/website",
            pattern=r"[^\s/]+(/[^\s/]+)+",
            demand="owner/name, not an address",
        ),
        text(
            "Branch",
            "Each push to this branch is published",
            "main",
            pattern=r"[^\s*?!,\[\]{}\\~^:]{1,255}",
            demand="the name of one branch, without wildcards",
        ),
        text(
            "PathFilter",
            "For a monorepo. A push is published only if it changes a file that matches one of at most 8 patterns, "
            "such as apps/web/**,packages/**",
            "",
            pattern=_or_empty(r"[^\s,]+(,[^\s,]+){0,7}"),
            demand="up to eight patterns, with commas and without blanks between them",
        ),
        choice(
            "FullClone",
            "With true the build clones the repository with its history, submodules and Git LFS. With false it gets "
            "the files of one commit",
            "false",
            ["false", "true"],
        ),
    )
    return Group("What to publish", rows)


def _build(framework: str) -> Group:
    rows = (
        choice(
            "Framework",
            "Gives the commands, the output folder and the routing. Choose vite for React, Vue, Svelte or Solid",
            framework,
            list(FRAMEWORKS),
        ),
        text("AppRoot", "The folder of the app in the repository, such as apps/web", ".", pattern=_FOLDER),
        _command("InstallCommand", "Replaces the command of the framework, such as npm ci --legacy-peer-deps"),
        _command(
            "BuildCommand",
            "Replaces the command of the framework, such as npm run build:prod. With none, nothing is built",
        ),
        text(
            "OutputFolder",
            "Replaces the folder of the framework, seen from AppRoot, such as dist or dist/*/browser",
            "",
            pattern=_or_empty(r"[A-Za-z0-9._@+/*-]+"),
        ),
        choice(
            "Routing",
            "Replaces the routing of the framework, which says what /about is. With spa it is the app, with files "
            "about.html, with folders or bare about/index.html (folders ends addresses with a slash, bare does not). "
            "With mixed /about is about.html and /about/ is about/index.html",
            "",
            ["", *ROUTINGS],
        ),
        text(
            "Fallback",
            "With the routing spa, the page for what no file answers, seen from the output folder, such as 200.html. "
            "With auto it is what the framework leaves for that, or index.html",
            "auto",
            pattern=rf"(?!/){_FOLDER}",
        ),
        choice(
            "NodeVersion",
            "With auto the build follows .nvmrc, .node-version or engines, and else takes 24. Version 20 needs an "
            "older image (5.0, 3.0 or 7.0)",
            "auto",
            ["auto", "20", "22", "24"],
        ),
        choice("BuildImage", "The images with aarch64 are cheaper", IMAGES[0], IMAGES),
        choice(
            "UploadCompute",
            "With auto the upload runs on Lambda where CodeBuild offers it in the Region, for at most 15 minutes. With "
            "container it runs as the build does",
            "auto",
            ["auto", "container"],
        ),
        choice(
            "BuildSize",
            # https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html
            "SMALL has 4 GB of memory, MEDIUM has 8, LARGE has 16 and XLARGE has up to 72",
            "SMALL",
            ["SMALL", "MEDIUM", "LARGE", "XLARGE"],
        ),
    )
    for row in rows:
        # They are the build project's, not the pipeline's: CloudFormation starts nothing when they change.
        row.Description += ". A change needs a new build"
    return Group("How to build it", rows)


def _domain() -> Group:
    rows = (
        text(
            "DomainNames",
            "Such as www.example.com,example.com. If empty, CloudFront gives a name",
            "",
            pattern=_or_empty(rf"{_DOMAIN}(,(\*\.)?{_DOMAIN})*"),
            demand="lower-case names with commas and no blanks between. The first is the site address, without "
            "wildcard",
        ),
        text(
            "CertificateArn",
            "The ACM certificate for these names, always in us-east-1",
            "",
            pattern=_or_empty(r"arn:[^:]+:acm:us-east-1:\d{12}:certificate/.+"),
            demand="a certificate ARN in us-east-1, where CloudFront looks",
        ),
    )
    return Group("Domain", rows)


def _operations(settings: Settings) -> Group:
    rows = (
        text(
            "NotificationEmail",
            "Who hears of failures, after confirming the first mail",
            settings.notification_email,
            pattern=_or_empty(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
        ),
        Parameter(
            "RetentionDays",
            Type="Number",
            Default=30,
            AllowedValues=RETENTION_DAYS,
            Description=_retention(has_pipeline=settings.has_pipeline),
        ),
    )
    return Group("Operations", rows)


def _retention(*, has_pipeline: bool) -> str:
    artifacts = " and artifacts" if has_pipeline else ""
    retries = ". No stage can be retried without its artifacts" if has_pipeline else ""
    return f"How long logs{artifacts} are kept{retries}. Deployments stay"


def _keeping() -> Group:
    rows = (
        whole(
            "KeepDeployments",
            "This number of the newest deployments is kept, whatever their age",
            KEEP_DEPLOYMENTS,
            0,
            1000,  # more is a slip: a prune reads the manifest of each
        ),
        # at most ten years
        whole("KeepDays", "Each deployment that was live within this number of days is kept too", KEEP_DAYS, 1, 3650),
        text(
            "RollbackAlarmArn",
            "A CloudWatch alarm in the Region of the stack. If it goes off soon after a switch, the site goes back",
            "",
            pattern=_or_empty(r"arn:[^:]+:cloudwatch:[^:]+:\d{12}:alarm:.+"),
            demand="the ARN of a CloudWatch alarm in the Region of the stack",
        ),
        # at most a day: a later alarm says little of the switch
        whole("RollbackMinutes", "The alarm counts for this number of minutes after a switch", 15, 1, 1440),
    )
    return Group("Old deployments and bad ones", rows)


def _command(name: str, what: str) -> Parameter:
    return text(name, what, "", pattern=_COMMAND)


def _or_empty(pattern: str) -> str:
    return f"({pattern})?"
