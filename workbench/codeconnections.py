"""AWS CodeConnections on loopback, as botocore's model of it says: the emulator does not know this service.

What comes in is checked against the model, and what goes out too. A connection is PENDING until a test plays the person
who finishes its handshake in the console. https://docs.aws.amazon.com/codeconnections/latest/APIReference/
"""

from __future__ import annotations

import contextlib
import json
import threading
import uuid
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypedDict

from botocore.session import get_session
from botocore.validate import ParamValidator

ACCOUNT = "111122223333"
_PAGE = 2  # connections of an answer, so that a list has several


class Given(TypedDict, total=False):
    """What a request says, which the model was asked about."""

    ConnectionArn: str
    ConnectionName: str
    ProviderType: str
    ProviderTypeFilter: str
    NextToken: str


Answer = tuple[int, Mapping[str, object]]  # a status, and the body


class CodeConnections:
    """The service, with the connections of one account.

    refuses: the error that it answers to everything, if any
    patience: how often a connection is looked at until a person has finished its handshake; None: nobody does
    """

    def __init__(self) -> None:
        self.model = get_session().get_service_model("codeconnections")
        self.connections: list[dict[str, str]] = []
        self.refuses = ""
        self.patience: int | None = None
        self.asked: list[str] = []
        self.url = ""
        self._region = ""

    def add(self, provider: str, name: str, status: str = "AVAILABLE", region: str = "eu-central-1") -> str:
        """A connection that is there already; its ARN."""
        arn = f"arn:aws:codeconnections:{region}:{ACCOUNT}:connection/{uuid.uuid4()}"
        told = {"ConnectionArn": arn, "ConnectionName": name, "ProviderType": provider, "ConnectionStatus": status}
        self.connections.append({**told, "OwnerAccountId": ACCOUNT})
        return arn

    def answer(self, operation: str, given: Given, region: str) -> Answer:
        """The status, and the body of the answer to a request that was signed for `region`."""
        self.asked.append(operation)
        self._region = region
        model = self.model.operation_model(operation)
        report = ParamValidator().validate(given, model.input_shape)
        if report.has_errors():
            return 400, {"__type": "ValidationException", "message": report.generate_report()}
        if self.refuses:
            return 400, {"__type": self.refuses, "message": f"refused: {operation}"}
        answer: Answer = getattr(self, f"_{operation}")(given)
        status, body = answer
        if status == 200:
            report = ParamValidator().validate(body, model.output_shape)
            assert not report.has_errors(), report.generate_report()
        return status, body

    def _ListConnections(self, given: Given) -> Answer:
        begun = int(given.get("NextToken", "0"))
        wanted = given.get("ProviderTypeFilter")
        found = [one for one in self.connections if wanted in (None, one["ProviderType"])]
        more = {"NextToken": str(begun + _PAGE)} if len(found) > begun + _PAGE else {}
        return 200, {"Connections": found[begun : begun + _PAGE], **more}

    def _GetConnection(self, given: Given) -> Answer:
        found = [one for one in self.connections if one["ConnectionArn"] == given["ConnectionArn"]]
        if not found:
            return 400, {"__type": "ResourceNotFoundException", "message": "Connection not found"}
        if self.patience is not None:
            self.patience -= 1
            found[0]["ConnectionStatus"] = "AVAILABLE" if self.patience < 0 else found[0]["ConnectionStatus"]
        return 200, {"Connection": found[0]}

    def _CreateConnection(self, given: Given) -> Answer:
        arn = self.add(given["ProviderType"], given["ConnectionName"], "PENDING", self._region)
        return 200, {"ConnectionArn": arn}

    def _DeleteConnection(self, given: Given) -> Answer:
        self.connections = [one for one in self.connections if one["ConnectionArn"] != given["ConnectionArn"]]
        return 200, {}


@contextlib.contextmanager
def codeconnections() -> Iterator[CodeConnections]:
    """The service on a free port, which a variable of `url` leads boto3 to."""
    service = CodeConnections()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            region = self.headers["Authorization"].split("/")[2]
            status, body = service.answer(operation, given, region)
            text = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
