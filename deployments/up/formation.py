"""One stack, as CloudFormation tells of it and is asked about it: the only place that calls CloudFormation.

What is decided of its answers is decided elsewhere. Nothing is kept on this machine: another one goes on from here.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from deployments.cloud import Cloud

if TYPE_CHECKING:
    from aws_types import (
        ChangeOfStack,
        ChangeSetOptions,
        DeploymentConfig,
        DescribedChangeSet,
        DescribedStack,
        Parameter,
        SentTemplate,
        StackEvent,
    )

_PAUSE = 2.0  # seconds between two looks
_NO_CHANGES = "didn't contain changes", "No updates are to be performed"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentConfig.html
# In express mode rollback is said to be off unless it is asked for: a half stack would cost, and keep names.
_EXPRESS: DeploymentConfig = {"Mode": "EXPRESS", "DisableRollback": False}


class Change(NamedTuple):
    """What a change set does to one resource; `replaced` is True, False, or None where CloudFormation cannot tell."""

    action: str
    name: str
    kind: str
    replaced: bool | None
    kept: bool


class ChangeSet(NamedTuple):
    """A change set: `failed` says why there is none, and is empty where it only has no changes."""

    id: str
    changes: tuple[Change, ...]
    failed: str = ""


class Invalid(NamedTuple):
    """What CloudFormation's check of a template found of one resource."""

    name: str
    kind: str
    reason: str


class Formation:
    """CloudFormation, asked about the stack `name`."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.name = name
        self._client = cloud.client("cloudformation")
        self._began = False  # whether the stack is there only because of a change set of ours

    def described(self, identity: str = "") -> DescribedStack | None:
        """The stack, or None if there is none; one that was deleted is found by its ID only."""
        try:
            (stack,) = self._client.describe_stacks(StackName=identity or self.name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            return None
        return stack

    def propose(
        self, template: SentTemplate, parameters: Sequence[Parameter], *, new: bool, express: bool, role: str = ""
    ) -> ChangeSet:
        """A change set that is ready, with all its changes."""
        self._began = new and self.described() is None
        more: ChangeSetOptions = {}
        if express:
            more["DeploymentConfig"] = _EXPRESS
        if role:
            more["RoleARN"] = role
        identity = self._client.create_change_set(
            StackName=self.name,
            ChangeSetName=f"up-{uuid.uuid4().hex}",
            ChangeSetType="CREATE" if new else "UPDATE",
            Capabilities=["CAPABILITY_IAM"],
            Parameters=parameters,
            **template,
            **more,
        )["Id"]
        try:
            return self._ready(identity)
        except BaseException:
            self.discard(identity)
            raise

    def _ready(self, identity: str) -> ChangeSet:
        while True:
            told = self._client.describe_change_set(StackName=self.name, ChangeSetName=identity)
            if told["Status"] == "CREATE_COMPLETE":
                return ChangeSet(identity, tuple(self._changes(identity, told)))
            if told["Status"] == "FAILED":
                reason = told.get("StatusReason", "")
                empty = any(text in reason for text in _NO_CHANGES)
                found = None if empty else self.invalid(identity)
                said = f"{found.name}: {found.reason}" if found else reason or "no reason was given"
                return ChangeSet(identity, (), "" if empty else said)
            time.sleep(_PAUSE)

    def _changes(self, identity: str, told: DescribedChangeSet) -> Iterator[Change]:
        while True:
            yield from map(_change, told["Changes"])
            if not told.get("NextToken"):
                return
            told = self._client.describe_change_set(
                StackName=self.name, ChangeSetName=identity, NextToken=told["NextToken"]
            )

    def discard(self, identity: str) -> None:
        """Delete the change set, and the stack if it came with it."""
        self._client.delete_change_set(StackName=self.name, ChangeSetName=identity)
        stack = self.described() if self._began else None
        if stack and stack["StackStatus"] == "REVIEW_IN_PROGRESS":
            self._client.delete_stack(StackName=stack["StackId"])

    def execute(self, identity: str) -> None:
        """Begin what the change set says."""
        # what is made in an operation that fails goes with it, also what is to outlive the stack: it is empty
        self._client.execute_change_set(StackName=self.name, ChangeSetName=identity, RetainExceptOnCreate=True)

    def delete(self, identity: str) -> None:
        """Begin to delete the stack."""
        self._client.delete_stack(StackName=identity)

    def events(self, identity: str) -> Iterator[StackEvent]:
        """The stack's events, newest first."""
        pages = self._client.get_paginator("describe_stack_events").paginate(StackName=identity)
        for page in pages:
            yield from page["StackEvents"]

    def invalid(self, change_set: str = "") -> Invalid | None:
        """What CloudFormation's own check found first of the last operation, or of a change set; None if nothing.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html
        """
        where = {"ChangeSetName": change_set} if change_set else {}
        try:
            told = self._client.describe_events(StackName=self.name, Filters={"FailedEvents": True}, **where)
        except ClientError:  # who may not ask for details still has the reason
            return None
        found = [event for event in told["OperationEvents"] if event.get("EventType") == "VALIDATION_ERROR"]
        if not found:
            return None
        first = min(found, key=lambda event: str(event.get("Timestamp", "")))
        return Invalid(
            first.get("LogicalResourceId", ""), first.get("ResourceType", ""), first.get("ValidationStatusReason", "")
        )


def _change(told: ChangeOfStack) -> Change:
    """A change, as the API describes it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
    """
    one = told["ResourceChange"]
    replaced = {"True": True, "Conditional": None}.get(one.get("Replacement", "False"), False)
    kept = "Retain" in one.get("PolicyAction", "")
    return Change(one["Action"], one["LogicalResourceId"], one["ResourceType"], replaced, kept)
