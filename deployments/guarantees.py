"""What `doctor` asks AWS's APIs: guarantees that the publisher, the uploader and the router are built on."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from contract import ERRORS, PIN_COOKIE, folder_of
from deployments.finding import Finding
from deployments.probe import Probe

if TYPE_CHECKING:
    from aws_types import CloudFrontKeyValueStoreClient, FunctionTest, S3Client

ROUNDS = 50  # each is four calls; `costs` counts them
_KEY = "doctor"  # no name of the router's or the publisher's
_TRIES, _PAUSE = 10, 0.2  # how often a write is tried, and the seconds in between: an ETag is seldom old for a second
_REFUSED = {"AccessDenied", "403"}  # the code in S3's answer, and the status of one without a body
# Over 70 of 100, AWS says, a function may be throttled.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/test-function.html
_UTILIZATION = 70


def of_the_store(probe: Probe) -> list[Finding]:
    """Whether what is read belongs to the ETag that was read before it, which a decision relies on."""
    stale, behind = newness(probe.store, probe.outputs["StoreArn"], ROUNDS)
    return [
        Finding(
            "is GetKey as new as the ETag that DescribeKeyValueStore gave before it",
            f"in {ROUNDS} rounds {stale} old values under a new ETag, {behind} old ETags",
            "a decision made of old values has an old ETag, so its write is refused; an old ETag alone costs one try",
            not stale,
            "of two publishes at the same moment one can be lost: report it, and publish from one place at a time",
        )
    ]


def newness(store: CloudFrontKeyValueStoreClient, arn: str, rounds: int) -> tuple[int, int]:
    """How often a value was older than the ETag read before it, and how often the ETag itself was old."""
    stale = behind = 0
    for number in range(rounds):
        written = _write(store, arn, str(number))
        etag = store.describe_key_value_store(KvsARN=arn)["ETag"]
        value = store.get_key(KvsARN=arn, Key=_KEY)["Value"]
        behind += etag != written
        stale += etag == written and value != str(number)
    return stale, behind


def _write(store: CloudFrontKeyValueStoreClient, arn: str, value: str) -> str:
    """Write, with an ETag that may be old; the new one."""
    for number in range(_TRIES):
        etag = store.describe_key_value_store(KvsARN=arn)["ETag"]
        try:
            return str(store.update_keys(KvsARN=arn, IfMatch=etag, Puts=[{"Key": _KEY, "Value": value}])["ETag"])
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("ConflictException", "ValidationException"):
                raise
            if number == _TRIES - 1:
                raise
            time.sleep(_PAUSE)
    raise AssertionError


def of_physical_ids(probe: Probe) -> list[Finding]:
    """What Ref gives, which no page of AWS says."""
    physical = probe.resources["Store"]
    known = {probe.uuid: "its name", probe.outputs["StoreArn"]: "its ARN"}
    known[probe.outputs["StoreArn"].rsplit("/", 1)[-1]] = "its ID"
    function = probe.resources["RouterFunction"]
    return [
        Finding(
            "the store's physical ID, which is what Ref gives",
            f"{known.get(physical, 'something else')}: {physical}",
            "nothing: names are made of the stack's ID",
        ),
        Finding(
            "a function's physical ID",
            f"{'its ARN' if function.startswith('arn:') else 'its name'}: {function}",
            "an ARN that ends with the function's name",
            function.rsplit("/", 1)[-1].startswith("router-"),
            "the dashboard's widgets of the functions are empty",
        ),
    ]


def of_the_bucket(probe: Probe, live: str) -> list[Finding]:
    """What nobody may do to a deployment, this account's administrator included."""
    s3, bucket = probe.site.s3, probe.site.stack.bucket
    page, other = f"{folder_of(live)}index.html", f"{folder_of(live)}404.html"
    consequence = "a mistake, or a stolen build, can change files of a deployment that is live"
    return [
        Finding(
            "an unconditional put over a deployment's file",
            _asked(lambda: s3.put_object(Bucket=bucket, Key=page, Body=b"other")),
            "refused by the bucket's policy: files of a deployment are created and never overwritten",
            *_judged(s3, bucket, page, b"other", consequence),
        ),
        Finding(
            "a copy over a deployment's file",
            _asked(lambda: s3.copy_object(Bucket=bucket, Key=page, CopySource=f"{bucket}/{other}")),
            "refused by the same policy: a copy is a put",
            *_judged(s3, bucket, page, _body(s3, bucket, other), consequence),
        ),
    ]


def _asked(ask: Callable[[], object]) -> str:
    try:
        ask()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code not in _REFUSED:
            raise
        return f"refused ({code})"
    return "taken"


def _judged(s3: S3Client, bucket: str, key: str, forbidden: bytes, consequence: str) -> tuple[bool, str]:
    """By what lies there now, not by what was answered."""
    return _body(s3, bucket, key) != forbidden, consequence


def _body(s3: S3Client, bucket: str, key: str) -> bytes:
    return bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())


def of_old_pins(probe: Probe, before: str) -> list[Finding]:
    """A browser that was pinned before the switch, and already has the new page (another tab, a proxy)."""
    visit = probe.site.visitor
    fresh = visit.navigate("/")
    answer = visit.navigate("/", Cookie=f"{PIN_COOKIE}={before}", If_None_Match=fresh.headers["ETag"] or "")
    return [
        Finding(
            "an old pin with the new page's ETag",
            f"{answer.status}, {f'pinned to {answer.pin}' if answer.pin else 'no pin'}",
            "200 with the new pin: a navigation to another deployment is never answered 304",
            answer.status == 200 and answer.pin == fresh.pin,
            "such a browser has the new page and asks for the old one's files",
        )
    ]


def of_listings(probe: Probe) -> list[Finding]:
    """Whether a visitor can make S3 list the bucket, which the distribution may do so that a 404 is one."""
    tried = []
    for path in (f"/{ERRORS}?list-type=2", f"/{ERRORS}?prefix=", f"/{ERRORS[:-1]}?list-type=2", "/?list-type=2"):
        answer = probe.site.visitor.get(path)
        is_listing = b"<ListBucketResult" in answer.body or b"<Contents>" in answer.body
        tried.append((path, answer.status, is_listing))
    return [
        Finding(
            "a listing of the bucket by an address",
            ", ".join(f"{path}: {status}{' and a listing' if listed else ''}" for path, status, listed in tried),
            "none: no query reaches S3, and no address is the bucket's own",
            not any(listed for _, _, listed in tried),
            "anybody can read the names of all files, even of deployments that are not live",
        )
    ]


def of_the_functions(probe: Probe, before: str) -> list[Finding]:
    """How near the two functions are to CloudFront's limit, by its own test."""
    cloudfront = probe.site.cloud.client("cloudfront")
    pinned = {"cookies": {PIN_COOKIE: {"value": before}}}
    asked = [
        ("RouterFunction", "router, a page", _event("viewer-request", "/about/")),
        (
            "RouterFunction",
            "router, a hashed file with a pin",
            _event("viewer-request", "/assets/a-B1c2D3e4.js", pinned),
        ),
        ("PinFunction", "pin function, a page", _event("viewer-response", "/about/", response=_RESPONSE)),
    ]
    results = []
    for title, what, event in asked:
        name = probe.resources[title].rsplit("/", 1)[-1]
        etag = cloudfront.describe_function(Name=name, Stage="LIVE")["ETag"]
        answer = cloudfront.test_function(Name=name, IfMatch=etag, Stage="LIVE", EventObject=event)
        results.append(utilization(what, answer["TestResult"]))
    return results


def utilization(what: str, result: FunctionTest) -> Finding:
    """What a test of a function says of the time that it took."""
    used, error = int(result.get("ComputeUtilization") or 0), result.get("FunctionErrorMessage", "")
    return Finding(
        f"compute utilization, {what}",
        f"{used} of 100{f', and an error: {error}' if error else ''}",
        f"at most {_UTILIZATION}, and no error: over that CloudFront may throttle it",
        not error and used <= _UTILIZATION,
        "CloudFront may answer 503 in place of pages: report the figure with the Region",
    )


_RESPONSE = {"statusCode": 200, "headers": {"content-type": {"value": "text/html; charset=utf-8"}}, "cookies": {}}


def _event(kind: str, uri: str, more: Mapping[str, object] | None = None, **parts: object) -> bytes:
    """https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html"""
    import json

    headers = {"sec-fetch-mode": {"value": "navigate"}, "sec-fetch-dest": {"value": "document"}}
    request = {"method": "GET", "uri": uri, "querystring": {}, "headers": headers, "cookies": {}, **(more or {})}
    event = {"version": "1.0", "context": {"eventType": kind}, "viewer": {"ip": "192.0.2.1"}, "request": request}
    return json.dumps({**event, **parts}).encode()
