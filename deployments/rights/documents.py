"""Policy documents of grants: as few statements as say the same, and as many documents as IAM's limit asks for."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypedDict

from deployments.rights.grants import Condition, Grant

# Characters of a managed policy, blanks not counted: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LIMIT = 6144


class Statement(TypedDict, total=False):
    """A statement of a policy."""

    Effect: str
    Principal: dict[str, str]
    Action: list[str]
    Resource: list[str]
    Condition: dict[str, dict[str, list[str]]]


class Document(TypedDict):
    """A policy."""

    Version: str
    Statement: list[Statement]


def documents(grants: Iterable[Grant], limit: int = LIMIT) -> list[Document]:
    """The policies that allow this and nothing else, each within IAM's limit."""
    found: list[Document] = []
    for statement in _statements(grants):
        if not found or size(document([*found[-1]["Statement"], statement])) > limit:
            found.append(document([]))
        found[-1]["Statement"].append(statement)
    return found


def document(statements: Sequence[Statement]) -> Document:
    """A policy of these statements."""
    return {"Version": "2012-10-17", "Statement": [*statements]}


def size(policy: Document) -> int:
    """Its length as IAM counts it."""
    return len(json.dumps(policy, separators=(",", ":")))


def _statements(grants: Iterable[Grant]) -> list[Statement]:
    """What is done on the same under the same conditions stands together."""
    on: defaultdict[tuple[str, tuple[Condition, ...]], set[str]] = defaultdict(set)
    for grant in grants:
        on[grant.action, grant.conditions].update(grant.on)
    actions: defaultdict[tuple[tuple[str, ...], tuple[Condition, ...]], list[str]] = defaultdict(list)
    for (action, conditions), arns in on.items():
        actions[tuple(sorted(arns)), conditions].append(action)
    together = sorted((sorted(done), list(arns), conditions) for (arns, conditions), done in actions.items())
    return [_statement(done, arns, conditions) for done, arns, conditions in together]


def _statement(actions: list[str], on: list[str], conditions: Sequence[Condition]) -> Statement:
    statement: Statement = {"Effect": "Allow", "Action": actions, "Resource": on}
    held: dict[str, dict[str, list[str]]] = {}
    for operator, key, values in conditions:
        held.setdefault(operator, {})[key] = list(values)
    return {**statement, "Condition": held} if held else statement
