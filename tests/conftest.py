"""Shared fixtures: the public test vectors, and an emulated AWS in a process of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT = "111122223333"


@pytest.fixture(scope="session")
def vectors() -> Path:
    """The folder of public test data: beside the checkout, or where `VECTORS` says."""
    folder = Path(os.environ.get("VECTORS") or ROOT.parent / "shared" / "vectors")
    if folder.is_dir():
        return folder
    message = f"no test vectors at {folder}: set VECTORS to the folder that holds asset-names.json"
    if os.environ.get("CI"):
        pytest.fail(message)
    return pytest.skip(message)  # a clone without the data; CI never comes here


class Emulator:
    """An emulated AWS (ministack) at `url`; every account, service and Region is there."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        # boto3 puts the account in front of the host; here that lands in the userinfo part
        self.store_url = f"http://x@127.0.0.1:{port}"

    def client(self, service: str, account: str = ACCOUNT, region: str = "us-east-1", **options: Any) -> Any:
        """A boto3 client for `service`; the account is its access key (12 digits)."""
        url = self.store_url if service == "cloudfront-keyvaluestore" else self.url
        options.setdefault("config", Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}))
        options.setdefault("aws_access_key_id", account)
        options.setdefault("aws_secret_access_key", "x")
        return boto3.client(service, endpoint_url=url, region_name=region, **options)

    def reset(self) -> None:
        """Empty every account."""
        request = urllib.request.Request(self.url + "/_ministack/reset", method="POST")
        urllib.request.urlopen(request, timeout=10).read()

    def environment(self) -> dict[str, str]:
        """What a child process needs to talk to the emulator as if it were AWS."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE": self.store_url,
            "AWS_ACCESS_KEY_ID": ACCOUNT,
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def start_emulator(*, enforce_iam: bool = False) -> Iterator[Emulator]:
    """Start ministack on a free loopback port and end it, with its folder, when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="emulator-"))
    emulator = Emulator(_free_port())
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_") and k.lower() != "http_proxy"}
    environment |= {
        "GATEWAY_PORT": str(emulator.port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "IOT_MTLS_ENABLED": "0",
        "TMPDIR": str(folder),
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.05",
        "AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE": emulator.store_url,
        "MS_ALLOW_AWS_EVENTS": "1",
        "MS_STUB_TYPES": "AWS::CodePipeline::Pipeline",
        "AUTH": "true" if enforce_iam else "false",
    }
    log = folder / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "emulator_launcher.py")],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_healthy(emulator, process, log)
        yield emulator
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_healthy(emulator: Emulator, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1500):
        try:
            urllib.request.urlopen(emulator.url + "/_ministack/health", timeout=1).read()
            return
        except OSError:
            if process.poll() is not None:
                pytest.fail(f"the emulator ended by itself:\n{log.read_text()}")
            time.sleep(0.02)
    pytest.fail(f"the emulator did not answer within 30 seconds:\n{log.read_text()}")


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """One emulator for a test worker; ask for `aws` to have it empty."""
    with start_emulator() as running:
        yield running


@pytest.fixture
def aws(emulator: Emulator) -> Emulator:
    """The emulator, emptied for this test."""
    emulator.reset()
    return emulator
