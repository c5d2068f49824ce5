"""Who decides what is live: the publisher, the only one that may write the store."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from awacs import cloudfront_keyvaluestore as store_actions
from awacs import codepipeline, events, s3
from awacs.aws import Statement
from troposphere import GetAtt, Ref, Sub
from troposphere.awslambda import Alias, Permission
from troposphere.events import Rule

import contract
from generator.iam import allow
from generator.intrinsics import STACK_NAME, STACK_UUID, arn
from generator.sections.alerts import Alerts
from generator.sections.storage import Storage, objects_in
from generator.sections.workers import Worker, alias, build_worker, invoked_by, worker_target

PIPELINE_NAME = STACK_UUID


class Aliases(NamedTuple):
    """The names by which every publisher knows whom it must not let do everything."""

    ci: Alias
    webhook: Alias


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
    return build_worker(
        "Publisher",
        "makes deployments live",
        publisher_entry(has_pipeline=has_pipeline, operations=operations),
        statements,
        environment,
        alerts,
        # somebody waits for a switch, and processor time comes with memory:
        # https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
        memory=512,
        timeout=contract.PUBLISHER_SECONDS,
    )


def build_aliases(publishing: Worker) -> Aliases:
    """One for each row of the contract's table, which says what may be asked for through it."""
    return Aliases(**{name: alias(publishing, name) for name in contract.ALIASES})


def publisher_entry(*, has_pipeline: bool, operations: bool) -> str:
    """The module with the handler of the variant: lambda/publisher/variants.py says what each one knows."""
    return "publisher.operations" if operations else "publisher.pipeline" if has_pipeline else "publisher.direct"


def build_publish_rule(publishing: Worker, alerts: Alerts) -> EventRule:
    """What hands each success of the pipeline to the publisher, and keeps what it cannot hand over."""
    return _event_rule(
        "Publish", "publishes what a pipeline has uploaded", pipeline_events("SUCCEEDED"), publishing, alerts
    )


def build_request_rule(publishing: Worker, alerts: Alerts) -> EventRule:
    """What hands requests that come as events to the publisher: docs/requests.md."""
    pattern = {
        "source": [contract.EVENT_SOURCE],
        "detail-type": [contract.REQUEST_EVENT],
        "detail": {"stack": [STACK_NAME]},
    }
    return _event_rule("Request", "passes on requests by event", pattern, publishing, alerts)


def _event_rule(name: str, what: str, pattern: Mapping[str, object], publishing: Worker, alerts: Alerts) -> EventRule:
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


def pipeline_page(rest: str) -> str:
    """The console's page of a pipeline, for `Sub`; `rest` is its name, and what of it is shown."""
    return f"https://${{AWS::Region}}.console.aws.amazon.com/codesuite/codepipeline/pipelines/{rest}"


def pipeline_events(*states: str, **detail: object) -> dict[str, object]:
    """The event pattern for this stack's pipeline when it comes to one of `states`.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
    """
    return {
        "source": ["aws.codepipeline"],
        "detail-type": [contract.PIPELINE_EVENT],
        "detail": {"pipeline": [PIPELINE_NAME], "state": list(states), **detail},
    }


def decision_events(*outcomes: str) -> dict[str, object]:
    """The event pattern for this stack's decisions with these outcomes, as the publisher announces them."""
    return {
        "source": [contract.EVENT_SOURCE],
        "detail-type": [contract.DECISION_EVENT],
        "detail": {"stack": [STACK_NAME], "outcome": list(outcomes)},
    }


def _statements(storage: Storage) -> list[Statement]:
    site = storage.site_bucket
    read = (contract.EXECUTIONS, contract.MANIFESTS, f"{contract.DEPLOYMENTS}*/404.html", contract.ERROR_PAGE)
    return [
        # an action holds for what it knows, objects or the bucket
        allow([s3.GetObject, s3.ListBucket], *objects_in(site, *read), GetAtt(site, "Arn")),
        allow([s3.PutObject], *objects_in(site, contract.ERROR_PAGE, contract.HISTORY)),
        allow(
            [store_actions.DescribeKeyValueStore, store_actions.GetKey, store_actions.UpdateKeys],
            GetAtt(storage.store, "Arn"),
        ),
        allow([events.PutEvents], arn("events", "event-bus/default")),
    ]
