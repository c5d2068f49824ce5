"""A CodePipeline that only starts executions, by HTTP: what the emulator lacks.

boto3 checks what is sent against the service's model before it sends; here stands what the documentation says of the
answer: an unknown pipeline is PipelineNotFoundException, a repeated clientRequestToken is the same execution.
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StartPipelineExecution.html
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Pipelines:
    """Which pipelines there are, and what was started: one entry for each execution, in their order."""

    def __init__(self) -> None:
        self.names = {"site-pipeline"}
        self.started: list[dict[str, Any]] = []
        self.asked = 0
        self.failing = False
        self.lock = threading.Lock()
        self.url = ""

    def reset(self) -> None:
        self.started.clear()
        self.asked, self.failing = 0, False

    def answer(self, request: dict[str, Any]) -> tuple[int, dict[str, str]]:
        with self.lock:
            self.asked += 1
            if self.failing:
                return 400, {"__type": "ConcurrentPipelineExecutionsLimitExceededException", "message": "too many"}
            if request["name"] not in self.names:
                return 400, {"__type": "PipelineNotFoundException", "message": "there is no such pipeline"}
            token = request["clientRequestToken"]
            for before in self.started:
                if before["clientRequestToken"] == token:
                    return 200, {"pipelineExecutionId": before["execution"]}
            self.started.append({**request, "execution": str(uuid.uuid4())})
            return 200, {"pipelineExecutionId": self.started[-1]["execution"]}


@contextmanager
def serve_pipelines() -> Iterator[Pipelines]:
    """The service at `url`, on loopback, until the block ends."""
    pipelines = Pipelines()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert self.headers["X-Amz-Target"] == "CodePipeline_20150709.StartPipelineExecution"
            status, content = pipelines.answer(request)
            text = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *arguments: Any) -> None:
            """Nothing: pytest shows what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pipelines.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield pipelines
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
