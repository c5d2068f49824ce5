"""What a person on call looks at: alarms on the functions, and a dashboard of what was decided and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from troposphere import AWSObject, Ref, Sub
from troposphere.cloudwatch import Alarm, Dashboard

from generator.alarms import FIVE_MINUTES, above_zero
from generator.intrinsics import STACK_UUID
from generator.sections.alerts import Alerts
from generator.sections.building import Building
from generator.sections.edge import FINISHER, ROUTER, Edge
from generator.sections.publishing import pipeline_page
from generator.sections.storage import Storage
from generator.sections.uploading import Uploading
from generator.sections.workers import Worker

_WIDTH = 110  # of a line of the dashboard's text
_REGION, _EVERYWHERE = "${AWS::Region}", "us-east-1"  # CloudFront's metrics are only there
_DECISIONS = (
    "fields @timestamp, outcome, action, by, deployment, reason"
    " | filter ispresent(outcome) | sort @timestamp desc | limit 20"
)


class Watching(NamedTuple):
    publisher_alarm: Alarm
    pruner_alarm: Alarm
    dashboard: Dashboard


def build_watching(
    storage: Storage,
    edge: Edge,
    alerts: Alerts,
    publishing: Worker,
    pruner: Worker,
    builds: Sequence[Building | Uploading],
) -> Watching:
    """An alarm for each function that may fail, and the dashboard of the stack."""
    publisher_alarm = _error_alarm(
        publishing, "the publisher failed. What was live stays live. Its log says why", alerts
    )
    pruner_alarm = _error_alarm(
        pruner, "the pruner failed. Nothing is lost and old deployments stay. Its log says why", alerts
    )
    # Rows of a grid that is 24 wide: what to do, is anything wrong, what was decided, how are visitors served.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    visitors, work = 9, 15
    widgets = [
        _help(edge, has_pipeline=bool(builds)),
        _alarms(alerts.failure_alarm, publisher_alarm, pruner_alarm),
        _decisions(publishing),
        *_visitors(edge, visitors),
        _invocations(publishing, work),
        _undelivered(alerts, work),
        _builds(builds, work) if builds else _bucket(storage, work),
    ]
    dashboard = Dashboard("Dashboard", DashboardBody=Sub(_laid_out({"widgets": widgets}), Uuid=STACK_UUID))
    return Watching(publisher_alarm, pruner_alarm, dashboard)


def _laid_out(value: object, indent: str = "", key: str = "") -> str:
    """`value`, behind its key, as JSON that people can read: on one line if it fits, else a member or two on each."""
    line = key + json.dumps(value, separators=(",", ":"))
    if len(indent) + len(line) <= _WIDTH or not isinstance(value, (dict, list)):
        return line
    deeper = f"{indent} "
    if isinstance(value, list):
        members = [_laid_out(item, deeper) for item in value]
    else:
        members = _together([_laid_out(item, deeper, f"{json.dumps(name)}:") for name, item in value.items()])
    opening, closing = "[]" if isinstance(value, list) else "{}"
    return f"{key}{opening}\n{deeper}" + f",\n{deeper}".join(members) + f"\n{indent}{closing}"


def _together(members: Sequence[str]) -> list[str]:
    """The members with those on one line that have no lines of their own and fit."""
    lines: list[str] = []
    for member in members:
        joined = f"{lines[-1]},{member}" if lines else ""
        if joined and "\n" not in joined and len(joined) <= _WIDTH - 10:  # as deep as it gets
            lines[-1] = joined
        else:
            lines.append(member)
    return lines


def _error_alarm(worker: Worker, text: str, alerts: Alerts) -> Alarm:
    return above_zero(
        f"{worker.function.title}ErrorAlarm",
        Sub(f"${{AWS::StackName}}: {text}: {_named(worker.log_group)}"),
        ("AWS/Lambda", "Errors"),
        ("FunctionName", Ref(worker.function)),
        [Ref(alerts.topic)],
        period=FIVE_MINUTES,
    )


def _named(resource: AWSObject, attribute: str = "") -> str:
    """What `Ref` of the resource gives, or an attribute of it, inside the dashboard's text."""
    return f"${{{resource.title}{attribute and '.'}{attribute}}}"


def _help(edge: Edge, *, has_pipeline: bool) -> dict[str, object]:
    pipeline = f" [The pipeline]({pipeline_page('${Uuid}/view')})." if has_pipeline else ""
    text = (
        f"## ${{AWS::StackName}}: https://{_named(edge.distribution, 'DomainName')}\n"
        "Is a release bad? Run `deployments rollback --stack ${AWS::StackName}`, then `hold --reason ...`. "
        f"`status` says what is live, and why a green pipeline is not live.{pipeline}"
    )
    return {"type": "text", "x": 0, "y": 0, "width": 16, "height": 3, "properties": {"markdown": text}}


def _alarms(*alarms: Alarm) -> dict[str, object]:
    return _widget("alarm", 16, 0, 8, 3, title="Alarms", alarms=[_named(alarm, "Arn") for alarm in alarms])


def _decisions(publishing: Worker) -> dict[str, object]:
    query = f"SOURCE '{_named(publishing.log_group)}' | {_DECISIONS}"
    return _widget("log", 0, 3, 24, 6, title="Decisions", query=query, view="table", region=_REGION)


def _visitors(edge: Edge, row: int) -> list[dict[str, object]]:
    cloudfront = ("DistributionId", _named(edge.distribution), "Region", "Global")
    rates = [("AWS/CloudFront", name, *cloudfront) for name in ("4xxErrorRate", "5xxErrorRate")]
    functions = [
        # by its name, which `Ref` of a function does not give
        ("AWS/CloudFront", name, "FunctionName", f"{function}-${{Uuid}}", "Region", "Global")
        for function in (ROUTER, FINISHER)
        for name in ("FunctionExecutionErrors", "FunctionThrottles")
    ]
    return [
        _metrics("Requests", [("AWS/CloudFront", "Requests", *cloudfront)], 0, row, "Sum", _EVERYWHERE),
        _metrics("Errors, % of requests", rates, 8, row, "Average", _EVERYWHERE),
        _metrics("Edge functions: errors", functions, 16, row, "Sum", _EVERYWHERE),
    ]


def _invocations(publishing: Worker, row: int) -> dict[str, object]:
    function = ("FunctionName", _named(publishing.function))
    metrics = [("AWS/Lambda", name, *function) for name in ("Invocations", "Errors")]
    return _metrics("Publisher", metrics, 0, row, "Sum")


def _undelivered(alerts: Alerts, row: int) -> dict[str, object]:
    queue = ("QueueName", _named(alerts.failure_queue, "QueueName"))
    metrics = [("AWS/SQS", "ApproximateNumberOfMessagesVisible", *queue)]
    return _metrics("Not delivered (empty is good)", metrics, 8, row, "Maximum")


def _builds(builds: Sequence[Building | Uploading], row: int) -> dict[str, object]:
    names = ("SucceededBuilds", "FailedBuilds")
    projects = [_named(one.project) for one in builds]
    metrics = [("AWS/CodeBuild", name, "ProjectName", project) for project in projects for name in names]
    return _metrics("Builds and uploads", metrics, 16, row, "Sum")


def _bucket(storage: Storage, row: int) -> dict[str, object]:
    bucket = ("BucketName", _named(storage.site_bucket), "StorageType", "StandardStorage")
    metrics = [("AWS/S3", "BucketSizeBytes", *bucket)]
    return _metrics("Site bucket, bytes", metrics, 16, row, "Average", period=24 * 3600)  # measured once a day


def _metrics(
    title: str,
    metrics: Sequence[tuple[str, ...]],
    x: int,
    y: int,
    statistic: str,
    region: str = _REGION,
    period: int = FIVE_MINUTES,
) -> dict[str, object]:
    lines = [list(metric) for metric in metrics]
    properties = {"metrics": lines, "stat": statistic, "period": period, "view": "timeSeries"}
    return _widget("metric", x, y, 8, 6, title=title, region=region, **properties)


def _widget(kind: str, x: int, y: int, width: int, height: int, **properties: object) -> dict[str, object]:
    return {"type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties}
