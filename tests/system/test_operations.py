"""The option `operations` as a deployed stack, IAM enforced: what each worker does."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from local.cloud.build import action
from local.cloud.emulator import Emulator
from tests.system.operated import ALARM, operated
from workbench.recorded import LOGS, in_codebuild
from workbench.site import VisitedStack, until

if TYPE_CHECKING:
    from aws_types import LogLine, NewEvent

A, B = (f"{letter * 40}-{letter * 16}" for letter in "ab")


@pytest.fixture
def site(strict: Emulator) -> Iterator[VisitedStack]:
    """A new one for each test: what is live or held is a site's, and tests come in any order."""
    strict.reset()
    with operated(strict) as site:
        yield site


@pytest.fixture
def mails(site: VisitedStack) -> Callable[[], list[tuple[str, str]]]:
    """Gives subject and text of what people were sent since it was last asked."""
    sqs, sns = site.emulator.client("sqs"), site.emulator.client("sns")
    queue = sqs.create_queue(QueueName="mailbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = {"Version": "2012-10-17", "Statement": [allow]}
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
    sns.subscribe(TopicArn=site.outputs["NotificationTopicArn"], Protocol="sqs", Endpoint=arn)

    def read() -> list[tuple[str, str]]:
        found = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                body = json.loads(message["Body"])
                found.append((body.get("Subject", ""), body["Message"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return found

    return read


def upload(site: VisitedStack, deployment: str, execution: str) -> None:
    """What the uploader leaves."""
    s3 = site.emulator.client("s3")
    page, name = f"<h1>{deployment}</h1>".encode(), f"assets/{deployment[:8]}-BdE8sX2_.js"
    manifest = dict.fromkeys(("branch", "message", "author", "created", "uploader"), "")
    manifest |= {"id": deployment, "commit": deployment[:40], "execution": execution, "routing": "mixed"}
    body = {**manifest, "also": [], "index": [], "immutable": [name], "files": 1, "bytes": len(page)}
    files = {f"immutable/{name}": b"", f"deployments/{deployment}/index.html": page}
    for key, text in {**files, f"manifests/{deployment}.json": json.dumps(body).encode()}.items():
        s3.put_object(Bucket=site.bucket, Key=key, Body=text, IfNoneMatch="*")
    s3.put_object(Bucket=site.bucket, Key=f"executions/{execution}", Body=deployment.encode())


def ask(site: VisitedStack, **request: Any) -> dict[str, Any]:
    """The publisher's answer to a direct request."""
    invoked = site.emulator.client("lambda").invoke(
        FunctionName=site.resources["Publisher"], Payload=json.dumps(request)
    )
    answer: dict[str, Any] = json.loads(invoked["Payload"].read())
    return answer


def test_from_a_push_to_the_alarm_that_takes_it_back_and_the_mails_that_tell(
    site: VisitedStack, mails: Callable[[], list[tuple[str, str]]]
) -> None:
    for deployment, execution, minute in ((A, "e1", 1), (B, "e2", 2)):
        upload(site, deployment, execution)
        site.send_success(execution, f"2026-05-01T10:0{minute}:00.000Z")
        until(site.live, lambda live, wanted=deployment: str(live).startswith(wanted))  # type: ignore[misc]
    upload(site, old := f"{'c' * 40}-{'c' * 16}", "e0")
    site.send_success("e0", "2026-05-01T10:00:00.000Z")
    ((subject, text),) = until(mails, bool)
    assert subject == "site: cccccccccc is not live: a newer one is"
    assert f"deployments promote {old} --stack site --region us-east-1" in text

    detail = {"alarmName": "errors", "state": {"value": "ALARM"}}
    entry: NewEvent = {"Source": "aws.cloudwatch", "DetailType": "CloudWatch Alarm State Change", "Resources": [ALARM]}
    events = site.emulator.client("events")
    assert events.put_events(Entries=[{**entry, "Detail": json.dumps(detail)}])["FailedEntryCount"] == 0
    until(site.live, lambda live: str(live).startswith(A))
    ((subject, text),) = until(mails, bool)
    assert subject == "site: rolled back to aaaaaaaaaa"
    assert re.search(rf"^Why: alarm errors went off \d s after {B} went live$", text, re.M)
    assert "deployments release --stack site" in text
    assert ask(site, action="status")["hold"]["by"] == "errors"
    events.put_events(Entries=[{**entry, "Detail": json.dumps(detail)}])
    until(site.log, lambda lines: lines[-1]["outcome"] == "ignored")
    assert str(site.live()).startswith(A)


ENDED = {
    "FAILED": "the pipeline failed",
    "STOPPED": "the pipeline was stopped",
    "CANCELED": "the pipeline was canceled",
}


@pytest.mark.parametrize("state", ENDED)
def test_a_pipeline_that_published_nothing_is_told_with_the_page_that_says_why(
    site: VisitedStack, mails: Callable[[], list[tuple[str, str]]], state: str
) -> None:
    event = site.success("e7", "2026-05-01T10:00:00.000Z")
    detail = {**event["detail"], "state": state}
    entry: NewEvent = {"Source": event["source"], "DetailType": event["detail-type"], "Detail": json.dumps(detail)}
    site.emulator.client("events").put_events(Entries=[entry])
    ((subject, text),) = until(mails, bool)
    assert subject == f"site: {ENDED[state]}"
    assert f"/pipelines/{site.uuid}/executions/e7/timeline?region=us-east-1" in text


def test_a_build_that_failed_is_told_with_its_command_and_its_first_error_lines(
    site: VisitedStack, mails: Callable[[], list[tuple[str, str]]]
) -> None:
    stream, group = "a9e1c2b8-7a94-4e0d-8d25-b0a6e4917c53", site.resources["BuildLog"]
    logs = site.emulator.client("logs")
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    lines = in_codebuild(f"+ npm run build\n{LOGS['tsc-type'][0]}").split("\n")
    events: list[LogLine] = [{"timestamp": int(time.time() * 1000), "message": f"{line}\n"} for line in lines]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
    build = f"BuildProject:{stream}"
    result = {"externalExecutionId": build, "externalExecutionUrl": "https://console.example/build"}
    result["externalExecutionSummary"] = "Build terminated with state: FAILED"
    failed = {**action("Build", {}), "status": "Failed", "output": {"executionResult": result}}
    told = {"id": build, "phases": [], "logs": {"groupName": group, "streamName": stream}}
    site.emulator.tell_execution("e8", actions=[failed, action("Source", {})], builds=[told])
    event = site.success("e8", "2026-05-01T10:00:00.000Z")
    entry: NewEvent = {"Source": event["source"], "DetailType": event["detail-type"]}
    entry["Detail"] = json.dumps({**event["detail"], "state": "FAILED"})
    site.emulator.client("events").put_events(Entries=[entry])
    ((subject, text),) = until(mails, bool)
    assert "site: the pipeline failed in Build" == subject
    assert (
        "This failed: npm run build (tsc -b && vite build)\n"
        "  | src/main.tsx(1,7): error TS2322: Type 'string' is not assignable to type 'number'.\n"
        "  | src/main.tsx(2,16): error TS2304: Cannot find name 'missing'.\n"
        "Build: Build terminated with state: FAILED\n"
        "https://console.example/build\n"
    ) in text


def test_a_request_by_event_is_carried_out_and_told(
    site: VisitedStack, mails: Callable[[], list[tuple[str, str]]]
) -> None:
    detail = {"stack": "site", "action": "hold", "reason": 'the "fair"', "by": "Ada"}
    entry: NewEvent = {"Source": "instant-hosting", "DetailType": "Deployment Request", "Detail": json.dumps(detail)}
    site.emulator.client("events").put_events(Entries=[entry])
    ((subject, text),) = until(mails, bool)
    assert (subject, 'Why: the "fair"' in text, "By: Ada (hold)" in text) == ("site: on hold", True, True)


def test_files_that_came_into_a_folder_later_are_told(
    site: VisitedStack, mails: Callable[[], list[tuple[str, str]]]
) -> None:
    upload(site, deployment := f"{'f' * 40}-{'f' * 16}", "e9")
    time.sleep(1.1)  # S3 dates objects to the second
    key = f"deployments/{deployment}/sw.js"
    site.emulator.client("s3").put_object(Bucket=site.bucket, Key=key, Body=b"attacker", IfNoneMatch="*")
    assert ask(site, action="promote", deployment=deployment)["outcome"] == "published"
    ((subject, text),) = until(mails, bool)
    assert subject == "site: ffffffffff is live, with files that are not its own"
    assert "Files came into its folder after it was complete (1). Visitors get them too: sw.js." in text


def prune(site: VisitedStack) -> dict[str, Any]:
    """The answer of the deployed pruner, after those that the switches have started."""

    def invoke() -> dict[str, Any]:
        invoked = site.emulator.client("lambda").invoke(FunctionName=site.resources["Pruner"], Payload=b"{}")
        answer: dict[str, Any] = json.loads(invoked["Payload"].read())
        return answer

    return until(invoke, lambda answer: answer["reason"] == "")


def test_the_deployed_pruner_deletes_what_nobody_keeps(site: VisitedStack) -> None:
    one, two = (f"upload-{letter * 16}" for letter in "de")
    for number, deployment in enumerate((one, two)):
        upload(site, deployment, f"p{number}")
        ask(site, action="promote", deployment=deployment)
    answer = prune(site)
    assert (answer["outcome"], answer["gone"]) == ("pruned", 0)  # all were live within a day
    leftover = f"deployments/upload-{'f' * 16}/index.html"
    site.emulator.client("s3").put_object(Bucket=site.bucket, Key=leftover, Body=b"", IfNoneMatch="*")
    prune(site)
    assert site.keys(leftover) == []
    assert site.get("/").text == f"<h1>{two}</h1>"
