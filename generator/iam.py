"""Roles and policy documents in the form that every section writes them: typed actions, no wildcard of ours."""

from __future__ import annotations

from awacs import sts
from awacs.aws import Action, Allow, Condition, PolicyDocument, Principal, Statement
from troposphere import AWSHelperFn
from troposphere.iam import Policy, Role

Resource = str | AWSHelperFn


def allow(actions: list[Action], *resources: Resource, condition: Condition | None = None) -> Statement:
    """A statement that allows `actions` on `resources`."""
    optional = {"Condition": condition} if condition else {}
    return Statement(Effect=Allow, Action=actions, Resource=list(resources), **optional)


def document(statements: list[Statement]) -> PolicyDocument:
    return PolicyDocument(Version="2012-10-17", Statement=statements)


def service_role(title: str, service: str, statements: list[Statement]) -> Role:
    """A role that `service` (`lambda.amazonaws.com`) assumes, with one policy of `statements`."""
    trust = Statement(Effect=Allow, Principal=Principal("Service", service), Action=[sts.AssumeRole])
    return Role(
        title,
        AssumeRolePolicyDocument=document([trust]),
        Policies=[Policy(PolicyName="Work", PolicyDocument=document(statements))],
    )
