"""Tells people what happened, in a mail with a short subject and the next command to run.

EventBridge can hand an event to a topic by itself, but without a subject, and without knowing what to do next.
"""

import json
import os
from typing import Any

import boto3
from failing import failed, why

LINE_LIMIT = 300
SUBJECT_LIMIT = 99  # SNS: less than 100 ASCII characters, no line break (Publish, API reference)
# outcome: subject, what it means, what to run next
TEXTS = {
    "stale": (
        "{name} is not live: a newer one is",
        "It was built, but its execution started before what is live was published.",
        "promote {deployment}",
    ),
    "late": (
        "a {action} came too late",
        "It was asked for by an event, which was delivered after something newer was done: nothing was changed.",
        "status",
    ),
    "held": (
        "{name} waits: the site is held",
        "It was built and will not go live before the hold ends.",
        "release --publish",
    ),
    "rolled-back": ("rolled back to {after_name}", "Visitors get it from now on. Before, {before} was live.", "list"),
    "published": (
        "{name} is live, with files that are not its own",
        "Visitors get it from now on.",
        "show {deployment}",
    ),
    "on-hold": ("on hold", "New deployments are built, but wait.", "release"),
    "released": ("the hold has ended", "The next deployment goes live again. Waiting: {waiting}.", "release --publish"),
}
# state: subject, what it means, if only another start helps
ENDED = {
    "FAILED": ("the pipeline failed", "An action failed.", False),
    "STOPPED": ("the pipeline was stopped", "Somebody stopped it.", True),
    "CANCELED": ("the pipeline was canceled", "It was changed while it ran, as by an update of the stack.", True),
}


def handler(event: dict[str, Any], _context: object) -> dict[str, str]:
    """Send the mail for a decision of the publisher or a pipeline that published nothing; what was sent."""
    subject, body = pipeline_ended(event) if event["detail"].get("state") in ENDED else decision(event["detail"])
    stack = os.environ["STACK"]
    text = "".join(letter if " " <= letter <= "~" else "?" for letter in f"{stack[:40]}: {subject}")
    sent = {"Subject": text[:SUBJECT_LIMIT], "Message": f"{body}\n\nStack {stack}, Region {os.environ['AWS_REGION']}\n"}
    boto3.client("sns").publish(TopicArn=os.environ["TOPIC_ARN"], **sent)
    print(json.dumps({"outcome": "told", "subject": sent["Subject"]}))  # what a function prints is its log
    return sent


def decision(detail: dict[str, Any]) -> tuple[str, str]:
    """Subject and body for what the publisher announced."""
    late = detail["outcome"] == "stale" and detail["action"] != "pipeline"
    subject, meaning, command = TEXTS["late" if late else detail["outcome"]]
    facts = {"before": "nothing", "waiting": ""} | {name: value for name, value in detail.items() if value}
    facts["waiting"] = facts["waiting"] or "nothing"
    names = {"action": detail["action"], "name": short(detail["deployment"]), "after_name": short(detail["after"])}
    lines = [meaning.format(**facts)]
    lines += [f"Why: {detail['reason']}"] if detail["reason"] else []
    lines += [surplus(detail)] if detail.get("extra") else []
    lines += [f"By: {detail['by']} ({detail['action']})", f"Live: {detail['after'] or 'nothing'}", "", "Next:"]
    nothing_waits = detail["outcome"] == "released" and not detail.get("waiting")
    lines.append(run("status" if nothing_waits else command.format(**facts)))
    if detail["action"] == "auto-rollback":
        lines += ["The site is held now. When the fault is mended:", run("release")]
    return subject.format(**names), "\n".join(lines)


def surplus(detail: dict[str, Any]) -> str:
    """What has come into the deployment's folder, and what takes it away."""
    found = ", ".join(detail["extra"]["names"])
    names = "".join(letter if " " <= letter <= "~" else "?" for letter in found)
    what = f"Files came into its folder after it was complete, and visitors get them too ({detail['extra']['count']})"
    return f"{what}: {names}. This takes them away:\n{run('prune {deployment} --extras'.format(**detail))}"


def pipeline_ended(event: dict[str, Any]) -> tuple[str, str]:
    """Subject and body for a pipeline that failed, was stopped or was canceled."""
    detail, region = event["detail"], event["region"]
    subject, meaning, again = ENDED[detail["state"]]
    place = f"{detail['pipeline']}/executions/{detail['execution-id']}/timeline?region={region}"
    page = f"https://{region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/{place}"
    trigger = detail.get("execution-trigger", {})
    message = one_line(trigger.get("commit-message", ""))
    said = [f"Commit {trigger['commit-id'][:12]}: {message}"] if "commit-id" in trigger else []
    action, why_it_did = reasons(detail) if detail["state"] == "FAILED" else ("", [])
    lines = [
        f"{meaning} Nothing was published; what was live stays live.",
        *said,
        "",
        *([*why_it_did, ""] if why_it_did else []),
        "Next: see which action it was, and its log",
        page,
        *(["To build the newest:", run("watch --start")] if again else []),
    ]
    return f"{subject} in {action}" if action else subject, "\n".join(lines)


def reasons(detail: dict[str, Any]) -> tuple[str, list[str]]:
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


def one_line(text: str) -> str:
    """Somebody else's words as one line, or they could be the mail's next ones."""
    return "".join(letter if letter.isprintable() else " " for letter in text)[:LINE_LIMIT]


def run(command: str) -> str:
    """The command as a person can paste it."""
    return f"  python -m deployments {command} --stack {os.environ['STACK']} --region {os.environ['AWS_REGION']}"


def short(deployment: str) -> str:
    """What a person recognises: the commit's first digits, or the whole of a short name."""
    commit = deployment.rpartition("-")[0]
    return commit[:10] if len(commit) == 40 else deployment[:30]
