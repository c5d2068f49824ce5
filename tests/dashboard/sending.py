"""What happens to a site while its page is open: deployments, and executions of its pipeline."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.cloud.build import action
from local.cloud.stack import Stack
from local.commands.publication import Published, publish, upload
from workbench.recorded import LOGS, in_codebuild

if TYPE_CHECKING:
    from aws_types import LogLine

COMMIT = "4f2c1e9a" * 5


def made(stack: Stack, folder: Path, live: bool = True, message: str = "", **files: str) -> str:
    """A deployment of a page and `files`, whose dots are written `_`; live unless it should not be."""
    folder.mkdir(exist_ok=True)
    for name, text in {"index_html": "<h1>one</h1>", **files}.items():
        (folder / name.replace("_", ".")).write_text(text)
    send: Any = publish if live else upload
    done: Published = send(stack, folder, "mixed", COMMIT, message)
    return done.deployment


def execution(stack: Stack, identity: str, status: str, *stages: tuple[str, str], log: str = "") -> str:
    """Let CodePipeline tell of an execution: its status and that of each stage that has begun."""
    now = time.time()
    summary = '{"ProviderType": "GitHub", "CommitMessage": "Try <b>bold</b> prices"}'
    listed = {
        "pipelineName": stack.uuid,
        "pipelineExecutionId": identity,
        "status": status,
        "startTime": now - 90,
        "lastUpdateTime": now,
        "trigger": {"triggerType": "WebhookV2"},
        "sourceRevisions": [{"actionName": "Source", "revisionId": COMMIT, "revisionSummary": summary}],
    }
    running: list[dict[str, Any]] = []
    for name, state in stages:
        one: dict[str, Any] = {**action(name, {}, f"{name}Project:{identity}"), "status": state}
        one["output"]["executionResult"]["externalExecutionUrl"] = "https://console.example/build"
        running.insert(0, one)
    told: dict[str, Any] = {"listed": listed, "running": running}
    if log:
        told |= {"builds": [_built(stack, identity, log)]}
    stack.emulator.tell_execution(identity, **told)
    return identity


def _built(stack: Stack, identity: str, log: str) -> dict[str, Any]:
    """A build as CodeBuild tells of it, with a log of a failure that was recorded."""
    group, logs = stack.resources["BuildLog"], stack.emulator.client("logs")
    logs.create_log_stream(logGroupName=group, logStreamName=identity)
    lines = in_codebuild(f"+ npm run build\n{LOGS[log][0]}").split("\n")
    events: list[LogLine] = [{"timestamp": int(time.time() * 1000), "message": f"{line}\n"} for line in lines]
    logs.put_log_events(logGroupName=group, logStreamName=identity, logEvents=events)
    return {"id": f"BuildProject:{identity}", "phases": [], "logs": {"groupName": group, "streamName": identity}}
