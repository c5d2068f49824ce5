"""Roles and policy documents in the form that every section writes them: typed actions, no wildcard of ours."""

from __future__ import annotations

from awacs import sts
from awacs.aws import Action, Allow, Condition, PolicyDocument, Principal, Statement, StringEquals
from troposphere import AWSHelperFn, Ref
from troposphere.iam import Policy, Role

Resource = str | AWSHelperFn

# Services that are documented to say for whose resource they take a role. No other may be asked for that: a condition
# on what is not sent refuses everybody. Of Lambda and CodePipeline nothing is documented.
_TELLS_ITS_ACCOUNT = (
    "codebuild.amazonaws.com",  # https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/cross-service-confused-deputy-prevention.html
    "events.amazonaws.com",
)


def allow(actions: list[Action], *resources: Resource, condition: Condition | None = None) -> Statement:
    """A statement that allows `actions` on `resources`."""
    optional = {"Condition": condition} if condition else {}
    return Statement(Effect=Allow, Action=actions, Resource=list(resources), **optional)


def document(statements: list[Statement]) -> PolicyDocument:
    return PolicyDocument(Version="2012-10-17", Statement=statements)


def service_role(title: str, service: str, statements: list[Statement]) -> Role:
    """A role that `service` (`lambda.amazonaws.com`) assumes, with one policy of `statements`.

    Where the service can tell, it is assumed for this account's resources only.
    """
    own = Condition(StringEquals("aws:SourceAccount", Ref("AWS::AccountId")))
    condition = {"Condition": own} if service in _TELLS_ITS_ACCOUNT else {}
    trust = Statement(Effect=Allow, Principal=Principal("Service", service), Action=[sts.AssumeRole], **condition)
    return Role(
        title,
        AssumeRolePolicyDocument=document([trust]),
        Policies=[Policy(PolicyName="Work", PolicyDocument=document(statements))],
    )
