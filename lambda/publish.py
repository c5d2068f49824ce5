"""Makes a deployment live: the Lambda function behind the pipeline's SUCCEEDED event and every request.

It is the only writer of the store. One `UpdateKeys` call with the store's ETag decides; whatever happens
around it (a lost race, a lost answer, a crash) is mended by looking again, because each look compares the
store with the 404 page and the history. The reasons are in docs/decisions/publisher-protocol.md.
"""

import json
import os
import random
import re
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from aws import KVS, ask, client, listing, read, s3, stored
from botocore.exceptions import ClientError, HTTPClientError
from decide import (
    SWITCHED,
    VALUE_LIMIT,
    Intent,
    Ledger,
    NotThere,
    Past,
    Refused,
    compact,
    decide,
    kept,
    read_ledger,
    write_ledger,
)
from intents import requested, timestamp

LOOKS = 25  # at the store before giving up; each lost race costs one
EVENTS: dict[str, Callable[[dict[str, Any], dict[str, Any]], Intent]] = {}  # by detail-type: see pipeline.py
TEXTS = "id", "commit", "branch", "message", "author", "execution", "created", "uploader", "routing"
LISTS, NUMBERS = ("also", "index", "immutable"), ("files", "bytes")
MANIFEST = dict.fromkeys(TEXTS, str) | dict.fromkeys(LISTS, list) | dict.fromkeys(NUMBERS, int)
PAGE = "_errors/404.html"
DEFAULT_PAGE = b"<!doctype html><html lang=en><meta charset=utf-8><title>Not found</title><h1>Not found</h1>"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer an event or a direct request; the answer is the line in the log and the event that goes out.

    What came as an event and was not done raises, so that Lambda's retries and the failure destination see it. A
    direct request that is refused is answered: whoever asked is still there.
    """
    line: dict[str, Any] = dict.fromkeys(("action", "by", "execution", "deployment", "commit"), "")
    kind = event.get("detail-type")
    unattended = kind == "Deployment Request"
    failure: Exception | None = None
    try:
        since = timestamp()
        if unattended:
            # when it was sent, not when it is tried again: what it did is found in the ledger then
            since = min(since, timestamp(datetime.fromisoformat(event.get("time", since))))
            event = {name: value for name, value in event["detail"].items() if name != "stack"}
        intent = EVENTS[kind](event, line) if kind in EVENTS else requested(event, since)
        line |= {"action": intent.action, "by": intent.by, "deployment": intent.deployment}
        if intent.action == "status":
            return status(intent)
        line |= settle(intent)
    except Refused as error:
        line |= {"outcome": "refused", "reason": str(error)}
        failure = error if unattended or line["execution"] else None
        if isinstance(error, NotThere):
            with suppress(ClientError, HTTPClientError):
                line["choices"] = choices(line["deployment"])
    except Exception as error:
        line |= {"outcome": "failed", "reason": repr(error)}
        failure = error
    line["commit"] = line["deployment"].rpartition("-")[0]
    print(compact(line))  # what a Lambda function prints is its log
    try:
        if line["action"] != "status":
            announce(line)
    except Exception as error:
        line["unannounced"] = str(error)
        print(compact(line))
        failure = failure or (error if unattended or line["execution"] else None)
    if failure:
        raise failure
    return line


def settle(intent: Intent) -> dict[str, Any]:
    """Carry out `intent`, and leave store, history and 404 page in agreement; what came of it.

    The page is compared after the switch too: of two publishers the loser may have written it last.
    """
    store, arn = client(KVS), os.environ["STORE_ARN"]
    answer: dict[str, Any] = {}
    done, problem = False, "the 404 page changes all the time"
    for _ in range(LOOKS):
        try:
            # The ETag first, for a write in between must fail ours. The ledger before `live`: stale is stale.
            etag = store.describe_key_value_store(KvsARN=arn)["ETag"]
            ledger, live = look()
            record(ledger)
            changed = ledger
            if not done:
                seen = past() if intent.action in ("rollback", "auto-rollback", "retire") else Past()
                outcome, reason, changed, deployment = decide(ledger, live, intent, seen)
                if intent.action == "rollback":  # what was meant at first, whoever comes in between
                    intent = intent._replace(deployment=deployment)
                if not answer and changed == ledger and live != deployment and outcome in SWITCHED:
                    outcome = "duplicate"  # an earlier try did it, and others came after it
                if not answer or outcome not in SWITCHED or changed != ledger:  # else only an answer was lost
                    after = deployment if outcome in SWITCHED else live
                    answer = {"outcome": outcome, "reason": reason, "before": live, "after": after}
                    answer |= {"deployment": deployment} | details(changed, live, intent, seen)
            if changed != ledger:
                puts = prepared(outcome, changed, deployment)
                store.update_keys(KvsARN=arn, IfMatch=etag, Puts=puts)
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


def prepared(outcome: str, ledger: Ledger, deployment: str) -> list[dict[str, str]]:
    """What is to be written into the store, after all that must be true and there before it is."""
    puts = [{"Key": "ledger", "Value": write_ledger(ledger, 3 if outcome == "retiring" else 2)}]
    if outcome in (*SWITCHED, "held"):
        value = checked(deployment)  # in every look: a pruner may have been faster
    if outcome in SWITCHED:
        write_page(deployment)
        puts.append({"Key": "live", "Value": value})
    return puts


def look() -> tuple[Ledger, str]:
    """The ledger and the live deployment, as they stand in the store."""
    return read_ledger(stored("ledger")), stored("live").partition(" ")[0]


def past() -> Past:
    """What was live, and what has a manifest, as the keys in the bucket tell."""
    switches = (item["Key"].removeprefix("published/")[23:-5] for item in listing("published/"))
    manifests = (item["Key"].removeprefix("manifests/")[:-5] for item in listing("manifests/"))
    return Past(tuple(switches), frozenset(manifests))


def details(ledger: Ledger, live: str, intent: Intent, seen: Past) -> dict[str, Any]:
    """What a release and a retirement are answered besides."""
    if intent.action == "release":
        return {"waiting": "".join(ledger.waiting[1:])}
    if intent.action == "retire":
        return {"retiring": ledger.retiring, "kept": kept(ledger, live, intent, seen)}
    return {}


def status(intent: Intent) -> dict[str, Any]:
    """What is live, what would follow, and what the ledger knows; nothing is written.

    What one step back would be takes two listings, so whoever need not know may say so.
    """
    ledger, live = look()
    newest = [dict(zip(Intent._fields, entry[:5], strict=False)) for entry in ledger.published]
    return {
        "outcome": "status",
        "after": live,
        **({"previous": past().back(ledger, live)} if intent.previous else {}),
        "hold": dict(zip(("reason", "since", "by"), ledger.hold, strict=False)),
        "waiting": "".join(ledger.waiting[1:]),
        "retiring": ledger.retiring,
        "published": newest,
        "mark": ledger.mark,
    }


def choices(without: str) -> list[str]:
    """Up to ten deployments that could be asked for instead of `without` and of what is live, newest first."""
    ledger, live = look()
    gone = {*ledger.retiring, without, live}
    found = sorted(listing("manifests/"), key=lambda item: str(item["LastModified"]), reverse=True)
    return [name for item in found if (name := item["Key"][10:-5]) not in gone][:10]


def checked(deployment: str) -> str:
    """The value of `live` for a complete deployment; `NotThere` says what it lacks."""
    key, folder = f"manifests/{deployment}.json", f"deployments/{deployment}/"
    text = read(key)[0]
    if not text:
        raise NotThere(f"{key} is missing: no such deployment, or its upload did not finish")
    manifest = json.loads(text)
    wrong = [name for name, kind in MANIFEST.items() if not isinstance(manifest.get(name), kind)]
    if wrong or manifest["id"] != deployment:
        raise NotThere(f"{key} lacks or misstates {', '.join(wrong) or 'id'}: build again")
    sizes = [item["Size"] for item in listing(folder)]
    found, wanted = (len(sizes), sum(sizes)), (manifest["files"], manifest["bytes"])
    if found != wanted:
        raise NotThere(f"{folder} has {found}, its manifest says {wanted} (files, bytes): build again")
    members = [f" {name}={','.join(manifest[name])}" for name in ("also", "index") if manifest[name]]
    value = f"{deployment} {manifest['routing']}{''.join(members)}"
    wellformed = re.fullmatch(r"\S+ (spa|files|folders|mixed)( also=\S+)?( index=\S+)?", value)
    if not wellformed or len(value.encode()) > VALUE_LIMIT:
        raise NotThere(f"{key}: not a routing, a blank in a name, or over {VALUE_LIMIT} bytes: {value}")
    return value


def record(ledger: Ledger) -> None:
    """Write the newest switch into the history if it is not there: a crash can have left out no other."""
    for entry in ledger.published[:1]:
        before = "".join(older.deployment for older in ledger.published[1:2])
        body = dict(zip(Intent._fields, entry[:5], strict=False), before=before)
        there = "PreconditionFailed", "ConditionalRequestConflict"
        key = f"published/{entry.since.replace(':', '')}-{entry.deployment}.json"
        s3("put_object", key, *there, Body=compact(body).encode(), IfNoneMatch="*")


def write_page(deployment: str) -> None:
    """Make the deployment's 404 page, or a plain one, the site's."""
    how = {"ContentType": "text/html; charset=utf-8", "CacheControl": "public, max-age=0, s-maxage=10"}
    body = read(f"deployments/{deployment}/404.html")[0] or DEFAULT_PAGE
    s3("put_object", PAGE, Body=body, Metadata={"deployment": deployment}, **how)


def announce(line: dict[str, Any]) -> None:
    """Send the decision to the account's event bus, for whoever wants to react."""
    detail = compact({**line, "stack": os.environ["STACK"], "pipeline": os.environ.get("PIPELINE", "")})
    entry = {"Source": "instant-hosting", "DetailType": "Deployment Decision", "Detail": detail}
    answer = ask("events", "put_events", Entries=[entry])
    if answer["FailedEntryCount"]:
        raise ClientError({"Error": {"Code": "Refused", "Message": str(answer["Entries"])}}, "PutEvents")
