"""Makes the deployment of a pipeline that succeeded live: its event, and one more answer for `decide`.

It travels only where there is a pipeline.
"""

import os
from datetime import datetime
from typing import Any

from aws import client, read
from decide import ANSWERS, Decision, Intent, Ledger, Past, Refused, switch
from intents import timestamp
from publish import EVENTS
from publish import handler as handler  # it knows one event more as soon as this is imported

SUCCESS = "CodePipeline Pipeline Execution State Change"


def in_order(ledger: Ledger, live: str, intent: Intent, _past: Past) -> Decision:
    """Switch to the deployment, unless what is live is of a later start or the site is held."""
    deployment, start = intent.deployment, intent.start
    if deployment == live:
        return Decision("duplicate", "already live", ledger, deployment)
    if start < ledger.mark:  # a retried stage keeps its execution's start: equal is not older
        return Decision("stale", f"started {start}, before {ledger.mark} of what is live", ledger, deployment)
    if ledger.hold:
        waiting = ledger.waiting if ledger.waiting[:1] > (start,) else (start, deployment)
        return Decision("held", ledger.hold[0], ledger._replace(waiting=waiting), deployment)
    return switch(ledger, live, intent, start)


def succeeded(event: dict[str, Any], line: dict[str, Any]) -> Intent:
    """The intent of a succeeded pipeline; `line` learns its execution as soon as it is known to be ours."""
    detail = event["detail"]
    found = detail.get("pipeline"), detail.get("state")
    wanted = os.environ.get("PIPELINE"), "SUCCEEDED"
    if found != wanted:
        raise Refused(f"the event is {found}, not {wanted}")
    line["execution"] = execution = detail["execution-id"]
    start = timestamp(datetime.fromisoformat(detail["start-time"]))
    return Intent(deployment_of(execution), timestamp(), "pipeline", execution, start=start)


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
    return made.decode().strip()


ANSWERS["pipeline"] = in_order
EVENTS[SUCCESS] = succeeded
