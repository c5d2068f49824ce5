"""An emulated AWS (ministack) in a process of its own, and boto3 clients that talk to it.

Its own process, because it is patched, may hang, and must leave nothing behind when it is ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from local.errors import LocalError

if TYPE_CHECKING:
    from aws_types import BaseClient, Clients

ACCOUNT = "111122223333"
REGION = "us-east-1"
UNREACHABLE = (BotoCoreError, HTTPException, OSError)  # how a request fails when the emulator is gone
_LAUNCHER = Path(__file__).resolve().parent / "launcher.py"
_UNUSED = "x"  # in place of a secret key: who may ask is known by the session token
_HEALTHY_SECONDS = 60  # it takes two; a machine that builds beside it, twenty
_LOOK_SECONDS = 0.02  # it is ready soon, and each look costs little
_ANSWER_SECONDS = 1  # it is asked again then
_PORTS = range(20_000, 32_768)  # below those that systems give to clients


class Emulator:
    """An emulated AWS at `url`, kept up by `process`; every account, service and Region is there.

    It answers only who gives `token`, which is random for each run: any web page could reach it.
    """

    def __init__(self, port: int, process: subprocess.Popen[bytes], token: str) -> None:
        self.port, self.process, self.token = port, process, token
        self.url = f"http://127.0.0.1:{port}"
        self.store_url = store_url(port)
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._making = threading.Lock()  # boto3's default session is not made for threads

    @property
    def client(self) -> Clients:
        """Gives a new boto3 client of a service, whose event handlers nobody shares; the account is its access key."""
        return cast("Clients", self.made)

    def made(self, service: str, account: str = ACCOUNT, region: str = REGION, **options: object) -> BaseClient:
        """The client of a service that has a name only now."""
        url = self.store_url if service == "cloudfront-keyvaluestore" else self.url
        options.setdefault("config", Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))
        options.setdefault("aws_access_key_id", account)
        options.setdefault("aws_secret_access_key", _UNUSED)
        if len(str(options["aws_access_key_id"])) == 12:  # else the emulator has issued the key
            options.setdefault("aws_session_token", self.token)
        with self._making:
            client: BaseClient = boto3.client(service, endpoint_url=url, region_name=region, **options)
            return client

    @property
    def shared(self) -> Clients:
        """Gives the client of a service that is made once, for whoever asks often."""
        return cast("Clients", self._kept)

    def _kept(self, service: str, region: str = REGION) -> BaseClient:
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = self.made(service, region=region)
        return self._clients[key]

    def reset(self) -> None:
        """Empty every account."""
        self.ask("/_ministack/reset", "POST")

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, timeout: float = 10) -> bytes:
        """What it answers outside of its services."""
        request = urllib.request.Request(self.url + path, body, self.headers, method=method)  # noqa: S310  # loopback
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310  # loopback
            content: bytes = answer.read()
        return content

    def tell_execution(self, execution: str, **told: object) -> None:
        """Let CodePipeline tell this of an execution: `actions` by ListActionExecutions, all else by itself.

        What is in `builds`, CodeBuild tells.
        """
        body = json.dumps({"pipelineExecutionId": execution, **told}).encode()
        self.ask(f"/_local/executions/{execution}", "PUT", body)

    @property
    def headers(self) -> dict[str, str]:
        """What a request must carry that no SDK signs."""
        return {"X-Amz-Security-Token": self.token}

    def environment(self) -> dict[str, str]:
        """What a child process needs to talk to the emulator as if it were AWS."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE": self.store_url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": _UNUSED,
            "AWS_SESSION_TOKEN": self.token,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def store_url(port: int) -> str:
    """The store's endpoint: boto3 puts the account in front of the host; here that lands in the userinfo part."""
    return f"http://x@127.0.0.1:{port}"


@contextlib.contextmanager
def start_emulator(*, enforce_iam: bool = False) -> Iterator[Emulator]:
    """Start ministack on a free loopback port and end it, with its folder, when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="emulator-"))
    port, token = free_port(), secrets.token_urlsafe(32)
    log = folder / "log"
    process = _start(_environment(port, token, folder, enforce_iam), log)
    emulator = Emulator(port, process, token)
    try:
        _wait_until_healthy(emulator, log)
        yield emulator
    finally:
        _end(process)
        shutil.rmtree(folder, ignore_errors=True)


def _start(environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("w") as output:
        return subprocess.Popen(
            # -P: the modules beside the launcher must not stand in for libraries' own
            [sys.executable, "-P", str(_LAUNCHER)],
            env=environment,
            stdin=subprocess.PIPE,  # its end tells the emulator that nobody is there any more
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A loopback port that nobody uses, and that no client will be given until somebody listens there.

    The system gives clients ports of 32,768 and more (Linux) or 49,152 and more (macOS): one of those can be taken in
    the seconds that a server needs to start.
    """
    for port in random.sample(_PORTS, len(_PORTS)):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise LocalError(f"no port of {_PORTS.start} to {_PORTS.stop - 1} is free: end a program that uses many")


def _environment(port: int, token: str, folder: Path, enforce_iam: bool) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("AWS_") and k.lower() != "http_proxy"}
    return inherited | {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "IOT_MTLS_ENABLED": "0",
        "TMPDIR": str(folder),
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.05",
        "AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE": store_url(port),
        "MS_ALLOW_AWS_EVENTS": "1",
        "MS_STUB_TYPES": "AWS::CodePipeline::Pipeline",
        "AUTH": "true" if enforce_iam else "false",
        "AWS_SESSION_TOKEN": token,
        "AWS_SECRET_ACCESS_KEY": _UNUSED,
    }


def _wait_until_healthy(emulator: Emulator, log: Path) -> None:
    end = time.monotonic() + _HEALTHY_SECONDS
    while time.monotonic() < end:
        try:
            emulator.ask("/_ministack/health", timeout=_ANSWER_SECONDS)
            return
        except OSError:
            if emulator.process.poll() is not None:
                raise LocalError(f"the emulated AWS ended by itself: {_last_line(log)}") from None
            time.sleep(_LOOK_SECONDS)
    what = f"the emulated AWS did not answer within {_HEALTHY_SECONDS} seconds"
    raise LocalError(f"{what}: start again when this machine has less to do; its last line: {_last_line(log)}")


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"
