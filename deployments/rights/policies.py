"""Which policies a person gets for what he does, and the role that CloudFormation takes in his place, by name.

One policy has 6,144 characters, so they are cut by what a person does, and not by service.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from deployments.rights.documents import Document, Statement, document, documents
from deployments.rights.grants import Grant, Stack
from deployments.rights.own import DAY_TWO, INIT, UP, Call, of_commands

Purpose = Literal["up", "init", "day-two"]
PURPOSES: tuple[Purpose, ...] = ("up", "init", "day-two")

# of a stack's name, so that the role's name keeps to its 64 characters:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_LONGEST = 40

_TAKES_IT: Statement = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudformation.amazonaws.com"},
    "Action": ["sts:AssumeRole"],
}


def of_person(purpose: Purpose, stack: Stack) -> dict[str, Document]:
    """The policies of whoever runs the commands; for `up` with the rights that CloudFormation uses for him."""
    grants = [*of_commands(_calls(purpose, stack), stack), *(stack.grants() if purpose == "up" else ())]
    return _named(f"{name(stack)}.{purpose}", grants)


def of_role(stack: Stack) -> dict[str, Document]:
    """The role that makes the resources, who may take it, and what is left for the person."""
    role = f"{name(stack)}.cloudformation"
    pass_role = Grant(
        "iam:PassRole",
        (stack.place.arn(f"iam::{{account}}:role/{role}"),),
        (("StringEquals", "iam:PassedToService", ("cloudformation.amazonaws.com",)),),
    )
    return {
        f"{role}.trust": document([_TAKES_IT]),
        **_named(role, _by_itself(stack.grants())),
        **_named(f"{name(stack)}.up", [*of_commands(_calls("up", stack), stack), pass_role]),
    }


def name(stack: Stack) -> str:
    """What the names of a stack's policies begin with.

    A stack's name has no dot. So no stack, whatever its name, has rights on the policies that say what its people may.
    """
    return f"rights.{stack.place.stack[:_LONGEST]}"


def _calls(purpose: Purpose, stack: Stack) -> Iterator[Call]:
    init = [call for call in INIT if stack.has_connection or not call.action.startswith("codeconnections:")]
    calls: Mapping[Purpose, Iterable[Call]] = {"init": init, "up": (*init, *UP), "day-two": DAY_TWO}
    return iter(calls[purpose])


def _by_itself(grants: Iterable[Grant]) -> Iterator[Grant]:
    """What only CloudFormation can take needs no condition that it is CloudFormation."""
    for grant in grants:
        kept = tuple(one for one in grant.conditions if one[1] != "aws:CalledVia")
        yield grant._replace(conditions=kept)


def _named(name: str, grants: Iterable[Grant]) -> dict[str, Document]:
    found = documents(grants)
    numbered = len(found) > 1
    return {f"{name}.{number}" if numbered else name: one for number, one in enumerate(found, 1)}
