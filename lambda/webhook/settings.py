"""What the stack says (environment), what the routes are (SSM), and which secrets hold now (Secrets Manager)."""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from aws_lambda_powertools.utilities import parameters
from botocore.config import Config
from botocore.exceptions import ClientError
from document import ConfigurationError
from reports import Report
from reports import parse as parse_reports
from routes import Route, parse

FRESH = 60  # seconds that routes and secrets are kept
SHORTEST_SECRET = 16  # bytes; with a shorter one, or an empty one, anybody could be the sender

# One try each: what a sender repeats, CodePipeline and the memory of deliveries recognise; a publisher would not.
# The read timeout leaves an answer within the ten seconds that GitHub waits.
_CONFIG = Config(connect_timeout=2, read_timeout=6, retries={"total_max_attempts": 1})


@functools.cache
def client(service: str) -> Any:
    """The boto3 client for `service`, made once for all that this process answers."""
    return boto3.client(service, config=_CONFIG)


def routes() -> Mapping[str, Route]:
    """The routes, at most a minute old."""
    text = _provider().get(os.environ["ROUTES_PARAMETER"], max_age=FRESH)
    return parse(str(text))


def reports() -> Mapping[str, Report]:
    """Where commit statuses go, at most a minute old."""
    text = _provider().get(os.environ["ROUTES_PARAMETER"], max_age=FRESH)
    return parse_reports(str(text))


def token(name: str) -> str:
    """The secret with exactly this name, at most a minute old."""
    return str(_tokens().get(name, max_age=FRESH)).strip()


@functools.cache
def _tokens() -> parameters.SecretsProvider:
    return parameters.SecretsProvider(boto3_client=client("secretsmanager"))


@functools.cache
def _provider() -> parameters.SSMProvider:
    return parameters.SSMProvider(boto3_client=client("ssm"))


def secrets(name: str) -> tuple[str, ...]:
    """The secret's current text, and its previous one while the current one is new; at most a minute old."""
    return _secrets(os.environ["SECRET_PREFIX"] + name, int(time.monotonic() // FRESH))


@functools.lru_cache(maxsize=128)
def _secrets(name: str, _minute: int) -> tuple[str, ...]:
    current = client("secretsmanager").get_secret_value(SecretId=name)
    texts = [current["SecretString"]]
    if len(texts[0].encode()) < SHORTEST_SECRET:
        raise ConfigurationError(f"the secret {name} is shorter than {SHORTEST_SECRET} bytes: store a longer one")
    if datetime.now(UTC) - current["CreatedDate"] < timedelta(hours=float(os.environ["ROTATION_HOURS"])):
        texts += _previous(name)
    return tuple(texts)


def _previous(name: str) -> list[str]:
    try:
        found = client("secretsmanager").get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return []
    return [found["SecretString"]] if len(found["SecretString"].encode()) >= SHORTEST_SECRET else []
