"""What policy documents allow, as the emulator's own evaluation of IAM says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ministack.core import iam_evaluator

from local.cloud.emulator import ACCOUNT, REGION


class Request(NamedTuple):
    """One action on one resource, with the condition keys that it brings."""

    action: str
    on: str
    keys: tuple[tuple[str, str], ...] = ()

    def without_key(self, key: str) -> Request:
        """The same request without one of its keys."""
        return self._replace(keys=tuple(one for one in self.keys if one[0] != key))

    def with_key(self, key: str, value: str) -> Request:
        """The same request with another value of a key."""
        return self._replace(keys=(*self.without_key(key).keys, (key, value)))


class Policies:
    """Documents, read once."""

    def __init__(self, documents: Iterable[Mapping[str, object]]) -> None:
        self._parsed = [iam_evaluator.parse_policy_document(json.dumps(one)) for one in documents]

    def allow(self, request: Request) -> bool:
        """Whether whoever has these and nothing else may do it."""
        asked = iam_evaluator.EvalContext(
            principal_arn=f"arn:aws:iam::{ACCOUNT}:user/somebody",
            principal_type="User",
            principal_account=ACCOUNT,
            action=request.action,
            resource_arn=request.on,
            region=REGION,
            service_context={key.lower(): _values(key, value) for key, value in request.keys},
        )
        return bool(iam_evaluator.evaluate(asked, self._parsed).decision == "Allow")


def _values(key: str, value: str) -> str | list[str]:
    return [value] if key == "aws:CalledVia" else value  # the one key here that has several values
