"""Tells Git hosts how far a commit has come: the function behind the pipelines' events and the publishers' decisions.

What could not be told raises, so that Lambda tries again and then keeps the event in the failure queue. One line in
the log for each status; the token is in none.
"""

from __future__ import annotations

from typing import Any

import hosts
import latest
import settings
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from aws_lambda_powertools.utilities.typing import LambdaContext
from decision import Ignore
from document import ConfigurationError
from hosts import NotTold
from latest import Latest
from progress import Progress, commit_of, concerns, progress
from reports import Report

logger = Logger(service="status")


def handler(event: dict[str, Any], _context: LambdaContext) -> None:
    """Tell every host that a report names for this event's pipeline."""
    concerned = [report for report in _reports() if concerns(report, event)]
    failures = [failure for report in concerned if (failure := _report(report, event))]
    if not concerned:
        logger.info("ignored", reason="no report names its pipeline", event=event["id"])
    if failures:
        raise failures[0]


def _reports() -> list[Report]:
    try:
        return list(settings.reports().values())
    except ConfigurationError as error:
        logger.error("failed", reason=str(error))
        raise


def _report(report: Report, event: dict[str, Any]) -> NotTold | None:
    line = {"report": report.name, "host": report.host, "repository": report.repository, "event": event["id"]}
    found = progress(report, event)
    if not isinstance(found, Ignore):
        found = _with_commit(report, found)
    if isinstance(found, Ignore):
        logger.info("ignored", reason=found.reason, **line)
        return None
    line |= {"commit": found.commit, "state": found.state, "description": found.description}
    try:
        logger.info(_settle(report, event["id"], found), **line)
    except NotTold as failure:
        logger.error("failed", reason=str(failure), **line)
        return failure
    return None


def _with_commit(report: Report, found: Progress) -> Progress | Ignore:
    """The same with the commit that its execution builds, if only that tells."""
    if found.commit:
        return found
    ids = {"pipelineName": report.pipeline, "pipelineExecutionId": found.moment.execution}
    execution = settings.client("codepipeline").get_pipeline_execution(**ids)["pipelineExecution"]
    commit = commit_of(execution.get("artifactRevisions", []), report.repository)
    return found._replace(commit=commit) if commit else Ignore(f"the execution has no commit of {report.repository}")


def _settle(report: Report, event: str, found: Progress) -> str:
    """Tell the status unless a later one is known, and whatever became the latest meanwhile."""
    key = f"status {report.api} {report.repository} {report.context} {found.commit}"
    claimed = latest.claim(key, event, found)
    if claimed in ("duplicate", "late"):
        return claimed
    outcome = ""
    more: Latest | None = Latest(event, found, is_told=False)
    while more:
        said = hosts.tell(report, _token(report), found.commit, more.progress)
        outcome, more = outcome or said, latest.told(key, more)
    return outcome


def _token(report: Report) -> str:
    try:
        return settings.token(report.token)
    except GetParameterError as error:
        remedy = "store the token there, and name the secret's ARN in the stack's StatusTokenArns"
        raise NotTold(f"the secret {report.token} cannot be read: {error}; {remedy}") from None
