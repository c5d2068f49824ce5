"""The memory of each commit's latest status, so that an event that comes late or twice cannot undo a later one.

A status is claimed before it is told, and the memory is read again afterwards. If two functions run at the same time,
the one that tells last therefore tells the latest. Powertools' idempotency, which the door uses, recognises the same
event but not an older one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from shared.aws import client

from reporter.progress import Moment, Progress, follows

if TYPE_CHECKING:
    from aws_types import Condition

REMEMBERED = 30 * 24 * 3600  # seconds; EventBridge and Lambda try for hours, one day at most


class Latest(NamedTuple):
    """The latest status: which event made it, and whether the host knows."""

    event: str
    progress: Progress
    is_told: bool


class Memory(NamedTuple):
    """The memory in `table`."""

    table: str
    now: Callable[[], float] = time.time

    def claim(self, key: str, event: str, progress: Progress) -> str:
        """Make `event` the latest unless a later one is: `new`, `again` (not yet told), `duplicate` or `late`."""
        while True:
            before = self._read(key)
            if before and before.event == event:
                return "duplicate" if before.is_told else "again"
            if before and not follows(progress.moment, before.progress.moment):
                return "late"
            if self._write(key, Latest(event, progress, is_told=False), before.event if before else ""):
                return "new"

    def told(self, key: str, latest: Latest) -> Latest | None:
        """Note that the host knows. If another status became the latest meanwhile, that one must still be told."""
        if self._write(key, latest._replace(is_told=True), latest.event):
            return None
        return self._read(key)

    def _read(self, key: str) -> Latest | None:
        found = client("dynamodb").get_item(TableName=self.table, Key={"id": {"S": key}}, ConsistentRead=True)
        if "Item" not in found:
            return None
        event, (state, description, target, commit, moment), is_told = json.loads(found["Item"]["latest"]["S"])
        return Latest(event, Progress(state, description, target, commit, Moment(*moment)), is_told)

    def _write(self, key: str, latest: Latest, before: str) -> bool:
        """Write if the latest is still of the event `before`; "" means that there is none."""
        table = client("dynamodb")
        condition: Condition = {"ConditionExpression": "attribute_not_exists(id)"}
        if before:
            condition = {
                "ConditionExpression": "event = :before",
                "ExpressionAttributeValues": {":before": {"S": before}},
            }
        item = {
            "id": {"S": key},
            "event": {"S": latest.event},
            "latest": {"S": json.dumps(latest)},
            "expiration": {"N": str(int(self.now()) + REMEMBERED)},
        }
        try:
            table.put_item(TableName=self.table, Item=item, **condition)
        except table.exceptions.ConditionalCheckFailedException:
            return False
        return True
