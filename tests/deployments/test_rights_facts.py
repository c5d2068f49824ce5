"""What a policy is made of, against what AWS publishes: the registry's schemas and the service authorization reference.

Both lie in cfn-lint, as AWS had them on the day of its release.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, cast

import botocore.session
import cfnlint
import pytest
from botocore import xform_name

from deployments.rights.grants import Stack
from deployments.rights.handlers import HANDLERS, calls
from deployments.rights.own import DAY_TWO, INIT, Row
from deployments.rights.places import ANYWHERE, Place
from deployments.rights.template import Resource, Template
from workbench import ROOT
from workbench.templates import every_template

DATA = Path(cfnlint.__file__).parent / "data"
SCHEMAS = DATA / "schemas"
REFERENCE = json.loads((DATA / "AdditionalSpecs" / "Policies.json").read_text())
PLACE = Place("site", "eu-central-1", "111122223333")

# What we grant and the registry does not name, and where it stands instead.
BESIDE = {
    # CloudFront's page about its logs, and WAF's about who may associate an ACL
    "AWS::CloudFront::Distribution": {"s3:GetBucketAcl", "s3:PutBucketAcl", "wafv2:GetWebACL"},
    "AWS::CodePipeline::Pipeline": {"codeconnections:PassConnection"},  # the new prefix of codestar-connections
}
# What a handler calls for a property that no template of ours has, by type and property.
UNASKED = {
    "AWS::CloudFront::Distribution": {
        "ContinuousDeploymentPolicyId": "cloudfront:UpdateDistributionWithStagingConfig",
        "TenantConfig": "cloudfront:CreateConnectionGroup cloudfront:GetConnectionGroup",
        "VpcOriginConfig": "cloudfront:GetVpcOrigin",
    },
    "AWS::CloudFront::KeyValueStore": {"ImportSource": "s3:GetBucketLocation s3:GetObject"},
    "AWS::CodePipeline::Pipeline": {
        "DisableInboundStageTransitions": "codepipeline:DisableStageTransition codepipeline:EnableStageTransition"
    },
    "AWS::IAM::ManagedPolicy": {
        "Groups": "iam:AttachGroupPolicy",
        "Roles": "iam:AttachRolePolicy",
        "Users": "iam:AttachUserPolicy",
    },
    "AWS::IAM::Role": {"ManagedPolicyArns": "iam:AttachRolePolicy"},
    "AWS::Lambda::Alias": {
        "ProvisionedConcurrencyConfig": "lambda:DeleteProvisionedConcurrencyConfig "
        "lambda:PutProvisionedConcurrencyConfig",
        "CodeDeployLambdaAliasUpdate": "codedeploy:CreateDeployment codedeploy:GetDeployment "
        "codedeploy:GetDeploymentConfig codedeploy:GetDeploymentGroup codedeploy:StopDeployment",
    },
    "AWS::Lambda::Function": {
        "CapacityProviderConfig": "lambda:PassCapacityProvider",
        "CodeSigningConfigArn": "lambda:DeleteFunctionCodeSigningConfig lambda:GetCodeSigningConfig "
        "lambda:PutFunctionCodeSigningConfig",
        "FileSystemConfigs": "elasticfilesystem:DescribeMountTargets s3files:ListMountTargets",
        "FunctionScalingConfig": "lambda:PutFunctionScalingConfig",
        "KmsKeyArn": "kms:CreateGrant kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey",
        "Layers": "lambda:GetLayerVersion",
        "PublishToLatestPublished": "lambda:PublishVersion",
        "RecursiveLoop": "lambda:PutFunctionRecursionConfig",
        "ReservedConcurrentExecutions": "lambda:DeleteFunctionConcurrency lambda:PutFunctionConcurrency",
        "RuntimeManagementConfig": "lambda:PutRuntimeManagementConfig",
        "S3Bucket": "s3:GetObject s3:GetObjectVersion",
        "VpcConfig": "ec2:DescribeNetworkInterfaces ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs",
    },
    "AWS::Logs::LogGroup": {
        "BearerTokenAuthenticationEnabled": "logs:PutBearerTokenAuthentication",
        "DataProtectionPolicy": "logs:PutDataProtectionPolicy",
        "DeletionProtectionEnabled": "logs:PutLogGroupDeletionProtection",
        "FieldIndexPolicies": "logs:DeleteIndexPolicy logs:PutIndexPolicy",
        "KmsKeyId": "logs:AssociateKmsKey logs:DisassociateKmsKey",
        "LogGroupClass": "firehose:TagDeliveryStream logs:CreateLogDelivery",
        "ResourcePolicyDocument": "logs:DeleteResourcePolicy logs:PutResourcePolicy",
    },
    "AWS::S3::Bucket": {
        "AbacStatus": "s3:PutBucketAbac",
        "AccelerateConfiguration": "s3:PutAccelerateConfiguration",
        "AccessControl": "s3:PutBucketAcl s3:PutObjectAcl",
        "AnalyticsConfigurations": "s3:PutAnalyticsConfiguration",
        "CorsConfiguration": "s3:PutBucketCORS",
        "IntelligentTieringConfigurations": "s3:PutIntelligentTieringConfiguration",
        "InventoryConfigurations": "s3:PutInventoryConfiguration",
        "LoggingConfiguration": "s3:PutBucketLogging",
        "MetadataTableConfiguration": "s3:CreateBucketMetadataTableConfiguration s3:DeleteObject "
        "s3:DeleteBucketMetadataTableConfiguration s3:UpdateBucketMetadataAnnotationTableConfiguration "
        "s3:UpdateBucketMetadataInventoryTableConfiguration s3:UpdateBucketMetadataJournalTableConfiguration "
        "s3tables:CreateNamespace s3tables:CreateTable s3tables:CreateTableBucket s3tables:GetTable "
        "s3tables:GetTableMetadataLocation s3tables:PutTableBucketPolicy s3tables:PutTableEncryption "
        "s3tables:PutTablePolicy s3tables:UpdateTableMetadataLocation",
        "MetricsConfigurations": "s3:PutMetricsConfiguration",
        "ObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
        "ReplicationConfiguration": "iam:PassRole s3:PutReplicationConfiguration",
        "WebsiteConfiguration": "s3:DeleteBucketWebsite s3:PutBucketWebsite",
    },
    "AWS::SNS::Subscription": {"SubscriptionRoleArn": "iam:GetRole iam:PassRole"},
    "AWS::SNS::Topic": {
        "DataProtectionPolicy": "sns:PutDataProtectionPolicy",
        "DeliveryStatusLogging": "iam:GetRole iam:PassRole",
        "Subscription": "sns:Subscribe sns:Unsubscribe",
    },
}
# What nobody gets all the same: whoever can take the boundary away is not held by it.
REFUSED = {"iam:DeleteRolePermissionsBoundary"}
# AWS lists these for every read or delete, and they mean a property all the same.
BY_PROPERTY = {"iam:PassRole", "iam:TagRole", "iam:UntagRole", "ec2:DescribeNetworkInterfaces", "kms:Decrypt"}

# Actions for which the reference names a resource since this year only.
CHANGED = {"sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"}

TYPES = sorted(HANDLERS)


@cache
def schema(type_: str) -> dict[str, Any]:
    names = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text())
    found: dict[str, Any] = json.loads((SCHEMAS / "resources" / f"{names[type_]}.json").read_text())
    return found


def listed(type_: str, *operations: str) -> set[str]:
    """What the registry says of operations, of those actions that IAM has."""
    said, handlers = schema(type_), schema(type_).get("handlers", {})
    actions = chain.from_iterable(handlers[one]["permissions"] for one in operations if one in handlers)
    tagging = said.get("tagging", {}).get("permissions", ()) if "update" in operations else ()
    return {action for action in {*actions, *tagging} if authorized(action) is not None}


def authorized(action: str) -> dict[str, Any] | None:
    """What the service authorization reference says of an action; None if there is none such."""
    service, _, name = action.partition(":")
    found: dict[str, Any] | None = REFERENCE.get(service, {}).get("Actions", {}).get(name.lower())
    return found


def granted(type_: str) -> set[str]:
    return set(" ".join([HANDLERS[type_].always, *HANDLERS[type_].asked.values()]).split())


def unasked(type_: str) -> set[str]:
    return set(" ".join(UNASKED.get(type_, {}).values()).split())


@cache
def templates() -> dict[str, Template]:
    """What `rights` makes policies of: the templates that carry their code."""
    every = cast("dict[str, Template]", every_template())
    return {name: one for name, one in every.items() if "-sam" not in name and "webhook" not in name}


def resources(type_: str) -> Iterator[Resource]:
    for template in templates().values():
        yield from (one for one in template["Resources"].values() if one["Type"] == type_)


def names(value: object) -> set[str]:
    return set(re.findall(r'"(\w+)":', json.dumps(value)))


def test_all_types_of_the_templates_are_known() -> None:
    assert {one["Type"] for template in templates().values() for one in template["Resources"].values()} == set(TYPES)


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_granted_for_a_type_is_what_the_registry_lists_but_for_properties_that_we_do_not_have(
    type_: str,
) -> None:
    if type_ == "AWS::CodeBuild::Project":
        assert "handlers" not in schema(type_), "the registry knows this type now: take its lists"
        return
    everything = listed(type_, "create", "read", "update", "delete")
    assert granted(type_) - BESIDE.get(type_, set()) == everything - unasked(type_) - REFUSED


@pytest.mark.parametrize("type_", TYPES)
def test_no_template_has_a_property_whose_calls_are_left_out(type_: str) -> None:
    found = set().union(*(names(one) for one in resources(type_)))
    assert found.isdisjoint(UNASKED.get(type_, {}))


@pytest.mark.parametrize("type_", TYPES)
def test_each_property_that_asks_for_calls_is_in_some_template(type_: str) -> None:
    found = set().union(*(names(one) for one in resources(type_)))
    assert set(HANDLERS[type_].asked) <= found


@pytest.mark.parametrize("type_", TYPES)
def test_what_every_read_and_delete_calls_is_granted_whatever_a_resource_says(type_: str) -> None:
    needed = listed(type_, "read", "delete") - BY_PROPERTY
    assert needed <= set(HANDLERS[type_].always.split())


def test_tags_of_the_stack_ask_for_the_calls_that_tags_of_a_resource_ask_for() -> None:
    role = next(resources("AWS::IAM::Role"))
    assert calls(role, tagged=True) - calls(role) == {"iam:ListRoleTags", "iam:TagRole", "iam:UntagRole"}


def grants() -> Iterator[tuple[str, str]]:
    for template in templates().values():
        for grant in Stack(template, PLACE).grants():
            yield from ((grant.action, arn) for arn in grant.on)


def test_each_action_is_granted_on_what_aws_knows_it_on() -> None:
    for action, arn in set(grants()):
        said = authorized(action)
        assert said is not None, f"IAM has no {action}"
        kinds = {kind.lower(): one for kind, one in REFERENCE[action.partition(":")[0]]["Resources"].items()}
        forms = [form for kind in said.get("Resources", ()) for form in kinds[kind.lower()]["ARNFormats"]]
        assert (action in ANYWHERE) == (arn == "*")
        assert (not forms) == (action in ANYWHERE - CHANGED), action
        assert arn == "*" or any(_matches(arn, form) for form in forms), f"{action} is not done on {arn}"


def _matches(arn: str, form: str) -> bool:
    """Whether an ARN has the form: its service, Region and account, and the beginning of its name."""
    region = rf"({PLACE.region}|us-east-1|\*)"  # a web ACL of CloudFront's is in us-east-1, a connection anywhere
    for variable, value in {"Partition": "aws", "Region": region, "Account": PLACE.account}.items():
        form = form.replace(f"${{{variable}}}", value)
    # a connection has the prefix of its day, and the actions of both hold for it
    form = re.sub("codestar-connections|codeconnections", "(codestar-connections|codeconnections)", form)
    return re.fullmatch(form, arn) is not None


@pytest.mark.parametrize(
    ("folder", "rows", "beside"),
    [
        ("deployments/init", INIT, {"the handshake"}),
        # not for who is on call
        ("dashboard", DAY_TWO, {"codepipeline:StartPipelineExecution", "codepipeline:StopPipelineExecution"}),
    ],
)
def test_what_a_room_asks_of_aws_is_in_its_table(folder: str, rows: Sequence[Row], beside: set[str]) -> None:
    text = "\n".join(path.read_text() for path in (ROOT / folder).glob("*.py"))
    found = {action for service in re.findall(CLIENT, text) for action in operations(service, text)}
    assert found - {row.action for row in rows} <= beside
    if folder == "deployments/init":
        assert found == {row.action for row in rows if row.why not in beside}


# `cloud.client("s3")`, or of a Region: `account.clients(region)("acm")`
CLIENT = r'clients?(?:\([\w.]+\))?\("([a-z]+)"'


def operations(service: str, text: str) -> Iterator[str]:
    """The actions of a service whose operations a text calls, by boto3's names for them."""
    model = botocore.session.get_session().get_service_model(service)
    prefix = {"cloudwatch": "cloudwatch"}.get(service, model.signing_name)
    for name in model.operation_names:
        if re.search(rf"[.\"]{xform_name(name)}\b", text):
            yield f"{prefix}:{name}"
