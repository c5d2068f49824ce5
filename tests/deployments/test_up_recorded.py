"""`up` where the emulator differs from AWS: recorded answers in the shapes that botocore's model of CloudFormation has.

The emulator has no clean-up after an update, no update that cannot be taken back, no pages, and no drifted changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import ANY, Stubber

from deployments.cloud import Cloud
from deployments.errors import Failure
from deployments.output import Output
from deployments.up.following import Operation
from deployments.up.formation import Change, ChangeSet, Formation
from deployments.up.preparing import settled
from deployments.up.wish import Wish

ID = "arn:aws:cloudformation:eu-west-1:111122223333:stack/site/51af3dc0-da77-11e4-872e-1234567db123"
CHANGES = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/up-1/1"
WHEN = datetime(2026, 11, 29, tzinfo=UTC)
WISH = Wish("site", "", frozenset(), frozenset(), {}, "direct")


class Recorded(Cloud):
    """AWS whose CloudFormation gives what was recorded."""

    formation: Any

    def client(self, service: str, **options: Any) -> Any:
        return self.formation


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    for module in ("formation", "following"):
        monkeypatch.setattr(f"deployments.up.{module}._PAUSE", 0)
    client = boto3.client("cloudformation", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def cloud(recorded: Stubber) -> Cloud:
    cloud = Recorded("eu-west-1", "")
    cloud.formation = recorded.client
    return cloud


def is_in(recorded: Stubber, status: str, **more: str) -> None:
    """Record that the stack is in this state."""
    one = {"StackName": "site", "StackId": ID, "CreationTime": WHEN, "StackStatus": status, **more}
    one.setdefault("Description", "Instant Hosting 0.2.0 (direct) x")
    recorded.add_response("describe_stacks", {"Stacks": [one]}, {"StackName": ANY})


def tells(recorded: Stubber, *events: tuple[str, str, str]) -> None:
    """Record the stack's events: logical ID, status, reason; the oldest first."""
    told = []
    for number, (name, status, reason) in enumerate(events):
        kind = "AWS::CloudFormation::Stack" if name == "site" else "AWS::S3::Bucket"
        one = {"StackId": ID, "EventId": str(number), "StackName": "site", "LogicalResourceId": name, "Timestamp": WHEN}
        one |= {"ResourceType": kind, "ResourceStatus": status, "ResourceStatusReason": reason}
        told.append(one | ({"PhysicalResourceId": ID} if name == "site" else {}))
    recorded.add_response("describe_stack_events", {"StackEvents": told[::-1]}, {"StackName": ID})


def never(question: str) -> None:
    raise AssertionError(question)


def test_an_update_that_still_cleans_up_is_awaited_before_the_next_one(recorded: Stubber, cloud: Cloud) -> None:
    cleaning = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    begun = ("site", "UPDATE_IN_PROGRESS", "User Initiated")
    is_in(recorded, cleaning)
    is_in(recorded, cleaning)
    tells(recorded, begun, ("site", cleaning, ""))
    is_in(recorded, "UPDATE_COMPLETE")
    tells(recorded, begun, ("site", cleaning, ""), ("site", "UPDATE_COMPLETE", ""))
    is_in(recorded, "UPDATE_COMPLETE")
    found = settled(cloud, Formation(cloud, "site"), WISH, Output(False), never, older=False, moved=False)
    assert found
    assert "UPDATE_COMPLETE" == found["StackStatus"]


def test_our_own_update_ends_where_only_the_clean_up_is_left(recorded: Stubber, cloud: Cloud) -> None:
    # the stack tells of the operation before, for a moment
    is_in(recorded, "CREATE_COMPLETE")
    tells(recorded, ("site", "CREATE_COMPLETE", ""))
    is_in(recorded, "CREATE_COMPLETE")
    tells(recorded, ("site", "CREATE_COMPLETE", ""), ("site", "UPDATE_IN_PROGRESS", ""))
    is_in(recorded, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    ended = [("site", "UPDATE_IN_PROGRESS", ""), ("site", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "")]
    tells(recorded, ("site", "CREATE_COMPLETE", ""), *ended)
    done = Operation(Formation(cloud, "site"), ID, after="0").follow(Output(False), "")
    assert ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", None) == done


def test_a_network_that_is_gone_for_a_while_ends_nothing(
    recorded: Stubber, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    is_in(recorded, "UPDATE_COMPLETE")
    tells(recorded, ("site", "UPDATE_IN_PROGRESS", ""), ("site", "UPDATE_COMPLETE", ""))
    formation = Formation(cloud, "site")
    offline = [EndpointConnectionError(endpoint_url="https://cloudformation")]
    online = formation.described

    def described(identity: str = "") -> Any:
        if offline:
            raise offline.pop()
        return online(identity)

    monkeypatch.setattr(formation, "described", described)
    assert "UPDATE_COMPLETE" == Operation(formation, ID).follow(Output(False), "").status
    assert "AWS is not reachable" in capsys.readouterr().err


def test_an_update_that_could_not_be_taken_back_stops_with_the_first_cause_and_the_way_out(
    recorded: Stubber, cloud: Cloud
) -> None:
    is_in(recorded, "UPDATE_ROLLBACK_FAILED")
    tells(
        recorded,
        ("ArtifactBucket", "UPDATE_FAILED", "of an operation before"),
        ("site", "UPDATE_IN_PROGRESS", "User Initiated"),
        ("SiteBucket", "UPDATE_FAILED", "Access Denied (Service: S3, Status Code: 403, Request ID: 1)"),
        ("site", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update: [SiteBucket]."),
        ("SourceBucket", "UPDATE_FAILED", "Access Denied"),
        ("site", "UPDATE_ROLLBACK_FAILED", "The following resource(s) failed to update: [SourceBucket]."),
    )
    with pytest.raises(Failure) as failure:
        settled(cloud, Formation(cloud, "site"), WISH, Output(False), never, older=False, moved=False)
    text = str(failure.value)
    assert "`aws cloudformation continue-update-rollback --stack-name site --region eu-west-1`" in text
    assert "First of all failed SiteBucket (the site's bucket, in which all deployments lie): Access Denied" in text
    assert text.endswith("you lack a permission: `deployments rights` prints the policy that you need")


def described(status: str, *changes: dict[str, Any], **more: str) -> dict[str, Any]:
    told = {"ChangeSetId": CHANGES, "StackId": ID, "StackName": "site", "Status": status, **more}
    return {**told, "Changes": [{"Type": "Resource", "ResourceChange": change} for change in changes]}


def proposed(recorded: Stubber, *answers: dict[str, Any]) -> None:
    """Record a change set, and what is told of it at each look."""
    recorded.add_response("create_change_set", {"Id": CHANGES, "StackId": ID})
    for answer in answers:
        recorded.add_response("describe_change_set", answer)


def propose(cloud: Cloud) -> ChangeSet:
    return Formation(cloud, "site").propose({"TemplateBody": "x"}, [], new=False, express=False)


def test_a_change_set_is_read_to_its_last_page(recorded: Stubber, cloud: Cloud) -> None:
    store = {"Action": "Modify", "LogicalResourceId": "Store", "ResourceType": "AWS::CloudFront::KeyValueStore"}
    store |= {"Replacement": "True", "PolicyAction": "ReplaceAndRetain"}
    rule = {"Action": "Modify", "LogicalResourceId": "PublishRule", "ResourceType": "AWS::Events::Rule"}
    rule |= {"Replacement": "Conditional"}
    bucket = {"Action": "Remove", "LogicalResourceId": "SourceBucket", "ResourceType": "AWS::S3::Bucket"}
    bucket |= {"PolicyAction": "Retain"}
    pending = described("CREATE_IN_PROGRESS")
    proposed(
        recorded,
        pending,
        described("CREATE_COMPLETE", store, NextToken="2"),
        described("CREATE_COMPLETE", rule, bucket),
    )
    assert (
        Change("Modify", "Store", "AWS::CloudFront::KeyValueStore", True, True),
        Change("Modify", "PublishRule", "AWS::Events::Rule", None, False),
        Change("Remove", "SourceBucket", "AWS::S3::Bucket", False, True),
    ) == propose(cloud).changes


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information to create a change set.",
        "No updates are to be performed.",
    ],
)
def test_a_change_set_without_changes_is_no_failure(reason: str, recorded: Stubber, cloud: Cloud) -> None:
    proposed(recorded, described("FAILED", StatusReason=reason))
    there = propose(cloud)
    assert ((), "") == (there.changes, there.failed)


def test_what_cloudformations_check_found_is_said_in_place_of_where_to_ask(recorded: Stubber, cloud: Cloud) -> None:
    proposed(
        recorded, described("FAILED", StatusReason="Validation failed. Call DescribeEvents to retrieve the issues.")
    )
    event = {"EventId": "1", "EventType": "VALIDATION_ERROR", "LogicalResourceId": "SiteBucket", "Timestamp": WHEN}
    event |= {"ResourceType": "AWS::S3::Bucket", "ValidationStatusReason": "Bucket taken already exists"}
    asked = {"StackName": "site", "ChangeSetName": ANY, "Filters": {"FailedEvents": True}}
    recorded.add_response("describe_events", {"OperationEvents": [event]}, asked)
    assert "SiteBucket: Bucket taken already exists" == propose(cloud).failed
