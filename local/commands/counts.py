"""Tells the emulated CloudWatch what CloudFront would: how many requests the edge had, and how they ended.

Without it the dashboard's chart would be empty here, and nobody would see before AWS what it shows.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from dashboard.traffic import METRICS, NAMESPACE, REGION, dimensions
from local.cloud.emulator import UNREACHABLE
from local.cloud.stack import Stack
from local.edge.visit import Visit

if TYPE_CHECKING:
    from aws_types import Metric

_EVERY = 1.0  # seconds; CloudFront takes a minute
_RATES = {"errors_4xx": 400, "errors_5xx": 500}
_HITS = ("hit", "refresh", "stale")


class Counts:
    """The visits since they were last handed over."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._visits: list[Visit] = []

    def add(self, visit: Visit) -> None:
        """One more request."""
        self._visits.append(visit)

    async def hand_over(self) -> None:
        """Hand over what there is, for as long as this runs."""
        while True:
            await asyncio.sleep(_EVERY)
            with suppress(*UNREACHABLE):  # it is gone, which others notice
                await asyncio.to_thread(self.tell)

    def tell(self) -> None:
        """Hand over what there is now."""
        visits, self._visits = self._visits, []
        if not visits:
            return
        client = self._stack.emulator.shared("cloudwatch", REGION)
        of = dimensions(self._stack.resources["Distribution"])
        numbers = {"requests": {1.0: len(visits)}, "hits": _percents([visit.cache in _HITS for visit in visits])}
        numbers |= {
            name: _percents([visit.status // 100 * 100 == kind for visit in visits]) for name, kind in _RATES.items()
        }
        data: list[Metric] = [
            {
                "MetricName": METRICS[name][0],
                "Dimensions": of,
                "Values": [*number],
                "Counts": [float(count) for count in number.values()],
            }
            for name, number in numbers.items()
        ]
        client.put_metric_data(Namespace=NAMESPACE, MetricData=data)


def _percents(those: list[bool]) -> dict[float, int]:
    """Of which an average gives the share in percent."""
    number = {100.0: sum(those), 0.0: len(those) - sum(those)}
    return {value: count for value, count in number.items() if count}
