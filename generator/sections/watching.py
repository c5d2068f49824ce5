"""What a person on call looks at: alarms on the functions, and a dashboard of what was decided and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from troposphere import Ref, Sub
from troposphere.cloudwatch import Alarm, Dashboard

from generator.alarms import above_zero
from generator.intrinsics import STACK_UUID
from generator.sections.alerts import Alerts
from generator.sections.edge import PIN, ROUTER
from generator.sections.workers import Worker
from generator.settings import Source

_FIVE_MINUTES = 300
_REGION, _EVERYWHERE = "${AWS::Region}", "us-east-1"  # CloudFront's metrics are only there
_DECISIONS = (
    "fields @timestamp, outcome, action, by, deployment, reason"
    " | filter ispresent(outcome) | sort @timestamp desc | limit 20"
)


class Watching(NamedTuple):
    publisher_alarm: Alarm
    pruner_alarm: Alarm
    dashboard: Dashboard


def build_watching(source: Source, alerts: Alerts, publishing: Worker, pruner: Worker) -> Watching:
    """An alarm for each function that may fail, and the dashboard of the stack."""
    return Watching(
        _error_alarm(publishing, "the publisher failed. What was live stays live. Its log says why", alerts),
        _error_alarm(pruner, "the pruner failed. Nothing is lost and old deployments stay. Its log says why", alerts),
        Dashboard("Dashboard", DashboardBody=Sub(_body(source), Uuid=STACK_UUID)),
    )


def _body(source: Source) -> str:
    return json.dumps({"widgets": _widgets(source)}, separators=(",", ":"))


def _error_alarm(worker: Worker, text: str, alerts: Alerts) -> Alarm:
    title = worker.function.title
    return above_zero(
        f"{title}ErrorAlarm",
        Sub(f"${{AWS::StackName}}: {text}: ${{{title}Log}}"),
        ("AWS/Lambda", "Errors"),
        ("FunctionName", Ref(worker.function)),
        [Ref(alerts.topic)],
        period=_FIVE_MINUTES,
    )


def _widgets(source: Source) -> list[dict[str, object]]:
    """Rows of a grid that is 24 wide: what to do, is anything wrong, what was decided, how are visitors served.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """
    cloudfront = ("DistributionId", "${Distribution}", "Region", "Global")
    row = 9
    visitors = [
        _metrics("Requests", [("AWS/CloudFront", "Requests", *cloudfront)], 0, row, "Sum", _EVERYWHERE),
        _metrics(
            "Errors, % of requests",
            [("AWS/CloudFront", name, *cloudfront) for name in ("4xxErrorRate", "5xxErrorRate")],
            8,
            row,
            "Average",
            _EVERYWHERE,
        ),
        _metrics(
            "Edge functions: errors",
            [
                # by its name, which `Ref` of a function does not give
                ("AWS/CloudFront", name, "FunctionName", f"{function}-${{Uuid}}", "Region", "Global")
                for function in (ROUTER, PIN)
                for name in ("FunctionExecutionErrors", "FunctionThrottles")
            ],
            16,
            row,
            "Sum",
            _EVERYWHERE,
        ),
    ]
    function = ("AWS/Lambda", "FunctionName")
    work = [
        _metrics(
            "Publisher",
            [(function[0], name, function[1], "${Publisher}") for name in ("Invocations", "Errors")],
            0,
            row + 6,
            "Sum",
        ),
        _metrics(
            "Not delivered (empty is good)",
            [("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "${FailureQueue.QueueName}")],
            8,
            row + 6,
            "Maximum",
        ),
        _builds(row + 6) if source != "direct" else _bucket(row + 6),
    ]
    return [_help(source), _alarms(), _decisions(), *visitors, *work]


def _help(source: Source) -> dict[str, object]:
    pipeline = (
        " [The pipeline](https://${AWS::Region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${Uuid}/view)."
        if source != "direct"
        else ""
    )
    text = (
        "## ${AWS::StackName}: https://${Distribution.DomainName}\n"
        "Is a release bad? Run `python -m deployments rollback --stack ${AWS::StackName}`, then `hold --reason ...`. "
        f"`status` says what is live, and why a green pipeline is not live.{pipeline}"
    )
    return {"type": "text", "x": 0, "y": 0, "width": 16, "height": 3, "properties": {"markdown": text}}


def _alarms() -> dict[str, object]:
    arns = [f"${{{name}.Arn}}" for name in ("FailureAlarm", "PublisherErrorAlarm", "PrunerErrorAlarm")]
    return _widget("alarm", 16, 0, 8, 3, title="Alarms", alarms=arns)


def _decisions() -> dict[str, object]:
    query = f"SOURCE '${{PublisherLog}}' | {_DECISIONS}"
    return _widget("log", 0, 3, 24, 6, title="Decisions", query=query, view="table", region=_REGION)


def _builds(row: int) -> dict[str, object]:
    names = ("SucceededBuilds", "FailedBuilds")
    projects = ("${BuildProject}", "${UploadProject}")
    metrics = [("AWS/CodeBuild", name, "ProjectName", project) for project in projects for name in names]
    return _metrics("Builds and uploads", metrics, 16, row, "Sum")


def _bucket(row: int) -> dict[str, object]:
    bucket = ("BucketName", "${SiteBucket}", "StorageType", "StandardStorage")
    metrics = [("AWS/S3", "BucketSizeBytes", *bucket)]
    return _metrics("Site bucket, bytes", metrics, 16, row, "Average", period=24 * 3600)  # measured once a day


def _metrics(
    title: str,
    metrics: Sequence[tuple[str, ...]],
    x: int,
    y: int,
    statistic: str,
    region: str = _REGION,
    period: int = _FIVE_MINUTES,
) -> dict[str, object]:
    lines = [list(metric) for metric in metrics]
    properties = {"metrics": lines, "stat": statistic, "period": period, "view": "timeSeries"}
    return _widget("metric", x, y, 8, 6, title=title, region=region, **properties)


def _widget(kind: str, x: int, y: int, width: int, height: int, **properties: object) -> dict[str, object]:
    return {"type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties}
