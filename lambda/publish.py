"""Makes a deployment live: the Lambda function behind the pipeline's SUCCEEDED event and direct requests.

It is the only writer of the store. One `UpdateKeys` call with the store's ETag decides; whatever happens
around it (a lost race, a lost answer, a crash) is mended by looking again, because each look compares the
store with the 404 page and the history. The reasons are in docs/decisions/publisher-protocol.md.
"""

import functools
import json
import os
import random
import re
import time
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from decide import VALUE_LIMIT, Intent, Ledger, Refused, compact, decide, read_ledger, write_ledger
from sigv4a import register_signer

LOOKS = 25  # at the store before giving up; each lost race costs one
STALE = "ConflictException", "ValidationException"
SUCCESS = "CodePipeline Pipeline Execution State Change", "SUCCEEDED"
REQUEST = {"action": str, "deployment": str, "by": str, "sequence": int, "force": bool}
TEXTS = "id", "commit", "branch", "message", "author", "execution", "created", "uploader", "routing"
LISTS, NUMBERS = ("also", "index", "immutable"), ("files", "bytes")
MANIFEST = dict.fromkeys(TEXTS, str) | dict.fromkeys(LISTS, list) | dict.fromkeys(NUMBERS, int)
ROUTINGS = "spa", "files", "folders", "mixed"
PAGE = "_errors/404.html"
DEFAULT_PAGE = b"<!doctype html><html lang=en><meta charset=utf-8><title>Not found</title><h1>Not found</h1>"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer a pipeline event or a request; the answer is the line that stands in the log.

    An event of the pipeline that should have been published and was not raises, so that Lambda's retries and
    the failure destination see it. A refused request is answered: whoever asked is still there.
    """
    line = {"outcome": "failed", "reason": "", "execution": "", "commit": "", "deployment": ""}
    try:
        if detail := event.get("detail"):
            pipeline, found = os.environ["PIPELINE"], (event.get("detail-type"), detail.get("state"))
            if (pipeline, *SUCCESS) != (detail.get("pipeline"), *found):
                raise Refused(f"{detail.get('pipeline')!r} {found} is no success of pipeline {pipeline!r}")
            line["execution"] = execution = detail["execution-id"]
            start = timestamp(datetime.fromisoformat(detail["start-time"]))
            intent = Intent("pipeline", deployment_of(execution), execution, start)
        else:
            intent = requested(event)
        line |= {"deployment": intent.deployment, "commit": intent.deployment.rpartition("-")[0]}
        line |= settle(intent, timestamp(datetime.now(UTC)))
    except Refused as error:
        line |= {"outcome": "refused", "reason": str(error)}
        if line["execution"]:
            raise
    except Exception as error:
        line["reason"] = f"{type(error).__name__}: {error}"
        raise
    finally:
        print(compact(line))  # noqa: T201  # what a Lambda function prints is its log
    return line


def requested(event: dict[str, Any]) -> Intent:
    """The intent of a direct request; its format is in docs/decisions/publisher-requests.md."""
    known = all(isinstance(value, REQUEST.get(name, ())) for name, value in event.items())
    named = known and re.fullmatch("[0-9A-Za-z][0-9A-Za-z_-]{9,63}", event.get("deployment", ""))
    if not named or event.get("action") not in ("publish", "promote"):
        raise Refused(f"{event} is not a request: action (publish, promote), deployment, by, sequence, force")
    return Intent(**{"by": "request", **event})


def deployment_of(execution: str) -> str:
    """The deployment that a pipeline execution made; a rollback execution without one has its target's."""
    made = read(f"executions/{execution}")[0]
    if not made:
        run = client("codepipeline").get_pipeline_execution(
            pipelineName=os.environ["PIPELINE"], pipelineExecutionId=execution
        )
        target = run["pipelineExecution"].get("rollbackMetadata", {}).get("rollbackTargetPipelineExecutionId")
        made = read(f"executions/{target}")[0] if target else b""
    if not made:
        raise Refused(f"executions/{execution} is missing: the upload did not finish; run the build again")
    return made.decode().strip()


def settle(intent: Intent, now: str) -> dict[str, str]:
    """Carry out `intent`, and leave store, history and 404 page in agreement; what came of it.

    The page is compared after the switch too: of two publishers the loser may have written it last.
    """
    store, arn = client("cloudfront-keyvaluestore"), os.environ["STORE_ARN"]
    answer: dict[str, str] = {}
    before, problem = "", "the 404 page changes all the time"
    for _ in range(LOOKS):
        try:
            # first the ETag: if the values are newer than it, the write fails, never the other way round
            etag = store.describe_key_value_store(KvsARN=arn)["ETag"]
            live, ledger = stored("live").partition(" ")[0], read_ledger(stored("ledger"))
            record(ledger)
            if not answer:
                outcome = decide(ledger, live, intent, now)
                changed, published = outcome.ledger != ledger, outcome.name == "published"
                if changed or not published:  # else a lost answer: the look before this one has switched
                    before = live
                if changed:
                    # in every look: a pruner may have been faster
                    puts = {"live": checked(intent.deployment)} if published else {}
                    puts["ledger"] = write_ledger(outcome.ledger)
                    if published:
                        write_page(intent.deployment)
                    pairs = [{"Key": key, "Value": value} for key, value in puts.items()]
                    store.update_keys(KvsARN=arn, IfMatch=etag, Puts=pairs)
                after = intent.deployment if published else live
                answer = {"outcome": outcome.name, "reason": outcome.reason, "before": before, "after": after}
                if changed:
                    continue
            if not live or read(PAGE)[1] == live:
                return answer
            write_page(live)
        except (ClientError, HTTPClientError) as error:
            # which of the two a stale ETag gives is not documented
            if isinstance(error, ClientError) and error_code(error) not in STALE:
                raise
            problem = str(error)
            time.sleep(random.random() / 5)  # noqa: S311  # jitter, no secret
    raise RuntimeError(f"gave up after {LOOKS} looks at the store: {problem}")


def checked(deployment: str) -> str:
    """The value of `live` for a complete deployment; `Refused` says what it lacks."""
    key, folder = f"manifests/{deployment}.json", f"deployments/{deployment}/"
    text = read(key)[0]
    if not text:
        raise Refused(f"{key} is missing: there is no such deployment, or its upload did not finish")
    manifest = json.loads(text)
    wrong = [n for n, kind in MANIFEST.items() if not isinstance(manifest.get(n), kind)]
    if wrong or manifest["id"] != deployment or manifest["routing"] not in ROUTINGS:
        raise Refused(f"{key} lacks or misstates {', '.join(wrong) or 'id or routing'}: build again")
    lister = client("s3").get_paginator("list_objects_v2")
    pages = lister.paginate(Bucket=os.environ["SITE_BUCKET"], Prefix=folder)
    sizes = [item["Size"] for page in pages for item in page.get("Contents", ())]
    found, wanted = (len(sizes), sum(sizes)), (manifest["files"], manifest["bytes"])
    if found != wanted:
        raise Refused(f"{folder} has {found}, its manifest says {wanted} (files, bytes): build again")
    members = [f"{name}={','.join(manifest[name])}" for name in ("also", "index") if manifest[name]]
    value = " ".join([deployment, manifest["routing"], *members])
    if len(value.encode()) > VALUE_LIMIT or len(value.split()) != 2 + len(members):
        raise Refused(f"{key}: also and index over {VALUE_LIMIT} bytes or with blanks; rename or drop some")
    return value


def record(ledger: Ledger) -> None:
    """Write the newest switch into the history if it is not there: a crash can have left out no other."""
    for entry in ledger.published[:1]:
        body = {**entry._asdict(), "before": "".join(older.deployment for older in ledger.published[1:2])}
        key = f"published/{entry.since.replace(':', '')}-{entry.deployment}.json"
        try:
            put(key, compact(body).encode(), ContentType="application/json", IfNoneMatch="*")
        except ClientError as error:
            if error_code(error) not in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise


def write_page(deployment: str) -> None:
    """Make the deployment's 404 page, or a plain one, the site's."""
    body = read(f"deployments/{deployment}/404.html")[0] or DEFAULT_PAGE
    control, metadata = "public, max-age=0, s-maxage=10", {"deployment": deployment}
    put(PAGE, body, ContentType="text/html; charset=utf-8", CacheControl=control, Metadata=metadata)


def stored(key: str) -> str:
    """The value of `key` in the store, "" if there is none."""
    store = client("cloudfront-keyvaluestore")
    try:
        return str(store.get_key(KvsARN=os.environ["STORE_ARN"], Key=key)["Value"])
    except store.exceptions.ResourceNotFoundException:
        return ""


def read(key: str) -> tuple[bytes, str]:
    """An object of the site bucket and the deployment in its metadata; both are empty if there is none."""
    try:
        answer = client("s3").get_object(Bucket=os.environ["SITE_BUCKET"], Key=key)
    except ClientError as error:
        # S3 answers 403 for a missing object to those who may not list it (GetObject's reference page)
        if error_code(error) not in ("NoSuchKey", "AccessDenied"):
            raise
        return b"", ""
    return answer["Body"].read(), answer["Metadata"].get("deployment", "")


def put(key: str, body: bytes, **options: Any) -> None:
    """Write an object of the site bucket."""
    client("s3").put_object(Bucket=os.environ["SITE_BUCKET"], Key=key, Body=body, **options)


def error_code(error: ClientError) -> str:
    """AWS's name for what went wrong."""
    return error.response["Error"]["Code"]


@functools.cache
def client(service: str) -> Any:
    """The boto3 client for `service`, made once for all that this process answers."""
    register_signer()
    config = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})
    return boto3.client(service, config=config)  # type: ignore[call-overload]  # the stubs want a literal


def timestamp(moment: datetime) -> str:
    """`moment` in UTC, ISO 8601 with milliseconds: as text it sorts by time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
