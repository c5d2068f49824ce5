"""Who decides what is live: the publisher, the only one that may write the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from awacs import cloudfront_keyvaluestore as store_actions
from awacs import codepipeline, events, s3
from awacs.aws import Statement
from troposphere import GetAtt, Ref, Sub
from troposphere.awslambda import (
    Permission,
)
from troposphere.events import Rule

from generator.iam import allow
from generator.intrinsics import STACK_NAME, STACK_UUID, arn
from generator.sections.alerts import Alerts
from generator.sections.storage import Storage, objects_in
from generator.sections.workers import Worker, build_worker, invoked_by, worker_target

PUBLISHER_MODULES = "sigv4a", "aws", "decide", "extras", "intents", "publish"

EVENT_SOURCE = "instant-hosting"  # of the events that the publisher sends and takes
PIPELINE_NAME = STACK_UUID


class EventRule(NamedTuple):
    rule: Rule
    permission: Permission


def build_publishing(storage: Storage, alerts: Alerts, *, has_pipeline: bool, operations: bool = False) -> Worker:
    """The publisher with its role, log and failure destination; with `operations` it goes back by itself too."""
    statements = _statements(storage)
    if has_pipeline:
        statements.append(allow([codepipeline.GetPipelineExecution], pipeline_arn()))
    environment = {
        "SITE_BUCKET": Ref(storage.site_bucket),
        "STORE_ARN": GetAtt(storage.store, "Arn"),
        "STACK": STACK_NAME,
        **({"PIPELINE": PIPELINE_NAME} if has_pipeline else {}),
    }
    names = [f"lambda/{name}.py" for name in publisher_modules(has_pipeline=has_pipeline, operations=operations)]
    return build_worker(
        "Publisher", "makes deployments live", names, statements, environment, alerts, memory=512, timeout=300
    )


def publisher_modules(*, has_pipeline: bool, operations: bool) -> tuple[str, ...]:
    """The modules that the publisher needs, in their order: each knows those before it, and the last one is entered."""
    further = ("pipeline", "automatic") if operations else ("pipeline",) if has_pipeline else ()
    return (*PUBLISHER_MODULES, *further)


def build_publish_rule(publishing: Worker, alerts: Alerts) -> EventRule:
    """What hands each success of the pipeline to the publisher, and keeps what it cannot hand over."""
    return _handing_over(
        "Publish", "a pipeline that succeeded is published", pipeline_events("SUCCEEDED"), publishing, alerts
    )


def build_request_rule(publishing: Worker, alerts: Alerts) -> EventRule:
    """What hands requests that come as events to the publisher: docs/requests.md."""
    pattern = {
        "source": [EVENT_SOURCE],
        "detail-type": ["Deployment Request"],
        "detail": {"stack": [STACK_NAME]},
    }
    return _handing_over("Request", "a request by event is handed on", pattern, publishing, alerts)


def _handing_over(name: str, what: str, pattern: Mapping[str, object], publishing: Worker, alerts: Alerts) -> EventRule:
    rule = Rule(
        f"{name}Rule",
        Description=what,
        EventPattern=dict(pattern),
        Targets=[worker_target(publishing, alerts)],
    )
    return EventRule(rule, invoked_by(f"{name}Permission", publishing, rule))


def pipeline_arn() -> Sub:
    """The pipeline's ARN for those who must be there before it is."""
    return arn("codepipeline", "${Name}", Name=PIPELINE_NAME)


def pipeline_events(*states: str, **detail: object) -> dict[str, object]:
    """The event pattern for this stack's pipeline when it comes to one of `states`.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
    """
    return {
        "source": ["aws.codepipeline"],
        "detail-type": ["CodePipeline Pipeline Execution State Change"],
        "detail": {"pipeline": [PIPELINE_NAME], "state": list(states), **detail},
    }


def decision_events(*outcomes: str) -> dict[str, object]:
    """The event pattern for this stack's decisions with these outcomes, as the publisher announces them."""
    return {
        "source": [EVENT_SOURCE],
        "detail-type": ["Deployment Decision"],
        "detail": {"stack": [STACK_NAME], "outcome": list(outcomes)},
    }


def _statements(storage: Storage) -> list[Statement]:
    site = storage.site_bucket
    read = ("executions/*", "manifests/*", "deployments/*/404.html", "_errors/404.html")
    return [
        allow([s3.ListBucket], GetAtt(site, "Arn")),
        allow([s3.GetObject], *objects_in(site, *read)),
        allow([s3.PutObject], *objects_in(site, "_errors/404.html", "published/*")),
        allow(
            [store_actions.DescribeKeyValueStore, store_actions.GetKey, store_actions.UpdateKeys],
            GetAtt(storage.store, "Arn"),
        ),
        allow([events.PutEvents], arn("events", "event-bus/default")),
    ]
