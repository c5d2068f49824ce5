"""Requests, errors and cache hits of a site over time, with the switches between, so that a bad release is seen.

CloudFront tells its figures to CloudWatch in us-east-1, wherever the stack is, some minutes late:
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from contract import SwitchRecord
from dashboard.builds import moment
from dashboard.health import OK
from dashboard.rows import how
from dashboard.shown import Mark, Traffic
from dashboard.watching import Watched
from deployments.catalog import Switch

if TYPE_CHECKING:
    from aws_types import CloudWatchClient, Dimension, MetricQuery

METRICS = {
    "requests": ("Requests", "Sum"),
    "errors_4xx": ("4xxErrorRate", "Average"),
    "errors_5xx": ("5xxErrorRate", "Average"),
    "hits": ("CacheHitRate", "Average"),
}
NAMESPACE, REGION = "AWS/CloudFront", "us-east-1"
LONGEST = 720  # hours
# Points of a chart are about so many
_POINTS = 144
# CloudWatch keeps minutes for 15 days, five minutes for 63, hours for longer:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html
_STEPS = (60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600)
_NO_HITS = "cache hits are not measured: switch on the distribution's additional metrics (CloudFront charges for them)"
_MARKS = 200  # switches on a chart, which nobody tells apart any more
Series = Mapping[datetime, float]


def dimensions(distribution: str) -> list[Dimension]:
    """How CloudWatch names a distribution's figures."""
    return [{"Name": "DistributionId", "Value": distribution}, {"Name": "Region", "Value": "Global"}]


class Span(NamedTuple):
    """A time, in steps."""

    begin: datetime
    step: int
    number: int

    def times(self) -> list[datetime]:
        """When each step begins."""
        return [self.begin + timedelta(seconds=self.step * number) for number in range(self.number)]


def span(hours: int, now: datetime) -> Span:
    """The last `hours`, in steps that CloudWatch knows, up to the one that has begun."""
    step = next((one for one in _STEPS if one * _POINTS >= hours * 3600), _STEPS[-1])
    number = max(1, hours * 3600 // step)
    end = (int(now.timestamp()) // step + 1) * step
    return Span(datetime.fromtimestamp(end - number * step, UTC), step, number)


def traffic(watched: Watched, distribution: str, hours: int, now: datetime) -> Traffic:
    """The figures of the `hours` before `now`."""
    over = span(hours, now)
    client = watched.way.client("cloudwatch", REGION)
    series = _asked(client, distribution, over)
    times = over.times()
    requests = [series["requests"].get(one) for one in times]
    counts = {name: _share(requests, series[name], times) for name in ("errors_4xx", "errors_5xx", "hits")}
    errors = [_sum(pair) for pair in zip(counts["errors_4xx"], counts["errors_5xx"], strict=True)]
    return {
        "from": moment(over.begin),
        "step": over.step,
        "requests": requests,
        "errors": errors,
        "errors_4xx": counts["errors_4xx"],
        "errors_5xx": counts["errors_5xx"],
        "hits": counts["hits"],
        "switches": _marks(watched, over.begin),
        "note": _NO_HITS if any(requests) and not series["hits"] else "",
        "health": OK,
        "source": "this machine" if watched.way.local else "CloudWatch",
    }


def _asked(client: CloudWatchClient, distribution: str, over: Span) -> dict[str, Series]:
    queries: list[MetricQuery] = [
        {
            "Id": name,
            "MetricStat": {
                "Metric": {"Namespace": NAMESPACE, "MetricName": metric, "Dimensions": dimensions(distribution)},
                "Period": over.step,
                "Stat": statistic,
            },
        }
        for name, (metric, statistic) in METRICS.items()
    ]
    end = over.begin + timedelta(seconds=over.step * over.number)
    found: dict[str, dict[datetime, float]] = {name: {} for name in METRICS}
    for page in client.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=over.begin, EndTime=end
    ):
        for result in page["MetricDataResults"]:
            times = [one.astimezone(UTC) for one in result["Timestamps"]]
            found[result["Id"]].update(zip(times, result["Values"], strict=True))
    return dict(found)


def _share(requests: Sequence[float | None], rate: Series, times: Sequence[datetime]) -> list[float | None]:
    """Of so many requests those that a rate (in percent) is about."""
    rates = map(rate.get, times)
    return [
        None if number is None or percent is None else round(number * percent / 100)
        for number, percent in zip(requests, rates, strict=True)
    ]


def _sum(numbers: Sequence[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _marks(watched: Watched, begin: datetime) -> list[Mark]:
    """The switches since then, oldest first, the newest if there are many."""
    within = [one for one in watched.history() if one.since >= moment(begin)][-_MARKS:]
    told = {(one["since"], one["deployment"]): one for one in watched.seen.state.published}
    records = [record for _, record in watched.way.memory.read([_unless_told(one, told) for one in within])]
    return [
        _mark(watched, switch, told.get(switch[:2], record)) for switch, record in zip(within, records, strict=True)
    ]


def _unless_told(switch: Switch, told: Mapping[tuple[str, str], object]) -> Switch:
    return switch._replace(key="") if switch[:2] in told else switch


def _mark(watched: Watched, switch: Switch, record: SwitchRecord) -> Mark:
    action = str(record.get("action", ""))
    return {
        "at": switch.since,
        "id": switch.deployment,
        "short": watched.short(switch.deployment),
        "how": how(action, watched.way.source),
        "action": action,
        "by": str(record.get("by", "")),
    }
