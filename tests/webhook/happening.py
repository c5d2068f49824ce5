"""What happens to a commit, as the events tell it: CodePipeline's, as documented, and our publisher's decisions.

https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html, docs/requests.md
"""

from __future__ import annotations

import uuid
from typing import Any, cast

from reporter.events import StatusEvent
from reporter.report import Report, parse

from tests.webhook.sending import compact

COMMIT, OTHER = "a" * 40, "b" * 40
EXECUTION, NEWER = "11111111-aaaa-4aaa-8aaa-111111111111", "22222222-bbbb-4bbb-8bbb-222222222222"
DEPLOYMENT, LIVE = f"{COMMIT}-0123456789abcdef", f"{OTHER}-fedcba9876543210"
NOON = "2026-05-01T12:00:00Z"
REPORT = {
    "status": "github",
    "pipeline": "site-pipeline",
    "repository": "example/website",
    "url": "https://www.example.com",
    "token": "instant-hosting/status/site",
}


def report(**members: str) -> Report:
    (found,) = parse(compact({"site": {**REPORT, **members}}).decode()).values()
    return found


def envelope(source: str, kind: str, detail: dict[str, Any], at: str) -> StatusEvent:
    """An event with all that EventBridge says, more than the reporter reads."""
    whole: dict[str, Any] = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "source": source,
        "detail-type": kind,
        "account": "111122223333",
        "time": at,
        "region": "eu-central-1",
        "resources": [],
        "detail": detail,
    }
    return cast(StatusEvent, whole)


def moved(state: str, at: str = NOON, execution: str = EXECUTION, kind: str = "Pipeline", **detail: Any) -> StatusEvent:
    """The pipeline came to `state`."""
    content = {
        "pipeline": "site-pipeline",
        "execution-id": execution,
        "start-time": "2026-05-01T11:59:00.000Z",
        "state": state,
        "version": 3.0,
        "pipeline-execution-attempt": 1.0,
    }
    return envelope("aws.codepipeline", f"CodePipeline {kind} Execution State Change", content | detail, at)


def fetched(at: str = NOON, execution: str = EXECUTION) -> StatusEvent:
    """The source action is done."""
    kind = {"owner": "AWS", "provider": "CodeStarSourceConnection", "category": "Source", "version": "1"}
    return moved("SUCCEEDED", at, execution, "Action", stage="Source", action="Source", type=kind)


def decided(outcome: str, at: str = NOON, execution: str = EXECUTION, **detail: Any) -> StatusEvent:
    """The publisher decided about an execution's deployment."""
    content = {
        "stack": "site",
        "pipeline": "site-pipeline",
        "outcome": outcome,
        "action": "pipeline",
        "by": execution,
        "reason": "",
        "execution": execution,
        "deployment": DEPLOYMENT,
        "commit": COMMIT,
        "before": LIVE,
        "after": DEPLOYMENT if outcome in {"published", "rolled-back", "duplicate"} else LIVE,
    }
    return envelope("instant-hosting", "Deployment Decision", content | detail, at)


def asked(outcome: str, action: str, at: str = NOON, **detail: Any) -> StatusEvent:
    """The publisher did what somebody asked."""
    return decided(outcome, at, "", action=action, by="Ada", **detail)
