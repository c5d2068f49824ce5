"""What both functions need of AWS: its clients, and the document in the SSM parameter.

They live as long as the process, which answers many requests, and so does what Powertools keeps of the parameter. Only
what acts calls them: `effects` and `settings` of the door, `memory`, `statuses` and `settings` of the reporter. What
reads and decides gets all that it knows as arguments.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, cast

import boto3
from aws_lambda_powertools.utilities import parameters
from botocore.config import Config

if TYPE_CHECKING:
    from aws_types import BaseClient, Clients

FRESH = 60  # seconds that the document, secrets and tokens are kept

# One try each: what a sender repeats, CodePipeline and the memory of deliveries recognise; a publisher would not.
# The read timeout leaves an answer within the ten seconds that GitHub waits.
_CONFIG = Config(connect_timeout=2, read_timeout=6, retries={"total_max_attempts": 1})


@functools.cache
def _made(service: str) -> BaseClient:
    """The boto3 client for `service`, made once for all that this process answers."""
    client: BaseClient = boto3.client(service, config=_CONFIG)
    return client


client = cast("Clients", _made)


def document_text(parameter: str) -> str:
    """The document as it is stored in this parameter, at most a minute old."""
    return str(parameter_provider().get(parameter, max_age=FRESH))


@functools.cache
def parameter_provider() -> parameters.SSMProvider:
    """The one that keeps the document."""
    return parameters.SSMProvider(boto3_client=client("ssm"))
