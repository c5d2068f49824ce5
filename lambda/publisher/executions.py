"""What came in from the pipeline: its success as an intent; and what follows from it, in the order of the executions.

It travels only where there is a pipeline.
"""

import re

from contract import EXECUTIONS, ID, Event
from publisher.aws import client, read, setting
from publisher.decision import Decision, release, switch
from publisher.intent import Intent, Refused
from publisher.ledger import Ledger, noted
from publisher.notation import MOMENT, QUOTED, SECOND, is_whole, timestamp
from publisher.past import Past


def in_order(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    """Switch to the deployment, unless the site is held; `decide` knows its place by the execution's start."""
    deployment, reason, mark = intent.deployment, ledger.hold[0], ledger.mark[MOMENT]
    if deployment == live:
        return switch(ledger, live, intent, past)
    # within one second, where both times are finer; a retried stage keeps its execution's start: equal is not older
    if not (is_whole(intent.asked) or is_whole(mark)) and intent.asked < mark <= intent.since:
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


def succeeded(event: Event) -> Intent:
    """The intent of a succeeded pipeline, as its event tells it: by which execution, and not of which deployment."""
    detail, ours = event["detail"], setting("PIPELINE")
    if (detail.get("pipeline"), detail.get("state")) != (ours, "SUCCEEDED"):
        told = f"{detail.get('pipeline')} {detail.get('state')}, not {ours} SUCCEEDED"
        raise Refused(f"the event tells of {told}: mend the rule that sends it")
    now = timestamp()
    # a start in the future is that of its event, a whole second, so that the same one again is not newer
    start = min(now, timestamp(detail["start-time"]), f"{timestamp(event.get('time', now))[SECOND]}.999Z")
    return Intent("", now, "pipeline", detail["execution-id"], asked=start)


def with_deployment(intent: Intent) -> Intent:
    """The intent of an execution with what it has uploaded."""
    return intent._replace(deployment=deployment_of(intent.by))


def deployment_of(execution: str) -> str:
    """The deployment that a pipeline execution made; a rollback execution without one has its target's."""
    made = read(EXECUTIONS + execution)[0]
    if not made:
        ids = {"pipelineName": setting("PIPELINE"), "pipelineExecutionId": execution}
        run = client("codepipeline").get_pipeline_execution(**ids)["pipelineExecution"]
        target = run.get("rollbackMetadata", {}).get("rollbackTargetPipelineExecutionId")
        made = read(EXECUTIONS + target)[0] if target else b""
    if not made:
        raise Refused(f"{EXECUTIONS}{execution} is missing: the upload did not finish; run the build again")
    deployment = made.decode(errors="replace").strip()
    if not re.fullmatch(ID, deployment):
        raise Refused(
            f"{EXECUTIONS}{execution} says {deployment[:QUOTED]!r}, which is no deployment: run the build again"
        )
    return deployment
