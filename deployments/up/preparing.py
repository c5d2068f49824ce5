"""Brings the stack into a state that can be changed: follows what runs, and clears away a creation that failed.

A stack in a half-made state refuses every change, and what AWS says of it names no way out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from deployments.cloud import Cloud
from deployments.errors import Failure
from deployments.output import Output
from deployments.up.following import Ended, Operation
from deployments.up.formation import Formation
from deployments.up.meanings import meaning
from deployments.up.states import course, way_out, went_well
from deployments.up.wish import Wish, check_stack

if TYPE_CHECKING:
    from aws_types import DescribedStack

# What holds more than the template says
_HOLDING = {"AWS::S3::Bucket", "AWS::CloudFront::KeyValueStore"}
_NOT_THERE = {"CREATE_FAILED", "DELETE_COMPLETE", "DELETE_SKIPPED"}

Ask = Callable[[str], None]  # asks, and ends the command if the answer is no


def settled(
    cloud: Cloud, formation: Formation, wish: Wish, output: Output, ask: Ask, *, older: bool, moved: bool
) -> DescribedStack | None:
    """The stack, ready for a change set; None if it must be created."""
    while True:
        stack = formation.described()
        what = course(stack["StackStatus"] if stack else "")
        if not stack or what == "create":
            return None
        check_stack(wish, stack, older=older, moved=moved)
        if what == "update":
            return stack
        if what == "stop":
            way = way_out(stack["StackStatus"], wish.stack, cloud.region)
            raise Failure(f"{way}{_first(formation, stack)}", remedy=way.partition(": ")[2])
        if what == "follow":
            _take_up(formation, stack, output)
        else:
            _refuse_to_lose(cloud, formation, stack)
            _clear(formation, stack, output, ask)


def _take_up(formation: Formation, stack: DescribedStack, output: Output) -> None:
    status = stack["StackStatus"]
    output.note(f"{stack['StackName']} is {status}: somebody, or an interrupted `up`, began that; following it")
    # to its very end: while it cleans up, the stack takes no other update
    ended = Operation(formation, stack["StackId"]).follow(
        output, status, until=lambda status: not status.endswith("_IN_PROGRESS")
    )
    if status != "DELETE_IN_PROGRESS" and not went_well(ended.status):
        raise failure(stack["StackName"], ended)


def _refuse_to_lose(cloud: Cloud, formation: Formation, stack: DescribedStack) -> None:
    """Stop before a stack whose creation was not taken back: somebody may have published into what is there."""
    if stack["StackStatus"] == "ROLLBACK_COMPLETE":
        return
    there = [part for part in formation.parts() if part.kind in _HOLDING and part.status not in _NOT_THERE]
    if there:
        each = " and ".join(f"{meaning(part.name, part.kind).what.partition(',')[0]} ({part.id})" for part in there)
        delete = f"`aws cloudformation delete-stack --stack-name {formation.name} --region {cloud.region}`"
        remedy = f"If nothing of that is needed, run {delete}, and then `up` again"
        raise Failure(
            f"the stack {formation.name} is {stack['StackStatus']}: its creation failed, and it still has {each}, "
            f"which may hold a site. {remedy}{_first(formation, stack)}",
            remedy=remedy,
        )


def _clear(formation: Formation, stack: DescribedStack, output: Output, ask: Ask) -> None:
    """Delete a stack whose creation failed."""
    name, status = stack["StackName"], stack["StackStatus"]
    output.note(f"{name} is {status}: its first creation failed{_first(formation, stack)}", "yellow")
    output.note("CloudFormation cannot go on with such a stack: it must be deleted first. It never was a site")
    ask(f"Delete the failed stack {name}?")
    after = next((event["EventId"] for event in formation.events(stack["StackId"])), "")
    formation.delete(stack["StackId"])
    ended = Operation(formation, stack["StackId"], after).follow(output, f"deleting {name}")
    if ended.status != "DELETE_COMPLETE":
        raise failure(name, ended)


def _first(formation: Formation, stack: DescribedStack) -> str:
    """What failed first in a stack's newest operation, where that is still told."""
    found = Operation(formation, stack["StackId"]).failed()
    return f". First of all failed {found.text}{f'. {found.remedy}' if found.remedy else ''}" if found else ""


def failure(name: str, ended: Ended) -> Failure:
    """The one line about an operation that failed: the first cause, its remedy, and what is there now."""
    cause = ended.cause
    why = f"{cause.text}; {cause.remedy}" if cause and cause.remedy else cause.text if cause else "no reason was given"
    after = {
        "ROLLBACK_COMPLETE": "nothing is left of it; the next `up` deletes the empty stack and begins anew",
        "UPDATE_ROLLBACK_COMPLETE": "the stack is as it was before, and so is the site",
    }.get(ended.status, f"the stack is {ended.status}: `up` says how to go on")
    return Failure(f"{name}: {why}; {after}", remedy=cause.remedy if cause else "")
