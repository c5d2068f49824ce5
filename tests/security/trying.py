"""How each permission is tried: the call for an action, and the resource that the words of docs/permissions.md mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from local.cloud.emulator import ACCOUNT, REGION
from workbench.resolve import STACK_UUID
from workbench.roles import Actor
from workbench.templates import every_template

Grant = tuple[str, str]  # an action, and the page's words for what it is done on
Call = Callable[[Any, str, Mapping[str, str]], Any]

# What cannot be tried in the emulator, and why; its own policy evaluation is asked instead.
EVALUATED = {
    **dict.fromkeys(("codepipeline", "codeconnections", "codestar-connections"), "it has no such service"),
    **dict.fromkeys(("codebuild:BatchGetBuilds", "ssm:GetParameters"), "it asks for `*`, and not for what is named"),
    "dynamodb": "it does not know the condition key dynamodb:LeadingKeys",
}


class Try(NamedTuple):
    """An action on one resource, with the condition keys of its request."""

    action: str
    on: str
    keys: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return " ".join([self.action, self.on, *(f"{key}={value}" for key, value in self.keys)])

    @property
    def arn(self) -> str:
        """The resource's ARN."""
        return as_arn(self.on, self.action.partition(":")[0])

    def covered(self, grants: set[Grant]) -> bool:
        """Whether one of the grants allows it."""
        return any(self.action == action and self._is(*_conditions(on)) for action, on in grants)

    def _is(self, on: str, wanted: dict[str, str]) -> bool:
        given = dict(self.keys)
        return fnmatchcase(self.on, on) and all(
            key in given and fnmatchcase(given[key], value) for key, value in wanted.items()
        )

    @property
    def evaluated(self) -> bool:
        """Whether the emulator cannot tell."""
        return not {self.action, self.action.partition(":")[0]}.isdisjoint(EVALUATED)

    def by(self, who: Actor) -> None:
        """Do it; a `ClientError` if that fails."""
        service, call = CALLS[self.action]
        call(who.made(service), self.arn, dict(self.keys))


def sample(grant: Grant) -> Try:
    """One request that a grant allows."""
    on, keys = _conditions(grant[1])
    return Try(grant[0], _one(on), tuple((key, _one(value)) for key, value in keys.items()))


def _conditions(on: str) -> tuple[str, dict[str, str]]:
    on, _, conditions = on.partition(" if ")
    parts = [one.split(" ", 2) for one in filter(None, conditions.split(" and "))]
    return on, {key: value for key, _, value in parts}


def _one(pattern: str) -> str:
    return pattern.replace("??????", "AbCdEf").replace("*", "x")


def known(title: str) -> str:
    """What stands for a resource or parameter of a template: its ARN, or the name of what has none."""
    return _ARNS.get(title, title)


def as_arn(on: str, service: str) -> str:
    """The ARN that is meant by the page's words."""
    title = re.match(r"\w*", on)[0]  # type: ignore[index]
    return known(title) + on[len(title) :] if title in _ARNS else f"arn:aws:{service}:{REGION}:{ACCOUNT}:{on}"


def _found() -> Iterator[tuple[str, str]]:
    for template in every_template().values():
        for title, resource in template["Resources"].items():
            if of_kind := _KINDS.get(resource["Type"]):
                yield title, of_kind.format(title=title, name=title.lower())
            if resource["Type"] == "AWS::Lambda::Alias":
                named = resource["Properties"]
                yield title, f"{_FUNCTION.format(title=named['FunctionName']['Ref'])}:{named['Name']}"


_FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{title}}"
_KINDS = {
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::Lambda::Function": _FUNCTION,
    "AWS::Serverless::Function": _FUNCTION,
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{title}}:*",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{title}}",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{title}}",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{title}}",
    "AWS::CodeBuild::Project": f"arn:aws:codebuild:{REGION}:{ACCOUNT}:project/{{title}}",
    "AWS::CloudFront::KeyValueStore": f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/{STACK_UUID}",
    "AWS::CloudFront::Distribution": f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1",
}
_OF_TEMPLATES = dict(_found())
INVOKED = [title for title, arn in _OF_TEMPLATES.items() if ":function:" in arn]  # functions and their aliases
_ARNS = _OF_TEMPLATES | {
    "Pipeline": f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:{STACK_UUID}",
    "PipelineArns": f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:started",
    "StatusPipelineArns": f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:told",
    "PublisherArns": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:asked",
    "StatusTokenArns": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:token-AbCdEf",
    "ConnectionArn": f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/{STACK_UUID}",
}


def _bucket(method: str) -> tuple[str, Call]:
    return "s3", lambda s3, arn, keys: getattr(s3, method)(Bucket=arn.split(":")[-1])


def _object(method: str, **more: Any) -> tuple[str, Call]:
    def call(s3: Any, arn: str, keys: Mapping[str, str]) -> Any:
        bucket, _, key = arn.split(":")[-1].partition("/")
        return getattr(s3, method)(Bucket=bucket, Key=key, **more)

    return "s3", call


def _named(service: str, method: str, name: str, **more: Any) -> tuple[str, Call]:
    return service, lambda client, arn, keys: getattr(client, method)(**{name: re.split("[:/]", arn)[-1]}, **more)


def _whole(service: str, method: str, name: str, **more: Any) -> tuple[str, Call]:
    return service, lambda client, arn, keys: getattr(client, method)(**{name: arn}, **more)


def _log(method: str, **more: Any) -> tuple[str, Call]:
    def call(logs: Any, arn: str, keys: Mapping[str, str]) -> Any:
        return getattr(logs, method)(logGroupName=arn.split(":")[6], logStreamName="x", **more)

    return "logs", call


def _below(service: str, method: str, name: str, start: str, **more: Any) -> tuple[str, Call]:
    return service, lambda client, arn, keys: getattr(client, method)(**{name: arn.split(f":{start}", 1)[1]}, **more)


_TAGS = {"TagSet": [{"Key": "a", "Value": "b"}]}
CALLS: dict[str, tuple[str, Call]] = {
    "cloudformation:DescribeStacks": _whole("cloudformation", "describe_stacks", "StackName"),
    "cloudfront-keyvaluestore:DescribeKeyValueStore": _whole(
        "cloudfront-keyvaluestore", "describe_key_value_store", "KvsARN"
    ),
    "cloudfront-keyvaluestore:GetKey": _whole("cloudfront-keyvaluestore", "get_key", "KvsARN", Key="live"),
    "cloudfront-keyvaluestore:UpdateKeys": _whole("cloudfront-keyvaluestore", "update_keys", "KvsARN", IfMatch="x"),
    "codebuild:StartBuild": _named("codebuild", "start_build", "projectName"),
    "events:PutEvents": (
        "events",
        lambda events, arn, keys: events.put_events(
            Entries=[{"EventBusName": arn, "Source": "x", "DetailType": "x", "Detail": "{}"}]
        ),
    ),
    "lambda:InvokeFunction": _whole("lambda", "invoke", "FunctionName", InvocationType="Event"),
    "logs:CreateLogStream": _log("create_log_stream"),
    "logs:GetLogEvents": _log("get_log_events"),
    "logs:PutLogEvents": _log("put_log_events", logEvents=[{"timestamp": 1, "message": "x"}]),
    "s3:DeleteObject": _object("delete_object"),
    "s3:GetBucketAcl": _bucket("get_bucket_acl"),
    "s3:GetBucketLocation": _bucket("get_bucket_location"),
    "s3:GetBucketVersioning": _bucket("get_bucket_versioning"),
    "s3:GetObject": _object("get_object"),
    "s3:GetObjectTagging": _object("get_object_tagging"),
    "s3:GetObjectVersion": _object("get_object", VersionId="x"),
    "s3:GetObjectVersionTagging": _object("get_object_tagging", VersionId="x"),
    "s3:ListBucket": (
        "s3",
        lambda s3, arn, keys: s3.list_objects_v2(
            Bucket=arn.split(":")[-1], **({"Prefix": keys["s3:prefix"]} if keys else {})
        ),
    ),
    # the bucket refuses to overwrite, whoever asks
    "s3:PutObject": _object("put_object", Body=b"x", IfNoneMatch="*"),
    "s3:PutObjectAcl": _object("put_object_acl", ACL="private"),
    "s3:PutObjectTagging": _object("put_object_tagging", Tagging=_TAGS),
    "secretsmanager:GetSecretValue": _below("secretsmanager", "get_secret_value", "SecretId", "secret:"),
    "sns:Publish": _whole("sns", "publish", "TopicArn", Message="x"),
    "sqs:SendMessage": (
        "sqs",
        lambda sqs, arn, keys: sqs.send_message(
            QueueUrl=f"{sqs.meta.endpoint_url}/{ACCOUNT}/{arn.split(':')[-1]}", MessageBody="x"
        ),
    ),
    "ssm:GetParameter": _below("ssm", "get_parameter", "Name", "parameter"),
}
