"""One stack, as CloudFormation tells of it and is asked about it: the only place that calls CloudFormation.

What is decided of its answers is decided elsewhere. Nothing is kept on this machine: another one goes on from here.
"""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from deployments.cloud import Cloud
from deployments.errors import is_absent

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
_OURS = "up-"  # begins the name of a change set of ours
# The stack is gone, or the change set: with another one that was executed, or because it is executed itself
_GONE = {"ValidationError", "ChangeSetNotFound", "InvalidChangeSetStatus"}
_NO_CHANGES = "didn't contain changes", "No updates are to be performed"
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeploymentConfig.html
# In express mode rollback is said to be off unless it is asked for: a half stack would cost, and keep names.
_EXPRESS: DeploymentConfig = {"Mode": "EXPRESS", "DisableRollback": False}


class Part(NamedTuple):
    """A resource of the stack; `id` is its physical name."""

    name: str
    kind: str
    status: str
    id: str


class Change(NamedTuple):
    """What a change set does to one resource; `replaced` is True, False, or None where CloudFormation cannot tell."""

    action: str
    name: str
    kind: str
    replaced: bool | None
    kept: bool


class ChangeSet(NamedTuple):
    """A change set: `failed` says why there is none, and is empty where it only has no changes.

    began: whether the stack is there only because of what `up` proposed, this run or one beside it
    """

    name: str
    began: bool
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

    def described(self, identity: str = "") -> DescribedStack | None:
        """The stack, or None if there is none; one that was deleted is found by its ID only."""
        try:
            (stack,) = self._client.describe_stacks(StackName=identity or self.name)["Stacks"]
        except ClientError as error:
            if not is_absent(error):
                raise
            return None
        return stack

    def propose(
        self, template: SentTemplate, parameters: Sequence[Parameter], *, new: bool, express: bool, role: str = ""
    ) -> ChangeSet:
        """A change set that is ready, with all its changes."""
        more: ChangeSetOptions = {}
        if express:
            more["DeploymentConfig"] = _EXPRESS
        if role:
            more["RoleARN"] = role
        empty = ChangeSet(f"{_OURS}{uuid.uuid4().hex}", new and self._is_of_proposals(), ())
        try:
            self._client.create_change_set(
                StackName=self.name,
                ChangeSetName=empty.name,
                ChangeSetType="CREATE" if new else "UPDATE",
                Capabilities=["CAPABILITY_IAM"],
                Parameters=parameters,
                **template,
                **more,
            )
            return self._ready(empty)
        except BaseException:
            with contextlib.suppress(ClientError, BotoCoreError):  # what went wrong before is what counts
                self.discard(empty)  # it may be there although no answer came
            raise

    def _is_of_proposals(self) -> bool:
        """Whether the stack is not there, or was begun by an `up` that has not been executed."""
        if self.described() is None:
            return True
        names = self._proposed()
        return bool(names) and all(name.startswith(_OURS) for name in names)

    def _proposed(self) -> list[str]:
        """The names of the stack's change sets."""
        pages = self._client.get_paginator("list_change_sets").paginate(StackName=self.name)
        return [told["ChangeSetName"] for page in pages for told in page["Summaries"]]

    def _ready(self, empty: ChangeSet) -> ChangeSet:
        while True:
            told = self._client.describe_change_set(StackName=self.name, ChangeSetName=empty.name)
            if told["Status"] == "CREATE_COMPLETE":
                return empty._replace(changes=tuple(self._changes(empty.name, told)))
            if told["Status"] == "FAILED":
                return empty._replace(failed=self._refusal(empty.name, told.get("StatusReason", "")))
            time.sleep(_PAUSE)

    def _refusal(self, change_set: str, reason: str) -> str:
        """Why there is no such change set; "" if only nothing would change."""
        if any(text in reason for text in _NO_CHANGES):
            return ""
        invalid = self.invalid(change_set)
        return f"{invalid.name}: {invalid.reason}" if invalid else reason or "no reason was given"

    def _changes(self, name: str, told: DescribedChangeSet) -> Iterator[Change]:
        while True:
            yield from map(_change, told["Changes"])
            if not told.get("NextToken"):
                return
            told = self._client.describe_change_set(
                StackName=self.name, ChangeSetName=name, NextToken=told["NextToken"]
            )

    def discard(self, change_set: ChangeSet) -> None:
        """Delete the change set, and the stack that came with it, unless somebody else proposes something for it."""
        try:
            self._client.delete_change_set(StackName=self.name, ChangeSetName=change_set.name)
            if change_set.began and self._is_empty():
                time.sleep(_PAUSE)  # for a moment a stack whose creation has begun says that it has not
                if self._is_empty():
                    self.delete(self.name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise

    def _is_empty(self) -> bool:
        """Whether nobody has created the stack, and nobody proposes to."""
        stack = self.described()
        return stack is not None and stack["StackStatus"] == "REVIEW_IN_PROGRESS" and not self._proposed()

    def execute(self, change_set: ChangeSet) -> None:
        """Begin what the change set says."""
        # what is made in an operation that fails goes with it, also what is to outlive the stack: it is empty
        self._client.execute_change_set(StackName=self.name, ChangeSetName=change_set.name, RetainExceptOnCreate=True)

    def delete(self, identity: str) -> None:
        """Begin to delete the stack."""
        self._client.delete_stack(StackName=identity)

    def events(self, identity: str) -> Iterator[StackEvent]:
        """The stack's events, newest first."""
        pages = self._client.get_paginator("describe_stack_events").paginate(StackName=identity)
        for page in pages:
            yield from page["StackEvents"]

    def parts(self) -> Iterator[Part]:
        """The stack's resources, as they are now."""
        pages = self._client.get_paginator("list_stack_resources").paginate(StackName=self.name)
        for told in (told for page in pages for told in page["StackResourceSummaries"]):
            name, kind, status = (told[key] for key in ("LogicalResourceId", "ResourceType", "ResourceStatus"))
            yield Part(name, kind, status, told.get("PhysicalResourceId", ""))

    def invalid(self, change_set: str = "") -> Invalid | None:
        """What CloudFormation's own check found first of the last operation, or of a change set; None if nothing.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeEvents.html
        """
        where = {"ChangeSetName": change_set} if change_set else {}
        try:
            answer = self._client.describe_events(StackName=self.name, Filters={"FailedEvents": True}, **where)
        except ClientError:  # who may not ask for details still has the reason
            return None
        findings = [event for event in answer["OperationEvents"] if event.get("EventType") == "VALIDATION_ERROR"]
        if not findings:
            return None
        first = min(findings, key=lambda event: str(event.get("Timestamp", "")))
        return Invalid(
            first.get("LogicalResourceId", ""), first.get("ResourceType", ""), first.get("ValidationStatusReason", "")
        )


def _change(told: ChangeOfStack) -> Change:
    """A change, as the API describes it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
    """
    resource = told["ResourceChange"]
    replaced = {"True": True, "Conditional": None}.get(resource.get("Replacement", "False"), False)
    kept = "Retain" in resource.get("PolicyAction", "")
    return Change(resource["Action"], resource["LogicalResourceId"], resource["ResourceType"], replaced, kept)
