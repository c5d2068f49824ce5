"""Who tells people what happened: rules straight to the topic, or with `operations` a worker that explains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from awacs import codebuild, codepipeline, logs, sns
from troposphere import GetAtt, Ref, Sub
from troposphere.awslambda import Permission
from troposphere.events import DeadLetterConfig, InputTransformer, Rule, Target

from generator.iam import allow
from generator.intrinsics import STACK_NAME
from generator.sections.alerts import Alerts
from generator.sections.building import Building
from generator.sections.publishing import decision_events, pipeline_arn, pipeline_events, pipeline_page
from generator.sections.uploading import Uploading
from generator.sections.workers import Worker, build_worker, invoked_by, worker_target
from generator.settings import Source


class Telling(NamedTuple):
    rule: Rule
    permission: Permission | None


def build_messenger(alerts: Alerts, builds: Sequence[Building | Uploading]) -> Worker:
    """The worker that writes to people: a short subject, of a build the first lines of its error, what to do next."""
    reads = [
        allow([codepipeline.ListActionExecutions], pipeline_arn()),
        allow([codebuild.BatchGetBuilds], *(GetAtt(one.project, "Arn") for one in builds)),
        allow([logs.GetLogEvents], *(GetAtt(one.log_group, "Arn") for one in builds)),
    ]
    statements = [allow([sns.Publish], Ref(alerts.topic)), *(reads if builds else [])]
    environment = {"TOPIC_ARN": Ref(alerts.topic), "STACK": STACK_NAME}
    return build_worker(
        "Messenger",
        "tells people what happened",
        messenger_entry(has_builds=bool(builds)),
        statements,
        environment,
        alerts,
        memory=512,  # a build's log may be long
        timeout=60,  # for the questions to CodePipeline, CodeBuild and the log, and for the message itself
    )


def messenger_entry(*, has_builds: bool) -> str:
    """The module with the handler."""
    return "messenger.pipeline" if has_builds else "messenger.direct"


def build_decision_rule(alerts: Alerts, messenger: Worker | None) -> Telling:
    """What tells people of what is not live, else a green pipeline is a riddle."""
    if messenger:
        outcomes = ("stale", "held", "rolled-back", "on-hold", "released")
        # whatever comes of it: of what has come into a folder too
        of_this = {"stack": [STACK_NAME]}
        # nothing beside $or: a rule with a sibling of it is refused, as cdk-preflight has seen
        either = [of_this | {"outcome": [*outcomes]}, of_this | {"extra": {"count": [{"exists": True}]}}]
        events = decision_events() | {"detail": {"$or": either}}
        return _through_messenger("Decision", "reports decisions of the publisher", events, messenger, alerts)
    # As JSON and not as a sentence: the reason is a person's text, and may hold quotes.
    text = Sub(
        '{"site": "${AWS::StackName}", "what": "not live, or asked too late", "deployment": <deployment>, '
        '"outcome": <outcome>, "reason": <reason>, "live": <live>, '
        '"next": "deployments status --stack ${AWS::StackName} --region ${AWS::Region}", '
        '"to make it live": "the same with promote <deployment>"}'
    )
    paths = {name: f"$.detail.{name}" for name in ("deployment", "outcome", "reason")} | {"live": "$.detail.after"}
    what = "reports a deployment that is not live"
    return _to_topic("Decision", what, decision_events("stale", "held"), alerts, paths, text)


def build_failure_rule(source: Source, alerts: Alerts, messenger: Worker | None) -> Telling:
    """What tells people of a pipeline that ended without a build: an update of the stack cancels one that runs."""
    # A zip pipeline's first run finds no ZIP yet: nothing to tell anybody.
    first_run = {"execution-trigger": {"trigger-type": [{"exists": False}, {"anything-but": "CreatePipeline"}]}}
    events = pipeline_events("FAILED", "STOPPED", "CANCELED", **(first_run if source == "zip" else {}))
    what = "reports a pipeline that published nothing"
    if messenger:
        return _through_messenger("Failure", what, events, messenger, alerts)
    command = "deployments watch {} --stack ${{AWS::StackName}} --region ${{AWS::Region}}"
    page = pipeline_page("<pipeline>/executions/<execution>/timeline?region=${AWS::Region}")
    text = Sub(
        '"${AWS::StackName}: the pipeline ended as <state>. Nothing was published. What was live stays live. '
        f"To see what failed and its first error lines: {command.format('--execution <execution>')}, or {page}. "
        f'To run it again: {command.format("--start")}"'
    )
    paths = {"pipeline": "$.detail.pipeline", "execution": "$.detail.execution-id", "state": "$.detail.state"}
    return _to_topic("Failure", what, events, alerts, paths, text)


def _through_messenger(name: str, what: str, events: dict[str, object], messenger: Worker, alerts: Alerts) -> Telling:
    rule = Rule(
        f"{name}Rule",
        Description=what,
        EventPattern=events,
        Targets=[worker_target(messenger, alerts)],
    )
    return Telling(rule, invoked_by(f"{name}Permission", messenger, rule))


def _to_topic(
    name: str, what: str, events: dict[str, object], alerts: Alerts, paths: dict[str, str], text: Sub
) -> Telling:
    target = Target(
        Id="Topic",
        Arn=Ref(alerts.topic),
        DeadLetterConfig=DeadLetterConfig(Arn=GetAtt(alerts.failure_queue, "Arn")),
        InputTransformer=InputTransformer(InputPathsMap=paths, InputTemplate=text),
    )
    rule = Rule(
        f"{name}Rule",
        Description=what,
        EventPattern=events,
        Targets=[target],
    )
    return Telling(rule, None)
