"""What a mail says of a pipeline that published nothing: which action it was, why, and what to do next.

CodePipeline's own event names a stage and no reason, and who gets it at night cannot act on that.
"""

import json

import boto3

from contract import MailEvent, PipelineDetail
from messenger.failing import failed, why
from messenger.mail import DIGITS_SHOWN, one_line, run

# state: subject, what it means, if only another start helps
ENDED = {
    "FAILED": ("the pipeline failed", "An action failed.", False),
    "STOPPED": ("the pipeline was stopped", "Somebody stopped it.", True),
    "CANCELED": ("the pipeline was canceled", "It was changed while it ran, perhaps by an update of the stack.", True),
}


def pipeline_ended(event: MailEvent) -> tuple[str, str]:
    """Subject and body for a pipeline that failed, was stopped or was canceled."""
    detail = event["detail"]
    subject, meaning, again = ENDED[detail["state"]]
    action, why_it_did = reasons(detail) if detail["state"] == "FAILED" else ("", [])
    lines = [
        f"{meaning} Nothing was published. What was live stays live.",
        *commit_line(detail),
        "",
        *([*why_it_did, ""] if why_it_did else []),
        "Next: see which action it was, and read its log",
        console_page(detail, event["region"]),
        *(["To build the newest:", run("watch --start")] if again else []),
    ]
    return f"{subject} in {action}" if action else subject, "\n".join(lines)


def commit_line(detail: PipelineDetail) -> list[str]:
    """The line that tells what started the pipeline, if that was a commit."""
    trigger = detail.get("execution-trigger", {})
    message = one_line(trigger.get("commit-message", ""))
    return [f"Commit {trigger['commit-id'][:DIGITS_SHOWN]}: {message}"] if "commit-id" in trigger else []


def console_page(detail: PipelineDetail, region: str) -> str:
    """The console's page of an execution."""
    place = f"{detail['pipeline']}/executions/{detail['execution-id']}/timeline?region={region}"
    return f"https://{region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/{place}"


def reasons(detail: PipelineDetail) -> tuple[str, list[str]]:
    """The action that failed, and lines that say why; none if AWS does not tell, for a mail is worth more than they."""
    action, lines = "", list[str]()
    try:
        found = failed(boto3.client, detail["pipeline"], detail["execution-id"])
        if found:
            action, lines = found.action, [f"{found.action}: {one_line(found.summary)}", found.url]
        if found and found.build:
            reason = why(boto3.client, found.build)
            command = [f"This failed: {reason.command}"] if reason.command else []
            lines = [*command, *(f"  | {line}" for line in reason.lines), *lines]
    except Exception as error:
        print(json.dumps({"outcome": "not read", "why": repr(error)}))
    return action, lines
