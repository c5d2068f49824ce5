"""Who has a role, in an emulator that enforces IAM: what he may is tried, or evaluated where nothing can be tried."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, cast

from ministack.core import iam_evaluator

from local.cloud.emulator import ACCOUNT, REGION, Emulator

if TYPE_CHECKING:
    from aws_types import BaseClient, Clients

DENIED = r"AccessDenied|AuthorizationError"  # how S3 and most refuse; how SNS does
_ANYBODY = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}


class Actor:
    """Clients with the rights of a role, as what runs with it has them."""

    def __init__(self, emulator: Emulator, role: str) -> None:
        self.emulator, self.role = emulator, role
        iam, sts = emulator.shared("iam"), emulator.shared("sts")
        # Which service may take the role is not asked here, and none of them is there to take it.
        iam.update_assume_role_policy(RoleName=role, PolicyDocument=document([_ANYBODY]))
        arn = iam.get_role(RoleName=role)["Role"]["Arn"]
        self._session = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        self._clients: dict[str, BaseClient] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What a program runs with that has this role."""
        return {
            "AWS_ACCESS_KEY_ID": self._session["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": self._session["SecretAccessKey"],
            "AWS_SESSION_TOKEN": self._session["SessionToken"],
        }

    @property
    def client(self) -> Clients:
        """Gives the client of a service, as it is for the role."""
        return cast("Clients", self.made)

    def made(self, service: str) -> BaseClient:
        """The client of a service that has a name only now."""
        if service not in self._clients:
            self._clients[service] = self.emulator.made(
                service,
                account=self._session["AccessKeyId"],
                aws_secret_access_key=self._session["SecretAccessKey"],
                aws_session_token=self._session["SessionToken"],
            )
        return self._clients[service]

    def may(self, action: str, resource: str, keys: Mapping[str, str] | None = None) -> bool:
        """What the emulator's own evaluation says of the role's policies, for a service that it does not have."""
        asked = iam_evaluator.EvalContext(
            principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.role}/test",
            principal_type="AssumedRole",
            principal_account=ACCOUNT,
            action=action,
            resource_arn=resource,
            region=REGION,
            service_context={key.lower(): value for key, value in (keys or {}).items()},
        )
        return bool(iam_evaluator.evaluate(asked, self._policies).decision == "Allow")

    @cached_property
    def _policies(self) -> list[list[iam_evaluator.ParsedStatement]]:
        """The role's policies as they were when it was first asked."""
        iam = self.emulator.shared("iam")
        names = iam.list_role_policies(RoleName=self.role)["PolicyNames"]
        documents = [iam.get_role_policy(RoleName=self.role, PolicyName=name)["PolicyDocument"] for name in names]
        return [iam_evaluator.parse_policy_document(cast("str", one)) for one in documents]


def add_role(emulator: Emulator, name: str, statements: Sequence[Mapping[str, object]]) -> Actor:
    """Who has a role beside a stack's own."""
    iam = emulator.shared("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document([_ANYBODY]))
    iam.put_role_policy(RoleName=name, PolicyName="Work", PolicyDocument=document(statements))
    return Actor(emulator, name)


def document(statements: Sequence[Mapping[str, object]]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements]})
