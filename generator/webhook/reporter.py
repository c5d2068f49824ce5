"""The reporter: gives commits a status on their Git host. None of it is there unless parameters ask for it.

It is a function of its own, because it holds tokens and only events reach it. The door is open to the world.
"""

from __future__ import annotations

from collections.abc import Mapping

from awacs import codepipeline, dynamodb, secretsmanager, ssm
from awacs.aws import Action, Allow, Condition, ForAllValuesStringLike, Statement
from troposphere import AWSObject, GetAtt, Ref, Sub
from troposphere.dynamodb import Table
from troposphere.events import Rule

import contract
from generator.alarms import FIVE_MINUTES
from generator.iam import allow
from generator.sections.alerts import Failures, build_dead_letters, build_failures
from generator.sections.workers import Packaged, Worker, build_worker, invoked_by, worker_target
from generator.webhook.parameters import HAS_STATUS, document_arn, topic_if_any

_CODE = Packaged("reporter.entry.handler")
_STATES = ["STARTED", "RESUMED", "SUCCEEDED", "FAILED", "STOPPED", "CANCELED", "SUPERSEDED"]
_OUTCOMES = ["published", "rolled-back", "duplicate", "held", "stale", "refused", "failed"]


def build_reporter(table: Table) -> list[AWSObject]:
    """The function, the events that it gets, and the queue for those that it could not handle."""
    failures = build_failures(
        "StatusAlarm",
        Sub(
            "${AWS::StackName}: a commit's status could not be told; the log ${StatusLog} says why, "
            "and the queue ${FailureQueue.QueueName} keeps the events"
        ),
        topic_if_any(),
        period=FIVE_MINUTES,
    )
    worker = build_worker(
        "Status",  # no role noun, but another ID would make function, role and log anew
        Sub("${AWS::StackName}: tells Git hosts how far a commit has come"),
        _CODE,
        _statements(table),
        {"ROUTES_PARAMETER": Ref("RoutesParameter"), "TABLE": Ref(table)},
        failures,
        memory=512,  # processor time comes with memory, and a status is to be told while the build still runs
        timeout=60,  # three requests of five seconds to each host, with pauses
    )
    rules = _rules(worker, failures)
    permissions = [invoked_by(str(rule.title).replace("Rule", "Permission"), worker, rule) for rule in rules]
    queue, alarm = failures
    resources = [queue, *worker, *rules, *permissions, build_dead_letters(failures, rules), alarm]
    for resource in resources:
        resource.Condition = HAS_STATUS
    return resources


def _statements(table: Table) -> list[Statement]:
    own = ForAllValuesStringLike("dynamodb:LeadingKeys", ["status *"])
    return [
        # the statuses, not the deliveries that lie beside them
        allow([dynamodb.GetItem, dynamodb.PutItem], GetAtt(table, "Arn"), condition=Condition(own)),
        allow([ssm.GetParameter], document_arn()),
        _allow_listed(secretsmanager.GetSecretValue, "StatusTokenArns"),
        _allow_listed(codepipeline.GetPipelineExecution, "StatusPipelineArns"),
    ]


def _allow_listed(action: Action, parameter: str) -> Statement:
    return Statement(Effect=Allow, Action=[action], Resource=Ref(parameter))


def _rules(worker: Worker, failures: Failures) -> list[Rule]:
    """What happens to a commit: its pipeline moves on, its source is there, its deployment is or is not live.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
    """
    pipelines = {"source": ["aws.codepipeline"], "resources": Ref("StatusPipelineArns")}
    moved = {"detail-type": [contract.PIPELINE_EVENT], "detail": {"state": _STATES}}
    # Before that, an execution has no commit: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactRevision.html
    fetched = {
        "detail-type": ["CodePipeline Action Execution State Change"],
        "detail": {"type": {"category": ["Source"]}, "state": ["SUCCEEDED"]},
    }
    decided = {
        "source": [contract.EVENT_SOURCE],
        "detail-type": [contract.DECISION_EVENT],
        "detail": {"outcome": _OUTCOMES},
    }

    def rule(title: str, what: str, pattern: Mapping[str, object]) -> Rule:
        return Rule(
            title,
            Description=Sub(f"${{AWS::StackName}}: {what}, and its commit's status follows"),
            EventPattern=dict(pattern),
            Targets=[worker_target(worker, failures)],
        )

    return [
        rule("PipelineStatusRule", "a pipeline moved on", {**pipelines, **moved}),
        rule("SourceStatusRule", "a pipeline has its commit", {**pipelines, **fetched}),
        rule("DecisionStatusRule", "a publisher decided", decided),
    ]
