"""Makes the deployment of a pipeline that succeeded live: its event, and one more answer for `decide`.

It travels only where there is a pipeline.
"""

import os
import re
from datetime import datetime
from typing import Any

from aws import client, read
from decide import ANSWERS, Decision, Intent, Ledger, Past, Refused, noted, release, switch
from intents import ID, timestamp
from publish import EVENTS
from publish import handler as handler  # it knows one event more as soon as this is imported

SUCCESS = "CodePipeline Pipeline Execution State Change"


def in_order(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    """Switch to the deployment, unless the site is held; `decide` knows its place by the execution's start."""
    deployment, reason, mark = intent.deployment, ledger.hold[0], ledger.mark[:24]
    if deployment == live:
        return switch(ledger, live, intent, past)
    # within one second, where both times are finer; a retried stage keeps its execution's start: equal is not older
    if "000Z" not in (intent.asked[20:], mark[20:]) and intent.asked < mark <= intent.since:
        return Decision("stale", f"of {intent.asked}, before {mark}", ledger, deployment)
    if not reason or deployment in ledger.retiring:  # refused then: what waits must be there when it is released
        return switch(ledger, live, intent, past)
    # a later start waits already, unless its clock was wrong
    later = (intent.asked,) < ledger.waiting[:1] <= (intent.since,)
    waiting = ledger.waiting if later else (intent.asked, deployment)
    return Decision("held", reason, ledger._replace(waiting=waiting), deployment)


def release_and_publish(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    """End the hold and make live what waits, in the place of that execution's start.

    So a still newer execution that is building is not stale.
    """
    released = release(ledger, live, intent, past)
    if not (intent.publish and ledger.waiting):
        return released
    start, deployment = ledger.waiting
    outcome, why, then, _ = switch(released.ledger, live, intent._replace(deployment=deployment), past)
    place = intent._replace(asked=min(start, intent.since), event="")
    return Decision(outcome, why, then._replace(mark=noted(ledger.mark, place)), deployment)


def succeeded(event: dict[str, Any], line: dict[str, Any]) -> Intent:
    """The intent of a succeeded pipeline; `line` learns its execution as soon as it is known to be ours."""
    detail = event["detail"]
    found = detail.get("pipeline"), detail.get("state")
    wanted = os.environ.get("PIPELINE"), "SUCCEEDED"
    if found != wanted:
        raise Refused(f"the event is {found}, not {wanted}")
    line["execution"] = execution = detail["execution-id"]
    now = timestamp()
    start = timestamp(datetime.fromisoformat(detail["start-time"]))
    # one from the future is that of its event, a whole second, so that the same one again is not newer
    ended = timestamp(datetime.fromisoformat(event.get("time", now)))
    start = min(now, start, f"{ended[:20]}999Z")
    return Intent(deployment_of(execution), now, "pipeline", execution, asked=start)


def deployment_of(execution: str) -> str:
    """The deployment that a pipeline execution made; a rollback execution without one has its target's."""
    made = read(f"executions/{execution}")[0]
    if not made:
        ids = {"pipelineName": os.environ["PIPELINE"], "pipelineExecutionId": execution}
        run = client("codepipeline").get_pipeline_execution(**ids)["pipelineExecution"]
        target = run.get("rollbackMetadata", {}).get("rollbackTargetPipelineExecutionId")
        made = target and read(f"executions/{target}")[0]
    if not made:
        raise Refused(f"executions/{execution} is missing: the upload did not finish; run the build again")
    deployment = made.decode(errors="replace").strip()
    if not re.fullmatch(ID, deployment):
        raise Refused(f"executions/{execution} says {deployment[:64]!r}, which is no deployment: run the build again")
    return deployment


ANSWERS |= {"pipeline": in_order, "release": release_and_publish}
EVENTS[SUCCESS] = succeeded
