"""Makes a client of S3 that is quick enough for a site, which has thousands of small files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Unpack
from urllib.parse import quote

import boto3
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from aws_types import PutRequest, S3Client

PARALLEL = 64  # requests
_ATTEMPTS = 10  # for each of them, ever more slowly
_TAKEN = 409, 412  # of a write under a condition: somebody writes the key now, or it is there


def connect() -> S3Client:
    """Give an S3 client for `upload`: as many connections as it uses, and slower when S3 asks for it."""
    config = Config(max_pool_connections=PARALLEL, retries={"mode": "adaptive", "total_max_attempts": _ATTEMPTS})
    # of the default session: one that is handed on costs characters (docs/decisions/template-size.md)
    s3 = boto3.client("s3", config=config)
    without_expect(s3)
    try:
        return QuickClient(s3)  # type: ignore[return-value]  # what it lacks it takes of the other
    except AttributeError:  # a boto3 with other insides
        return s3  # type: ignore[no-any-return]  # boto3 has no annotations


def without_expect(s3: S3Client) -> None:
    """Let a client of S3 send at once: waiting for "100 Continue" would cost each file a round trip."""
    s3.meta.events.register("before-sign.s3.PutObject", lambda request, **_: request.headers.__delitem__("Expect"))


class QuickClient:
    """A boto3 client with a quick `put_object`: what limits 64 uploads at once is not S3, but the interpreter.

    A bucket's first object goes boto3's way, which shows the address. Later ones leave out what is the same for all
    (endpoint rules, models, hooks) and are signed and sent by boto3's parts. What fails is asked again in boto3's way:
    retries and errors are its own. After a 5xx all go that way, as it slows down when S3 asks for it.
    """

    def __init__(self, s3: S3Client) -> None:
        self._s3, self._http, self._auth = s3, s3._endpoint.http_session, s3._request_signer.get_auth_instance
        self._addresses: dict[str, str] = {}
        self._first = "", ""
        self._quick = True
        s3.meta.events.register("before-sign.s3.PutObject", self._learn)

    def __getattr__(self, name: str) -> object:
        return getattr(self._s3, name)

    def put_object(self, **options: Unpack[PutRequest]) -> Mapping[str, object]:
        bucket, key = options["Bucket"], quote(options["Key"])
        if bucket not in self._addresses:
            self._first = bucket, key
        elif self._quick and isinstance(options["Body"], bytes):
            with suppress(BotoCoreError):
                status = self._put(self._addresses[bucket] + key, options)
                if status == 200:
                    return {}
                if status in _TAKEN:
                    raise ClientError({"ResponseMetadata": {"HTTPStatusCode": status}}, "PutObject")
                self._quick &= status < 500
        return self._s3.put_object(**options)

    def _put(self, address: str, options: PutRequest) -> int:
        others = options.keys() - {"Bucket", "Key", "Body", "Metadata"}
        # the keys are the request's own, which mypy forgets of a set
        headers = {re.sub("(?<=[a-z])(?=[A-Z])", "-", option): options[option] for option in others}  # type: ignore[literal-required]
        headers |= {f"x-amz-meta-{name}": value for name, value in options.get("Metadata", {}).items()}
        request = AWSRequest("PUT", address, headers, options["Body"])
        self._auth("s3", self._s3.meta.region_name).add_auth(request)
        return int(self._http.send(request.prepare()).status_code)

    def _learn(self, request: AWSRequest, **_: object) -> None:
        bucket, key = self._first
        if key and request.url.endswith(key):
            self._addresses[bucket] = request.url.removesuffix(key)
