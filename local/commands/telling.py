"""Lets the emulated CodePipeline and CodeBuild tell of an execution what AWS's would, so that a page can show it.

No pipeline runs in the emulator, so nobody else can tell of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from local.cloud.build import Action, Build, action
from local.cloud.child import Stopped
from local.cloud.emulator import UNREACHABLE
from local.commands.repository import Commit

if TYPE_CHECKING:
    from aws_types import LogLine

_LINES = 5_000  # of a log, from its end
_GROUPS = {"Build": "BuildLog", "Upload": "UploadLog"}


class Telling:
    """What is told of one execution."""

    def __init__(self, build: Build, commit: Commit) -> None:
        self._build, self._commit, self._start = build, commit, time.time()
        self._status = "InProgress"
        self._actions: list[Action] = []  # the newest first

    @contextmanager
    def execution(self) -> Iterator[None]:
        """It runs for as long as this block, and fails or is stopped as this is."""
        self._tell()
        try:
            yield
            self._status = "Succeeded"
        except BaseException as error:
            self._status = "Stopped" if isinstance(error, Stopped) else "Failed"
            raise
        finally:
            self._tell()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A stage of it runs for as long as this block."""
        told: Action = {**action(name, {}, self._build_of(name)), "status": "InProgress"}
        self._actions.insert(0, told)
        self._tell()
        try:
            yield
            told["status"] = "Succeeded"
        except BaseException as error:
            told["status"] = "Abandoned" if isinstance(error, Stopped) else "Failed"
            raise
        finally:
            told["lastUpdateTime"] = time.time()
            self._tell()

    def log(self, name: str, text: str) -> None:
        """What the action of a stage has said."""
        stack = self._build.site
        group, stream = stack.resources[_GROUPS[name]], self._build_of(name).partition(":")[2]
        logs, now = stack.emulator.shared("logs"), int(time.time() * 1000)
        events: list[LogLine] = [{"timestamp": now, "message": f"{line}\n"} for line in text.splitlines()[-_LINES:]]
        with suppress(*UNREACHABLE):  # it is gone, which others notice
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
            if events:
                logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
            told = {"id": self._build_of(name), "phases": [], "logs": {"groupName": group, "streamName": stream}}
            stack.emulator.tell_execution(self._build.execution, builds=[told])

    def _build_of(self, name: str) -> str:
        """The ID of the build that an action runs."""
        if name not in _GROUPS:
            return ""
        return self._build.build_id if name == "Build" else f"UploadProject:{self._build.execution}"

    def _tell(self) -> None:
        listed = {
            "pipelineName": self._build.site.uuid,
            "pipelineExecutionId": self._build.execution,
            "status": self._status,
            "startTime": self._start,
            "lastUpdateTime": time.time(),
            "trigger": {"triggerType": "WebhookV2"},
            "sourceRevisions": [
                {"actionName": "Source", "revisionId": self._commit.id, "revisionSummary": self._commit.message}
            ],
        }
        with suppress(*UNREACHABLE):
            self._build.site.emulator.tell_execution(self._build.execution, listed=listed, running=self._actions)
