"""What CloudFormation calls for a resource of each type, as AWS's registry says it: the facts that a policy is made of.

CloudFormation makes these calls with the rights of whoever changes the stack, or of the role that it was given. A
type's schema lists them for create, read, update and delete (`handlers.*.permissions`, `tagging.permissions`):
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html#schema-properties-handlers
The lists are for every property that a type knows. Here they are cut to what our templates ask for, and
tests/deployments/test_rights_facts.py holds each of them against the registry, with the reason of every cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from deployments.rights.template import Resource


class Handler(NamedTuple):
    """The calls for one type.

    always: whatever the resource says
    asked: those that a property asks for, wherever it stands in the resource
    """

    always: str
    asked: Mapping[str, str] = {}


# CloudFormation tags these types only where somebody asks for tags; the others it tags with the stack's name.
_CLOUDFRONT_TAGS = {"Tags": "cloudfront:TagResource cloudfront:UntagResource"}
_CLOUDWATCH_TAGS = "cloudwatch:ListTagsForResource cloudwatch:TagResource cloudwatch:UntagResource"

HANDLERS: dict[str, Handler] = {
    "AWS::CloudFront::Distribution": Handler(
        "cloudfront:CreateDistribution cloudfront:DeleteDistribution cloudfront:GetDistribution "
        "cloudfront:GetDistributionConfig cloudfront:ListTagsForResource cloudfront:UpdateDistribution",
        {
            # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
            "Logging": "s3:GetBucketAcl s3:PutBucketAcl",
            # https://docs.aws.amazon.com/waf/latest/developerguide/security_iam_id-based-policy-examples.html
            "WebACLId": "wafv2:GetWebACL",
            **_CLOUDFRONT_TAGS,
        },
    ),
    "AWS::CloudFront::Function": Handler(
        "cloudfront:CreateFunction cloudfront:DeleteFunction cloudfront:DescribeFunction cloudfront:GetFunction "
        "cloudfront:ListTagsForResource cloudfront:PublishFunction cloudfront:UpdateFunction",
        _CLOUDFRONT_TAGS,
    ),
    "AWS::CloudFront::KeyValueStore": Handler(
        "cloudfront:CreateKeyValueStore cloudfront:DeleteKeyValueStore cloudfront:DescribeKeyValueStore "
        "cloudfront:ListTagsForResource cloudfront:UpdateKeyValueStore",
        _CLOUDFRONT_TAGS,
    ),
    "AWS::CloudFront::OriginAccessControl": Handler(
        "cloudfront:CreateOriginAccessControl cloudfront:DeleteOriginAccessControl "
        "cloudfront:GetOriginAccessControl cloudfront:UpdateOriginAccessControl"
    ),
    "AWS::CloudWatch::Alarm": Handler(
        f"cloudwatch:DeleteAlarms cloudwatch:DescribeAlarms cloudwatch:PutMetricAlarm {_CLOUDWATCH_TAGS}"
    ),
    "AWS::CloudWatch::Dashboard": Handler(
        f"cloudwatch:DeleteDashboards cloudwatch:GetDashboard cloudwatch:PutDashboard {_CLOUDWATCH_TAGS}"
    ),
    # The registry says nothing of this type:
    # https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-permissions-reference.html
    "AWS::CodeBuild::Project": Handler(
        "codebuild:BatchGetProjects codebuild:CreateProject codebuild:DeleteProject codebuild:UpdateProject",
        {"ServiceRole": "iam:PassRole"},
    ),
    "AWS::CodePipeline::Pipeline": Handler(
        "codepipeline:CreatePipeline codepipeline:DeletePipeline codepipeline:GetPipeline "
        "codepipeline:GetPipelineState codepipeline:ListTagsForResource codepipeline:TagResource "
        "codepipeline:UntagResource codepipeline:UpdatePipeline",
        {
            "RoleArn": "iam:GetRole iam:PassRole",
            "RestartExecutionOnUpdate": "codepipeline:StartPipelineExecution",
            # both prefixes, whichever the connection has; the registry names the older one only
            "ConnectionArn": "codeconnections:PassConnection codestar-connections:PassConnection",
        },
    ),
    "AWS::Events::Rule": Handler(
        "events:DeleteRule events:DescribeRule events:ListTagsForResource events:ListTargetsByRule events:PutRule "
        "events:PutTargets events:RemoveTargets events:TagResource events:UntagResource",
        {"RoleArn": "iam:PassRole"},
    ),
    "AWS::IAM::ManagedPolicy": Handler(
        "iam:CreatePolicy iam:CreatePolicyVersion iam:DeletePolicy iam:DeletePolicyVersion iam:DetachGroupPolicy "
        "iam:DetachRolePolicy iam:DetachUserPolicy iam:GetPolicy iam:GetPolicyVersion iam:ListEntitiesForPolicy "
        "iam:ListPolicyVersions"
    ),
    "AWS::IAM::Role": Handler(
        "iam:CreateRole iam:DeleteRole iam:DeleteRolePolicy iam:DetachRolePolicy iam:GetRole iam:GetRolePolicy "
        "iam:ListAttachedRolePolicies iam:ListRolePolicies iam:UpdateAssumeRolePolicy iam:UpdateRole "
        "iam:UpdateRoleDescription",
        {
            "Policies": "iam:PutRolePolicy",
            "PermissionsBoundary": "iam:PutRolePermissionsBoundary",
            "Tags": "iam:ListRoleTags iam:TagRole iam:UntagRole",
        },
    ),
    "AWS::Lambda::Alias": Handler(
        "lambda:CreateAlias lambda:DeleteAlias lambda:GetAlias lambda:GetProvisionedConcurrencyConfig "
        "lambda:UpdateAlias"
    ),
    "AWS::Lambda::EventInvokeConfig": Handler(
        "lambda:DeleteFunctionEventInvokeConfig lambda:GetFunctionEventInvokeConfig "
        "lambda:PutFunctionEventInvokeConfig lambda:UpdateFunctionEventInvokeConfig"
    ),
    "AWS::Lambda::Function": Handler(
        "lambda:CreateFunction lambda:DeleteFunction lambda:GetFunction lambda:GetFunctionCodeSigningConfig "
        "lambda:GetFunctionRecursionConfig lambda:GetFunctionScalingConfig lambda:GetRuntimeManagementConfig "
        "lambda:ListTags lambda:TagResource lambda:UntagResource lambda:UpdateFunctionCode "
        "lambda:UpdateFunctionConfiguration",
        {"Role": "iam:PassRole"},
    ),
    "AWS::Lambda::Permission": Handler("lambda:AddPermission lambda:GetPolicy lambda:RemovePermission"),
    "AWS::Logs::LogGroup": Handler(
        "logs:CreateLogGroup logs:DeleteDataProtectionPolicy logs:DeleteLogGroup logs:DescribeIndexPolicies "
        "logs:DescribeLogGroups logs:DescribeResourcePolicies logs:GetDataProtectionPolicy logs:ListTagsForResource "
        "logs:TagResource logs:UntagResource",
        {"RetentionInDays": "logs:DeleteRetentionPolicy logs:PutRetentionPolicy"},
    ),
    "AWS::S3::Bucket": Handler(
        "s3:CreateBucket s3:DeleteBucket s3:GetAccelerateConfiguration s3:GetAnalyticsConfiguration "
        "s3:GetBucketAbac s3:GetBucketAcl s3:GetBucketCORS s3:GetBucketLogging s3:GetBucketMetadataTableConfiguration "
        "s3:GetBucketNotification s3:GetBucketObjectLockConfiguration s3:GetBucketOwnershipControls "
        "s3:GetBucketPublicAccessBlock s3:GetBucketTagging s3:GetBucketVersioning s3:GetBucketWebsite "
        "s3:GetEncryptionConfiguration s3:GetIntelligentTieringConfiguration s3:GetInventoryConfiguration "
        "s3:GetLifecycleConfiguration s3:GetMetricsConfiguration s3:GetReplicationConfiguration s3:ListBucket "
        "s3:ListTagsForResource s3:PutBucketTagging s3:TagResource s3:UntagResource",
        {
            "BucketEncryption": "s3:PutEncryptionConfiguration",
            "LifecycleConfiguration": "s3:PutLifecycleConfiguration",
            "NotificationConfiguration": "s3:PutBucketNotification",
            "OwnershipControls": "s3:PutBucketOwnershipControls",
            "PublicAccessBlockConfiguration": "s3:PutBucketPublicAccessBlock",
            "VersioningConfiguration": "s3:PutBucketVersioning",
        },
    ),
    "AWS::S3::BucketPolicy": Handler("s3:DeleteBucketPolicy s3:GetBucketPolicy s3:PutBucketPolicy"),
    "AWS::SNS::Subscription": Handler(
        "sns:GetSubscriptionAttributes sns:SetSubscriptionAttributes sns:Subscribe sns:Unsubscribe"
    ),
    "AWS::SNS::Topic": Handler(
        "sns:CreateTopic sns:DeleteTopic sns:GetDataProtectionPolicy sns:GetTopicAttributes "
        "sns:ListSubscriptionsByTopic sns:ListTagsForResource sns:SetTopicAttributes sns:TagResource sns:UntagResource"
    ),
    "AWS::SNS::TopicPolicy": Handler("sns:SetTopicAttributes"),
    "AWS::SQS::Queue": Handler(
        "sqs:CreateQueue sqs:DeleteQueue sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ListQueueTags "
        "sqs:SetQueueAttributes",
        {"Tags": "sqs:TagQueue sqs:UntagQueue"},
    ),
    "AWS::SQS::QueuePolicy": Handler("sqs:SetQueueAttributes"),
}


def calls(resource: Resource, *, tagged: bool = False) -> set[str]:
    """The actions for a resource of a template; `tagged`: the stack itself has tags, which its resources get too."""
    handler = HANDLERS[resource["Type"]]
    said = {*_keys(resource.get("Properties", {})), *(["Tags"] if tagged else [])}
    asked = " ".join(actions for property_, actions in handler.asked.items() if property_ in said)
    return set(f"{handler.always} {asked}".split())


def _keys(value: object) -> Iterator[str]:
    """The names of all properties, at any depth and under any condition."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)
