"""Takes away what `doctor` made, in every case, and says what it could not take away and how to.

Each thing is noted before it is made, so that an interruption in between leaves nothing that nobody knows of.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from deployments.bucket import create_bucket
from deployments.cloud import Cloud
from deployments.errors import Failure, explain, is_absent
from deployments.output import Output

if TYPE_CHECKING:
    from aws_types import ObjectName, Wait

STACK_WAIT: Wait = {"Delay": 2, "MaxAttempts": 900}  # 30 minutes; a distribution takes about five
_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_TRIES = 2  # a build that still runs may write once more into a bucket that was emptied


class Cleaning:
    """What is to be removed when the block ends, in the opposite order."""

    def __init__(self, cloud: Cloud, output: Output) -> None:
        self._cloud, self._output = cloud, output
        self._formation, self._s3 = cloud.client("cloudformation"), cloud.client("s3")
        self._steps: list[tuple[str, Callable[[], None]]] = []

    def stack(self, name: str) -> None:
        """Remove the stack with what is in its buckets."""
        self._steps.append(
            (f"stack {name}: empty its buckets, then `aws cloudformation delete-stack`", lambda: self._delete(name))
        )

    def lend(self, name: str, text: str) -> str:
        """The address of a template that is too long to be sent, in a bucket that goes too."""
        self._steps.append((f"bucket {name}: `aws s3 rb s3://{name} --force`", lambda: self._remove_bucket(name)))
        create_bucket(self._s3, name, self._cloud.region)
        self._s3.put_object(Bucket=name, Key="template.yaml", Body=text.encode())
        base = self._cloud.endpoint or f"https://s3.{self._cloud.region}.amazonaws.com"
        return f"{base}/{name}/template.yaml"

    def __enter__(self) -> Cleaning:
        # a job that is cancelled and a terminal that is closed are interruptions too
        self._before = {number: signal.signal(number, signal.default_int_handler) for number in _SIGNALS}
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        """Remove all of it; a problem here does not hide the one that ended the block."""
        if error is not None and not isinstance(error, GeneratorExit):
            self._output.note(f"doctor ended early ({type(error).__name__}); it removes what it made all the same")
        try:
            left = self._remove_all()
        finally:
            for number, handler in self._before.items():
                signal.signal(number, handler)
        for what, why in left:
            self._output.note(f"could not be removed: {what} ({why})", "yellow")
        if left and error is None:
            raise Failure(f"doctor could not remove {len(left)} of what it made: {'; '.join(what for what, _ in left)}")

    def _remove_all(self) -> list[tuple[str, str]]:
        left = []
        while self._steps:
            what, remove = self._steps[-1]
            self._output.note(f"removing {what.partition(':')[0]}")
            try:
                remove()
            except (ClientError, BotoCoreError, Failure) as error:
                left.append((what, str(error) if isinstance(error, Failure) else explain(error)))
            except BaseException:
                # a second Ctrl-C: whoever presses it wants the end, and must know what stays
                for still, _ in reversed(self._steps):
                    self._output.note(f"still there: {still}", "yellow")
                raise
            self._steps.pop()
        return left

    def _delete(self, name: str) -> None:
        for number in range(_TRIES):
            resources = self._resources(name)
            if not resources:
                return
            for bucket in resources.get("AWS::S3::Bucket", ()):
                self._empty(bucket)
            self._formation.delete_stack(StackName=name)
            try:
                self._formation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=STACK_WAIT)
                return
            except WaiterError:
                if number == _TRIES - 1:
                    raise Failure(self._what_stays(name)) from None

    def _resources(self, name: str) -> dict[str, list[str]]:
        """The physical IDs by type; nothing if there is no such stack."""
        try:
            listed = self._formation.describe_stack_resources(StackName=name)["StackResources"]
        except ClientError as error:
            if not is_absent(error):
                raise
            return {}
        kinds: dict[str, list[str]] = {"stack": [name]}
        for item in listed:
            if item.get("PhysicalResourceId") and item["ResourceStatus"] != "DELETE_COMPLETE":
                kinds.setdefault(item["ResourceType"], []).append(item["PhysicalResourceId"])
        return kinds

    def _what_stays(self, name: str) -> str:
        listed = self._formation.describe_stack_resources(StackName=name)["StackResources"]
        stays = [item for item in listed if item["ResourceStatus"] != "DELETE_COMPLETE"]
        return ", ".join(f"{item['LogicalResourceId']} {item.get('PhysicalResourceId', '')}" for item in stays)

    def _remove_bucket(self, name: str) -> None:
        try:
            self._empty(name)
            self._s3.delete_bucket(Bucket=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise

    def _empty(self, bucket: str) -> None:
        """Delete every version of every object; a bucket that is gone is empty."""
        try:
            for batch in self._versions(bucket):
                answer = self._s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
                for problem in answer.get("Errors", ()):
                    raise Failure(f"{bucket}/{problem['Key']}: {problem.get('Message', problem.get('Code'))}")
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise

    def _versions(self, bucket: str) -> Iterator[list[ObjectName]]:
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            versions = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
            if versions:
                yield [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in versions]
