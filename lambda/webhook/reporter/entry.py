"""The entry of the reporter: Lambda calls it for each event of a pipeline, and for each decision of a publisher.

A status that could not be told raises an error. Lambda then tries again, and at last keeps the event in the failure
queue. The log has one line for each status, and no token.
"""

from __future__ import annotations

import os
from typing import TypedDict

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from shared.document import ConfigurationError

from reporter import settings, statuses
from reporter.events import StatusEvent
from reporter.hosts import NotTold
from reporter.memory import Memory
from reporter.progress import NoChange, concerns
from reporter.report import Report

logger = Logger(service="status")


class Line(TypedDict, total=False):
    """What a line of the log says of a status."""

    report: str
    host: str
    repository: str
    event: str
    commit: str
    state: str
    description: str


def handler(event: StatusEvent, _context: LambdaContext) -> None:
    """Tell every host that a report names for this event's pipeline."""
    concerned = [report for report in _reports(os.environ["ROUTES_PARAMETER"]) if concerns(report, event)]
    memory = Memory(os.environ["TABLE"])
    failures = [failure for report in concerned if (failure := _report(report, event, memory))]
    if not concerned:
        logger.info("ignored", reason="no report names its pipeline", event=event["id"])
    if failures:
        raise failures[0]


def _reports(parameter: str) -> list[Report]:
    try:
        return list(settings.reports(parameter).values())
    except ConfigurationError as error:
        logger.error("failed", reason=str(error))
        raise


def _report(report: Report, event: StatusEvent, memory: Memory) -> NotTold | None:
    """Tell one host; the failure if it could not be told, so that the other hosts are told first."""
    line: Line = {
        "report": report.name,
        "host": report.host,
        "repository": report.repository,
        "event": event["id"],
    }
    found = statuses.status_after(report, event)
    if isinstance(found, NoChange):
        logger.info("ignored", reason=found.reason, **line)
        return None
    line |= {"commit": found.commit, "state": found.state, "description": found.description}
    try:
        logger.info(statuses.settle(report, event["id"], found, memory), **line)
    except NotTold as failure:
        logger.error("failed", reason=str(failure), **line)
        return failure
    return None
