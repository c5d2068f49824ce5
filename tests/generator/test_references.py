"""What `Ref` gives of each type, and what each use of it wants; and what must be ready before it is used.

The engine is CloudFormation's own schema of the type, as cfn-lint carries it: `Ref` gives a type's primary identifier.
Where AWS documents otherwise, its page wins and stands here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import cfnlint
import pytest

from workbench.resolve import STACK_UUID, TRUE, resolve
from workbench.templates import every_template

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"
EVERY_TEMPLATE = pytest.mark.parametrize("template", every_template().values(), ids=every_template())
REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-"

# Where the schema is not what Ref gives, or says nothing of it. Type: what, and the page.
DOCUMENTED = {
    "AWS::CodeBuild::Project": ("name", f"{REFERENCE}codebuild-project.html"),
    "AWS::Events::Rule": ("name", f"{REFERENCE}events-rule.html"),
    "AWS::Lambda::EventInvokeConfig": ("ID", f"{REFERENCE}lambda-eventinvokeconfig.html"),
    "AWS::Serverless::Function": (
        "name",
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html",
    ),
    # "Ref" stands on its page with nothing behind it, and the schema's identifier, Name, is not what others have seen
    "AWS::CloudFront::KeyValueStore": ("undocumented", f"{REFERENCE}cloudfront-keyvaluestore.html"),
}
# How the last word of a primary identifier tells what it is.
KINDS = {"name": r".*Name|Bucket", "ARN": r".*A(RN|rn)", "URL": r".*Url", "ID": r"Id"}

# What a place wants: the path of the reference, with what stands before it in a text, and what it must get there.
WANTS = [
    # functions, by the name that Invoke and GetFunction take, or an alias by its ARN; or in a text for people
    (r"\.Environment\.Variables\.(SITE_BUCKET|TABLE)$", "name"),
    (r"\.Environment\.Variables\.(TOPIC_ARN|PUBLISHER)$", "ARN"),
    (r"RollbackPermission\.Properties\.FunctionName$", "ARN"),
    (r"\.EnvironmentVariables\.\d+\.Value$", "name"),  # SITE_BUCKET and COMPILER: no other refers to a resource
    (r"\.(FunctionName|LogGroup|GroupName|RoleName|Roles\.\d+|ProjectName|S3Bucket|Bucket)$", "name"),
    (r"\.Cache\.Location \$", "name"),
    (r"\.ArtifactStore\.Location$", "name"),
    (r"\.EventPattern\.detail\.bucket\.name\.\d+$", "name"),
    (r"\.AlarmDescription .*", "name"),
    (r"\.Dimensions\.\d+\.Value$", "name"),
    (r"\.(TopicArn|Topics\.\d+|AlarmActions\.\d+|Arn|FunctionARN|Resource\.\d+)$", "ARN"),
    (r"\.Queues\.\d+$", "URL"),
    # texts with a reference inside
    (r".*:distribution/$", "ID"),
    (r'(?s)\.DashboardBody .*"DistributionId","$', "ID"),
    (r'(?s)\.DashboardBody .*"(FunctionName|ProjectName|BucketName)","$', "name"),
    (r"(?s)\.DashboardBody .*SOURCE '$", "name"),
    (r"Outputs\.(SiteBucketName|PublisherName|StatusLogName|DeliveryTableName)\.Value$", "name"),
    (r"Outputs\.UploadCommand\.Value .*s3://$", "name"),
    (r"Outputs\.PipelineUrl\.Value .*/pipelines/$", "name"),
    (r"Outputs\.FailureQueueUrl\.Value$", "URL"),
    (r"Outputs\.(NotificationTopicArn|DeployPolicyArn)\.Value$", "ARN"),
    (r"\.Metadata\.After\.", "anything"),  # only the order counts
]


class Use(NamedTuple):
    path: str
    target: str
    is_ref: bool


@cache
def schema(kind: str) -> dict[str, Any]:
    """CloudFormation's schema of a type."""
    files: dict[str, str] = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())
    found: dict[str, Any] = json.loads((SCHEMAS / "resources" / f"{files[kind]}.json").read_text())
    return found


def gives(kind: str) -> str:
    """What `Ref` gives of a resource of this type."""
    if kind in DOCUMENTED:
        return DOCUMENTED[kind][0]
    names = [pointer.rsplit("/", 1)[1] for pointer in schema(kind)["primaryIdentifier"]]
    (what,) = [what for what, pattern in KINDS.items() if re.fullmatch(pattern, names[-1])]
    return what


def uses(node: Any, resources: dict[str, Any], path: str = "") -> Iterator[Use]:
    """Every reference to a resource below `node`, with the text before it where it stands in one."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from uses(item, resources, f"{path}.{number}")
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key == "Ref" and value in resources:
            yield Use(path, value, True)
        elif key == "Fn::GetAtt":
            yield Use(path, value[0] if isinstance(value, list) else value.split(".")[0], False)
        elif key == "Fn::Sub":
            yield from _in_text(value, resources, path)
        elif key == "Fn::If":
            for item in value[1:]:
                yield from uses(item, resources, path)
        else:
            yield from uses(value, resources, path if key.startswith("Fn::") else f"{path}.{key}")


def _in_text(argument: Any, resources: dict[str, Any], path: str) -> Iterator[Use]:
    text, values = argument if isinstance(argument, list) else (argument, {})
    yield from uses(values, resources, path)
    for match in re.finditer(r"\$\{(\w+)(\.\w+)?\}", text):
        if match[1] in resources:
            before = text[: match.start()] if match.start() else "$"
            yield Use(f"{path} {before}".replace("\n", " "), match[1], not match[2])


def all_uses(template: dict[str, Any]) -> list[Use]:
    resources = template["Resources"]
    return [
        *(use for title, resource in resources.items() for use in uses(resource, resources, title)),
        *uses(template["Outputs"], resources, "Outputs"),
    ]


@EVERY_TEMPLATE
def test_every_ref_gives_what_its_place_wants(template: dict[str, Any]) -> None:
    wrong = []
    refs = [use for use in all_uses(template) if use.is_ref]
    assert refs
    for use in refs:
        given = gives(template["Resources"][use.target]["Type"])
        wants = [want for pattern, want in WANTS if re.search(f"{pattern}", use.path)]
        if given not in wants and "anything" not in wants:
            wrong.append(f"{use.path[-100:]}: Ref {use.target} gives {given}, wanted is {wants}")
    assert not wrong, "\n".join(wrong)


def test_every_place_in_the_table_is_still_there() -> None:
    paths = [use.path for template in every_template().values() for use in all_uses(template) if use.is_ref]
    assert [pattern for pattern, _ in WANTS if not any(re.search(pattern, path) for path in paths)] == []


@EVERY_TEMPLATE
def test_no_name_hangs_on_a_ref_that_aws_does_not_document(template: dict[str, Any]) -> None:
    named = ("Name", "FunctionName", "RoleName", "QueueName", "TopicName", "LogGroupName", "BucketName", "TableName")
    everything = {name: value for title in template["Conditions"] for name, value in TRUE.get(title, {}).items()}
    found = resolve({**template, "Outputs": {}}, **everything)
    for title, resource in found.resources.items():
        properties = resource.get("Properties", {})
        properties |= properties.get("OriginAccessControlConfig", {})
        if resource["Type"] not in (  # an alias has its name in its function's
            *("AWS::Lambda::Alias", "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Permission"),
        ):
            for name in set(named) & set(properties):
                # the stack ID's UUID: there before anything is, unique in every Region, new for each stack
                assert re.fullmatch(rf"([a-z]+-)?{STACK_UUID}", properties[name]), (title, name)


def test_the_dashboard_shows_the_edge_functions_by_their_names() -> None:
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/monitoring-functions.html
    for source in ("git", "zip", "direct"):
        found = resolve(every_template()[f"{source}-operations"])
        body = json.loads(found.properties("Dashboard")["DashboardBody"])
        (widget,) = [w for w in body["widgets"] if w["properties"].get("title") == "Edge functions: errors"]
        shown = {metric[metric.index("FunctionName") + 1] for metric in widget["properties"]["metrics"]}
        assert shown == {found.properties(title)["Name"] for title in ("RouterFunction", "PinFunction")}


# Types whose resources have a state of their own after they are made, and what that means for who refers to them.
# CloudFormation goes on when what is referred to is CONFIGURATION_COMPLETE; only DependsOn waits until it is ready:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-resource-configuration-complete.html
# "waits": types that are refused while it is not ready. "text": types that only name it, or may use it at once.
STATES: dict[str, dict[str, set[str]]] = {
    # PROVISIONING, then READY: "The KVS cannot be associated before the resource is provisioned"
    # https://github.com/aws-solutions-library-samples/secure-media-delivery-at-the-edge-on-aws/pull/37
    "AWS::CloudFront::KeyValueStore": {
        "waits": {"AWS::CloudFront::Function"},
        "text": {"AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Serverless::Function"},
    },
    # DEVELOPMENT, then LIVE; AutoPublish is part of making it, and CDK's stacks associate it by GetAtt alone:
    # https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/aws-cloudfront/lib/function.ts
    "AWS::CloudFront::Function": {"waits": set(), "text": {"AWS::CloudFront::Distribution"}},
    # InProgress, then Deployed; its ID and domain name are there from the beginning
    "AWS::CloudFront::Distribution": {"waits": set(), "text": {"AWS::S3::BucketPolicy", "AWS::CloudWatch::Dashboard"}},
    # CREATING, then ACTIVE; named in a policy and a variable
    "AWS::DynamoDB::Table": {"waits": set(), "text": {"AWS::IAM::Role", "AWS::Serverless::Function"}},
    # Pending, then Active; Lambda refuses invocations until then, not what is configured about it:
    # https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
    **{
        kind: {
            "waits": set(),
            "text": {
                *(
                    "AWS::Lambda::Alias",
                    "AWS::Lambda::EventInvokeConfig",
                    "AWS::Lambda::Permission",
                    "AWS::Events::Rule",
                ),
                *("AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::Lambda::Function", "AWS::Serverless::Function"),
                *("AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"),
                "AWS::CodeBuild::Project",  # of uploads, which say its name; the pipeline, which starts them, is last
            },
        }
        for kind in ("AWS::Lambda::Function", "AWS::Serverless::Function")
    },
}


@EVERY_TEMPLATE
def test_whoever_needs_a_resource_ready_depends_on_it(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    for title, resource in resources.items():
        depends = resource.get("DependsOn", [])
        awaited = [depends] if isinstance(depends, str) else depends
        for use in uses({**resource, "Metadata": {}}, resources, title):
            states = STATES.get(resources[use.target]["Type"], {"waits": set(), "text": {resource["Type"]}})
            kind = resource["Type"]
            assert kind in states["waits"] | states["text"], f"{title} refers to {use.target}: must it be ready?"
            assert kind not in states["waits"] or use.target in awaited, f"{title} must depend on {use.target}"


def test_the_types_with_a_state_are_those_that_cloudformation_knows_and_some_more() -> None:
    types = {r["Type"] for t in every_template().values() for r in t["Resources"].values()}
    of_schema = {
        kind
        for kind in types - {"AWS::Serverless::Function"}
        for pointer in schema(kind).get("readOnlyProperties", [])
        if re.search(r"/(\w*Status|State|Stage)$", pointer)
    }
    assert "AWS::CloudFront::KeyValueStore" in of_schema
    assert of_schema <= set(STATES)
    assert set(STATES) <= types
