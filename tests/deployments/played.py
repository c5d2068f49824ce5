"""A pipeline that plays a recorded course: the emulator runs none, and `watch` and `up` follow one."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

GREEN = [
    ("InProgress", {"Source": "InProgress"}),
    ("InProgress", {"Source": "Succeeded", "Build": "InProgress"}),
    ("Succeeded", {"Source": "Succeeded", "Build": "Succeeded"}),
]


class Pipeline:
    """CodePipeline's API as `watch` calls it: each look at the execution is one step of `course` further.

    Without a `name` it is whichever pipeline is asked for.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_GetPipelineState.html
    """

    def __init__(self, execution: str, name: str) -> None:
        self.execution, self.name = execution, name
        self.course: list[tuple[str, dict[str, str]]] = []
        self.at_end: Callable[[], None] = lambda: None
        self.actions: list[dict[str, Any]] = []
        self.builds: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.denied = ""
        self.started = 0

    def answer(self, operation: str, request: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(operation)
        assert "ids" in request or self.name in ("", request.get("pipelineName", request.get("name")))
        if operation == self.denied:
            return 400, {"__type": "AccessDeniedException", "message": "no"}
        if operation == "StartPipelineExecution":
            self.started += 1
            return 200, {"pipelineExecutionId": self.execution}
        if operation == "ListPipelineExecutions":
            newest = [{"pipelineExecutionId": self.execution, "status": "InProgress"}] if self.execution else []
            return 200, {"pipelineExecutionSummaries": newest}
        if operation == "ListActionExecutions":
            only = request["filter"]["pipelineExecutionId"]
            return 200, {"actionExecutionDetails": self.actions if only == self.execution else []}
        if operation == "BatchGetBuilds":
            return 200, {"builds": [build for build in self.builds if build["id"] in request["ids"]]}
        if operation == "GetPipelineExecution":
            if request["pipelineExecutionId"] != self.execution:
                return 400, {"__type": "PipelineExecutionNotFoundException", "message": "no"}
            if len(self.course) == 1:
                self.at_end()
            return 200, {"pipelineExecution": {"pipelineExecutionId": self.execution, "status": self.course[0][0]}}
        _, stages = self.course[0]
        if len(self.course) > 1:
            self.course.pop(0)
        return 200, {"pipelineName": self.name, "stageStates": [self._stage(*stage) for stage in stages.items()]}

    def _stage(self, name: str, status: str) -> dict[str, Any]:
        action = {"actionName": name, "latestExecution": {"status": status}}
        latest = {"pipelineExecutionId": self.execution, "status": status}
        return {"stageName": name, "latestExecution": latest, "actionStates": [action]}


@contextmanager
def played(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pipeline]:
    """Answer for CodePipeline and CodeBuild with what `pipeline` says."""
    with answering(pipeline.answer, ("CODEPIPELINE", "CODEBUILD"), monkeypatch):
        yield pipeline


@contextmanager
def answering(
    answer: Callable[[str, dict[str, Any]], tuple[int, dict[str, Any]]],
    services: Iterable[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Answer for services of AWS that speak JSON with a status and a body, of the operation and its request."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, told = answer(self.headers["X-Amz-Target"].split(".")[1], body)
            text = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for service in services:
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", f"http://127.0.0.1:{server.server_port}")
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
