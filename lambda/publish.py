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
KVS = "cloudfront-keyvaluestore"
REQUEST = {"action": str, "deployment": str, "by": str, "sequence": int, "force": bool}
TEXTS = "id", "commit", "branch", "message", "author", "execution", "created", "uploader", "routing"
LISTS, NUMBERS = ("also", "index", "immutable"), ("files", "bytes")
MANIFEST = dict.fromkeys(TEXTS, str) | dict.fromkeys(LISTS, list) | dict.fromkeys(NUMBERS, int)
PAGE = "_errors/404.html"
DEFAULT_PAGE = b"<!doctype html><html lang=en><meta charset=utf-8><title>Not found</title><h1>Not found</h1>"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer a pipeline event or a request; the answer is the line that stands in the log.

    An event of the pipeline that should have been published and was not raises, so that Lambda's retries and
    the failure destination see it. A refused request is answered: whoever asked is still there.
    """
    line = {"execution": "", "commit": "", "deployment": ""}
    try:
        if detail := event.get("detail"):
            found = detail.get("pipeline"), event.get("detail-type"), detail.get("state")
            wanted = os.environ.get("PIPELINE"), "CodePipeline Pipeline Execution State Change", "SUCCEEDED"
            if found != wanted:
                raise Refused(f"the event is {found}, not {wanted}")
            line["execution"] = execution = detail["execution-id"]
            start = timestamp(datetime.fromisoformat(detail["start-time"]))
            intent = Intent(deployment_of(execution), timestamp(), "pipeline", execution, start=start)
        else:
            intent = requested(event)
        line |= {"deployment": intent.deployment, "commit": intent.deployment.rpartition("-")[0]}
        line |= settle(intent)
    except Exception as error:
        refused = isinstance(error, Refused)
        line |= (
            {"outcome": "refused", "reason": str(error)} if refused else {"outcome": "failed", "reason": repr(error)}
        )
        if line["execution"] or not refused:
            raise
    finally:
        print(compact(line))  # what a Lambda function prints is its log
    return line


def requested(event: dict[str, Any]) -> Intent:
    """The intent of a direct request; its format is in docs/decisions/publisher-requests.md."""
    known = all(isinstance(value, REQUEST.get(name, ())) for name, value in event.items())
    named = known and re.fullmatch("[0-9A-Za-z][0-9A-Za-z_-]{9,63}", event.get("deployment", ""))
    if not named or event.get("action") not in ("publish", "promote"):
        raise Refused(f"{event} is not a request: action (publish, promote), deployment, by, sequence, force")
    by = event.get("by", "request")[:40]
    while len(compact(by).encode()) > 42:  # so that no name fills the ledger: 40 bytes and the quotes
        by = by[:-1]
    return Intent(**{**event, "by": by, "since": timestamp()})


def deployment_of(execution: str) -> str:
    """The deployment that a pipeline execution made; a rollback execution without one has its target's."""
    made = read(f"executions/{execution}")[0]
    if not made:
        ids = {"pipelineName": os.environ["PIPELINE"], "pipelineExecutionId": execution}
        run = client("codepipeline").get_pipeline_execution(**ids)["pipelineExecution"]
        target = run.get("rollbackMetadata", {}).get("rollbackTargetPipelineExecutionId")
        made = target and read(f"executions/{target}")[0]
    if not made:
        raise Refused(f"executions/{execution} is missing: the upload did not finish; run the build again")
    return made.decode().strip()


def settle(intent: Intent) -> dict[str, str]:
    """Carry out `intent`, and leave store, history and 404 page in agreement; what came of it.

    The page is compared after the switch too: of two publishers the loser may have written it last.
    """
    store, arn = client(KVS), os.environ["STORE_ARN"]
    answer: dict[str, str] = {}
    done, problem = False, "the 404 page changes all the time"
    for _ in range(LOOKS):
        try:
            # The ETag first, for a write in between must fail ours. The ledger before `live`: stale is stale.
            etag = store.describe_key_value_store(KvsARN=arn)["ETag"]
            ledger, live = read_ledger(stored("ledger")), stored("live").partition(" ")[0]
            record(ledger)
            changed = ledger
            if not done:
                outcome, reason, changed = decide(ledger, live, intent)
                after = intent.deployment if outcome == "published" else live
                if not answer or outcome != "published" or changed != ledger:  # else only an answer was lost
                    answer = {"outcome": outcome, "reason": reason, "before": live, "after": after}
            if changed != ledger:
                puts = {"ledger": write_ledger(changed)}
                value = checked(intent.deployment)  # in every look: a pruner may have been faster
                if outcome == "published":
                    write_page(intent.deployment)
                    puts["live"] = value
                pairs = [{"Key": key, "Value": puts[key]} for key in puts]
                store.update_keys(KvsARN=arn, IfMatch=etag, Puts=pairs)
                done = True
            elif not live or read(PAGE)[1] == live:
                return answer
            else:
                write_page(live)
        except (ClientError, HTTPClientError) as error:
            problem = str(error)
            # which of the two a stale ETag gives is not documented
            if isinstance(error, ClientError) and not re.search(r"\((Conflict|Validation)Exc", problem):
                raise
            time.sleep(random.random() / 5)  # noqa: S311  # jitter, no secret
    raise RuntimeError(f"gave up after {LOOKS} looks at the store: {problem}")


def checked(deployment: str) -> str:
    """The value of `live` for a complete deployment; `Refused` says what it lacks."""
    key, folder = f"manifests/{deployment}.json", f"deployments/{deployment}/"
    text = read(key)[0]
    if not text:
        raise Refused(f"{key} is missing: no such deployment, or its upload did not finish")
    manifest = json.loads(text)
    wrong = [name for name, kind in MANIFEST.items() if not isinstance(manifest.get(name), kind)]
    if wrong or manifest["id"] != deployment:
        raise Refused(f"{key} lacks or misstates {', '.join(wrong) or 'id'}: build again")
    lister = client("s3").get_paginator("list_objects_v2")
    pages = lister.paginate(Bucket=os.environ["SITE_BUCKET"], Prefix=folder)
    sizes = [item["Size"] for page in pages for item in page.get("Contents", ())]
    found, wanted = (len(sizes), sum(sizes)), (manifest["files"], manifest["bytes"])
    if found != wanted:
        raise Refused(f"{folder} has {found}, its manifest says {wanted} (files, bytes): build again")
    members = [f" {name}={','.join(manifest[name])}" for name in ("also", "index") if manifest[name]]
    value = f"{deployment} {manifest['routing']}{''.join(members)}"
    wellformed = re.fullmatch(r"\S+ (spa|files|folders|mixed)( also=\S+)?( index=\S+)?", value)
    if not wellformed or len(value.encode()) > VALUE_LIMIT:
        raise Refused(f"{key}: not a routing, a blank in a name, or over {VALUE_LIMIT} bytes: {value}")
    return value


def record(ledger: Ledger) -> None:
    """Write the newest switch into the history if it is not there: a crash can have left out no other."""
    for entry in ledger.published[:1]:
        before = "".join(older.deployment for older in ledger.published[1:2])
        body = dict(zip(("deployment", "since", "action", "by", "sequence"), entry, strict=False), before=before)
        there = "PreconditionFailed", "ConditionalRequestConflict"
        key = f"published/{entry.since.replace(':', '')}-{entry.deployment}.json"
        s3("put_object", key, *there, Body=compact(body).encode(), IfNoneMatch="*")


def write_page(deployment: str) -> None:
    """Make the deployment's 404 page, or a plain one, the site's."""
    how = {"ContentType": "text/html; charset=utf-8", "CacheControl": "public, max-age=0, s-maxage=10"}
    body = read(f"deployments/{deployment}/404.html")[0] or DEFAULT_PAGE
    s3("put_object", PAGE, Body=body, Metadata={"deployment": deployment}, **how)


def stored(key: str) -> str:
    """The value of `key` in the store, "" if there is none."""
    arn = os.environ["STORE_ARN"]
    answer = ask(KVS, "get_key", "ResourceNotFoundException", KvsARN=arn, Key=key)
    return str(answer.get("Value", ""))


def read(key: str) -> tuple[bytes, str]:
    """An object of the site bucket and the deployment in its metadata; both are empty if there is none."""
    # S3 answers 403 for a missing object to those who may not list it (GetObject's reference page)
    answer = s3("get_object", key, "NoSuchKey", "AccessDenied")
    return (answer["Body"].read(), answer["Metadata"].get("deployment", "")) if answer else (b"", "")


def s3(operation: str, key: str, *expected: str, **arguments: Any) -> dict[str, Any]:
    """S3's answer about an object of the site bucket, {} for an expected error."""
    return ask("s3", operation, *expected, Bucket=os.environ["SITE_BUCKET"], Key=key, **arguments)


def ask(service: str, operation: str, *expected: str, **arguments: Any) -> dict[str, Any]:
    """The answer of an AWS service, {} for an expected error."""
    try:
        return dict(getattr(client(service), operation)(**arguments))
    except ClientError as error:
        if error.response["Error"]["Code"] not in expected:
            raise
        return {}


@functools.cache
def client(service: str) -> Any:
    """The boto3 client for `service`, made once for all that this process answers."""
    register_signer()
    return boto3.client(service, config=Config(connect_timeout=3, read_timeout=10))


def timestamp(moment: datetime | None = None) -> str:
    """`moment`, or now, in UTC, ISO 8601 with milliseconds: as text it sorts by time."""
    return (moment or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
