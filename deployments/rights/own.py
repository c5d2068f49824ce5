"""What the commands call themselves, in the words of their tables, as grants on ARNs.

What a table says is what is really sent: tests/deployments/test_rights_own.py lets the commands work in front of an
emulator that enforces IAM, with these grants and with each of them taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from contract import EXECUTIONS
from deployments.rights.grants import Condition, Grant, Stack, connections
from deployments.rights.places import of_one
from deployments.up.bucket import bucket_name
from deployments.up.calls import CALLS


class Call(Protocol):
    """An action that a command needs, what it is done on (a word of `_resources`), and what for."""

    @property
    def action(self) -> str: ...
    @property
    def on(self) -> str: ...
    @property
    def why(self) -> str: ...


class Row(NamedTuple):
    """A call."""

    action: str
    on: str
    why: str


# `deployments init`
INIT = (
    Row("cloudformation:DescribeStacks", "stack", "whether there is a stack of the site's name already"),
    Row("acm:ListCertificates", "account", "which certificates there are for a domain of your own"),
    Row("codeconnections:ListConnections", "connections", "which connections there are"),
    Row("codeconnections:GetConnection", "connections", "whether the handshake is done"),
    Row("codeconnections:CreateConnection", "account", "a new one, if none will do"),
    Row("codeconnections:DeleteConnection", "connections", "a new one, if no file can name it"),
    # the handshake of a new one, which a person finishes in the console:
    # https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html
    Row("codeconnections:GetIndividualAccessToken", "account", "the handshake"),
    Row("codeconnections:GetInstallationUrl", "account", "the handshake"),
    Row("codeconnections:ListInstallationTargets", "account", "the handshake"),
    Row("codeconnections:StartOAuthHandshake", "account", "the handshake"),
    Row("codeconnections:UpdateConnectionInstallation", "connections", "the handshake"),
)

# `list`, `show`, `status`, `promote`, `rollback`, `hold`, `release`, `watch` and `dashboard`
DAY_TWO = (
    Row("cloudformation:DescribeStacks", "stack", "finds the site's parts in the stack's outputs"),
    Row("lambda:InvokeFunction", "publisher", "asks what is live, and for a switch"),
    Row("s3:GetObject", "records", "reads what each deployment is, and what was live when"),
    # all of it: `show` looks for extra files, and S3 says that something is missing to nobody who may not list
    Row("s3:ListBucket", "site", "finds deployments by the beginning of their IDs"),
    Row("codepipeline:GetPipelineExecution", "pipeline", "watch: what an execution is of, and how it stands"),
    Row("codepipeline:GetPipelineState", "pipeline", "watch: its stages"),
    Row("codepipeline:ListPipelineExecutions", "pipeline", "watch: the newest"),
    Row("codepipeline:ListActionExecutions", "pipeline", "watch: which build failed"),
    Row("codebuild:BatchGetBuilds", "build", "watch: where its log is"),
    Row("logs:GetLogEvents", "log", "watch: why it failed"),
    Row("cloudformation:DescribeStackResource", "stack", "dashboard: finds the distribution"),
    Row("cloudwatch:GetMetricData", "account", "dashboard: its requests, errors and hits"),
)

# `deployments up`
UP: tuple[Call, ...] = tuple(call for call in CALLS if call.action)

_RECORDS = "executions", "manifests", "published"  # prefixes of the site bucket

# An import takes into the stack what is there already, whoever's it is, and some ARNs are open enough for that.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security_iam_id-based-policy-examples.html
_NO_IMPORT: tuple[Condition, ...] = (("Null", "cloudformation:ImportResourceTypes", ("true",)),)


def of_commands(calls: Iterable[Call], stack: Stack) -> Iterator[Grant]:
    """The grants for calls, but for those about something that the stack does not have."""
    for call in calls:
        if on := _resources(call.on, stack):
            yield Grant(call.action, on, _NO_IMPORT if call.action == "cloudformation:CreateChangeSet" else ())


_NAMED = {
    "publisher": ("Publisher",),
    "site": ("SiteBucket",),
    "distribution": ("Distribution",),
    "pipeline": ("Pipeline",),
    "build": ("BuildProject", "UploadProject"),
}


def _resources(word: str, stack: Stack) -> tuple[str, ...]:
    """The ARNs that a word means; none, if the stack has no such thing."""
    match word:
        case "account":
            return ("*",)
        case "stack":
            return (stack.place.arn(f"cloudformation:{{region}}:{{account}}:stack/{stack.place.stack}/*"),)
        case "templates" | "template":
            bucket = stack.place.arn(f"s3:::{bucket_name(stack.place.account, stack.place.region)}")
            return (f"{bucket}/*" if word == "template" else bucket,)
        case "pointer":
            return tuple(f"{bucket}/{EXECUTIONS}*" for bucket in _named(stack, "SiteBucket"))
        case "connections":
            return connections(stack.place._replace(connection=""))  # whichever there are
        case "records":
            return tuple(f"{bucket}/{prefix}/*" for bucket in _named(stack, "SiteBucket") for prefix in _RECORDS)
        case "log":
            return tuple(f"{log}:log-stream:*" for log in _named(stack, "BuildLog", "UploadLog"))
    return _named(stack, *_NAMED[word])


def _named(stack: Stack, *titles: str) -> tuple[str, ...]:
    """The ARNs of resources by their names in the template."""
    there = [title for title in titles if title in stack.resources]
    return tuple(of_one(stack.place, title, stack.resources[title]) for title in there)
