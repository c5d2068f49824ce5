"""What a stack's status means for `up`: whether to create, update, follow, begin anew, or stop and say what to do.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html#cfn-console-view-stack-data-resources-status-codes
"""

from __future__ import annotations

from typing import Literal

Course = Literal["create", "update", "follow", "begin anew", "stop"]

CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
_NEW = {"", "DELETE_COMPLETE", "REVIEW_IN_PROGRESS"}  # the last is a change set's that nobody has executed
# Its first creation failed: nothing but deleting leads out of it.
_NEVER_WAS = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"}
_USABLE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"}
_USABLE |= {"IMPORT_ROLLBACK_COMPLETE"}
_STUCK = {
    "UPDATE_ROLLBACK_FAILED": "its last update failed, and taking that back failed too. Mend what the first reason "
    "names, run `aws cloudformation continue-update-rollback --stack-name {name} --region {region}`, and `up` again",
    "UPDATE_FAILED": "its last update failed, and was not taken back. Run `aws cloudformation rollback-stack "
    "--stack-name {name} --region {region}`, and then `up` again",
    "DELETE_FAILED": "somebody began to delete it, and that failed. Mend what the first reason names, run `aws "
    "cloudformation delete-stack --stack-name {name} --region {region}`, and then `up` again",
}


def course(status: str) -> Course:
    """What follows from the stack's status; "" is that of a stack that is not there."""
    if status in _NEW:
        return "create"
    if status in _NEVER_WAS:
        return "begin anew"
    if status in _USABLE:
        return "update"
    return "follow" if status.endswith("_IN_PROGRESS") else "stop"


def way_out(status: str, name: str, region: str) -> str:
    """What to do about a stack that `up` cannot go on with."""
    text = _STUCK.get(status, "CloudFormation takes no update in this state: see its console, or AWS's support")
    return f"the stack {name} is {status}: {text.format(name=name, region=region)}"


def went_well(status: str) -> bool:
    """Whether an operation that ended in this status did what it was to do."""
    return status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", CLEANUP, "DELETE_COMPLETE", "IMPORT_COMPLETE")


def is_done(status: str) -> bool:
    """Whether all that matters has happened; the clean-up after an update deletes what nobody uses any more."""
    return not status.endswith("_IN_PROGRESS") or status == CLEANUP
