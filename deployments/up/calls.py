"""What `up` itself asks of AWS: a row for each operation, with the permission that it needs, and what for.

`deployments rights` makes its policy of this table, and a test holds it against what is really sent. What
CloudFormation asks with its caller's rights is not in it: that follows from the template.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

# account: no resource can be named; stack: the project's stack, also by its ID; templates: the bucket for templates,
# template: what lies in it; pipeline, build, log, publisher, distribution: the stack's; pointer: executions/* of its
# bucket
On = Literal[
    "account", "stack", "templates", "template", "distribution", "publisher", "pipeline", "build", "log", "pointer"
]


class Call(NamedTuple):
    """An operation of AWS's API, as botocore names it, and what whoever calls it needs.

    action: the permission, "" if none is needed
    when: always; large: a template over 51,200 bytes; first: until the first page is live; failed: to say why
    """

    service: str
    operation: str
    action: str
    on: On
    when: Literal["always", "large", "dry run", "first", "failed"]
    why: str


CALLS = (
    Call("cloudformation", "DescribeStacks", "cloudformation:DescribeStacks", "stack", "always", "what the stack is"),
    Call("cloudformation", "CreateChangeSet", "cloudformation:CreateChangeSet", "stack", "always", "what would change"),
    Call(
        "cloudformation",
        "DescribeChangeSet",
        "cloudformation:DescribeChangeSet",
        "stack",
        "always",
        "to say it as text",
    ),
    Call(
        "cloudformation",
        "DeleteChangeSet",
        "cloudformation:DeleteChangeSet",
        "stack",
        "always",
        "leave nothing behind if nothing changes, or you say no",
    ),
    Call(
        "cloudformation",
        "ListChangeSets",
        "cloudformation:ListChangeSets",
        "stack",
        "always",
        "keep a new stack for which somebody else has proposed something",
    ),
    Call("cloudformation", "ExecuteChangeSet", "cloudformation:ExecuteChangeSet", "stack", "always", "do it"),
    Call(
        "cloudformation",
        "DeleteStack",
        "cloudformation:DeleteStack",
        "stack",
        "always",
        "a stack that was only looked at, or whose creation failed",
    ),
    Call(
        "cloudformation",
        "DescribeStackEvents",
        "cloudformation:DescribeStackEvents",
        "stack",
        "always",
        "follow each step",
    ),
    Call(
        "cloudformation",
        "DescribeEvents",
        "cloudformation:DescribeEvents",
        "stack",
        "failed",
        "what CloudFormation's own check found; without it only its sentence is shown",
    ),
    Call(
        "cloudformation",
        "ListStackResources",
        "cloudformation:ListStackResources",
        "stack",
        "failed",
        "what a creation that was not taken back has made",
    ),
    Call(
        "cloudformation",
        "DescribeStackResource",
        "cloudformation:DescribeStackResource",
        "stack",
        "first",
        "find the distribution",
    ),
    Call("sts", "GetCallerIdentity", "", "account", "always", "in whose account it is, and whose the bucket must be"),
    Call("s3", "HeadBucket", "s3:ListBucket", "templates", "large", "whether it is there"),
    Call("s3", "CreateBucket", "s3:CreateBucket", "templates", "large", "make it once"),
    Call("s3", "PutPublicAccessBlock", "s3:PutBucketPublicAccessBlock", "templates", "large", "keep it closed"),
    Call("s3", "PutBucketEncryption", "s3:PutEncryptionConfiguration", "templates", "large", "encrypt what lies in it"),
    Call(
        "s3",
        "PutBucketLifecycleConfiguration",
        "s3:PutLifecycleConfiguration",
        "templates",
        "large",
        "forget after a day what an interrupted run left",
    ),
    Call("s3", "PutObject", "s3:PutObject", "template", "large", "give CloudFormation the template"),
    # no call of ours: CloudFormation fetches TemplateURL with its caller's rights
    Call("s3", "GetObject", "s3:GetObject", "template", "large", "CloudFormation reads it with your rights"),
    Call("s3", "DeleteObject", "s3:DeleteObject", "template", "large", "take it away again"),
    Call("s3", "DeleteBucket", "s3:DeleteBucket", "templates", "dry run", "a dry run deletes a bucket that it made"),
    Call("lambda", "Invoke", "lambda:InvokeFunction", "publisher", "always", "what is live"),
    Call("cloudfront", "GetDistribution", "cloudfront:GetDistribution", "distribution", "first", "wait for all edges"),
    Call(
        "codepipeline",
        "ListPipelineExecutions",
        "codepipeline:ListPipelineExecutions",
        "pipeline",
        "first",
        "find the first build",
    ),
    Call("codepipeline", "GetPipelineExecution", "codepipeline:GetPipelineExecution", "pipeline", "first", "follow it"),
    Call("codepipeline", "GetPipelineState", "codepipeline:GetPipelineState", "pipeline", "first", "say each stage"),
    Call("s3", "GetObject", "s3:GetObject", "pointer", "first", "which deployment the build made"),
    Call(
        "codepipeline", "ListActionExecutions", "codepipeline:ListActionExecutions", "pipeline", "failed", "what failed"
    ),
    Call("codebuild", "BatchGetBuilds", "codebuild:BatchGetBuilds", "build", "failed", "why a build failed"),
    Call("logs", "GetLogEvents", "logs:GetLogEvents", "log", "failed", "the lines that say why"),
)
