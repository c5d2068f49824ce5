"""The status of a commit: what an event makes of it, and its way to the host, each status once and in order.

Events come late, twice and in any order, and a host shows whatever it was told last. So what is told is decided here,
between the memory and the host, and neither of them knows of the other.
"""

from __future__ import annotations

from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from shared.aws import client

from reporter import hosts, settings
from reporter.events import StatusEvent
from reporter.hosts import NotTold
from reporter.memory import Latest, Memory
from reporter.progress import NoChange, Progress, commit_of, progress
from reporter.report import Report


def status_after(report: Report, event: StatusEvent) -> Progress | NoChange:
    """The status of a commit after the event. Only the execution may know the commit: then it is asked."""
    found = progress(report, event)
    if isinstance(found, NoChange) or found.commit:
        return found
    ids = {"pipelineName": report.pipeline, "pipelineExecutionId": found.moment.execution}
    execution = client("codepipeline").get_pipeline_execution(**ids)["pipelineExecution"]
    commit = commit_of(execution.get("artifactRevisions", []), report.repository)
    return found._replace(commit=commit) if commit else NoChange(f"the execution has no commit of {report.repository}")


def settle(report: Report, event: str, found: Progress, memory: Memory) -> str:
    """Tell the status unless a later one is known, and whatever became the latest meanwhile."""
    key = f"status {report.api} {report.repository} {report.context} {found.commit}"
    claimed = memory.claim(key, event, found)
    if claimed in ("duplicate", "late"):
        return claimed
    outcome = ""
    more: Latest | None = Latest(event, found, is_told=False)
    while more:
        said = hosts.tell(report, _token(report), found.commit, more.progress)
        outcome, more = outcome or said, memory.told(key, more)
    return outcome


def _token(report: Report) -> str:
    try:
        return settings.token(report.token)
    except GetParameterError as error:
        remedy = "store the token there, and name the secret's ARN in the stack's StatusTokenArns"
        raise NotTold(f"the secret {report.token} cannot be read: {error}; {remedy}") from None
