"""Answers of AWS that are lost or put in its place."""

import json
import types
from collections.abc import Callable
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

UPDATE, PUT = "before-send.cloudfront-keyvaluestore.UpdateKeys", "before-send.s3.PutObject"


def losing(times: int) -> Callable[..., None]:
    """Sends the request, and then the answer is lost, `times` times."""
    left = [times]

    def lose(request: Any, **_: Any) -> None:
        if left[0]:
            left[0] -= 1
            URLLib3Session().send(request)
            raise ReadTimeoutError(endpoint_url=request.url)

    return lose


def answer_with(
    publisher: types.ModuleType,
    event: str,
    status: int,
    code: str,
    times: int,
    service: str = "cloudfront-keyvaluestore",
) -> None:
    """The next `times` requests of this kind get this error and reach nobody."""
    left = [times]

    class Raw:
        def stream(self, **_: Any) -> list[bytes]:
            return [json.dumps({"__type": code, "Message": "no"}).encode()]

    def refuse(request: Any, **_: Any) -> AWSResponse | None:
        if not left[0]:
            return None
        left[0] -= 1
        headers = {"x-amzn-ErrorType": code, "Content-Type": "application/json"}
        return AWSResponse(request.url, status, headers, Raw())

    publisher.client(service).meta.events.register(event, refuse)
