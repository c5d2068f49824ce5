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
from botocore.exceptions import BotoCoreError, ClientError
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
from extras import extras
from intents import requested, timestamp

SECONDS = 200  # of looks at the store before giving up; Lambda gives 300, so the 404 page can still be mended
# What may be asked through an alias; whoever may invoke the function itself, and EventBridge, may ask for everything.
ALIASES: dict[str, tuple[str, ...]] = {
    "ci": ("publish", "status"),
    "webhook": ("hold", "release", "promote", "rollback"),
}
EVENTS: dict[str, Callable[[dict[str, Any], dict[str, Any]], Intent]] = {}  # by detail-type: see pipeline.py
TEXTS = "id", "commit", "branch", "message", "author", "execution", "created", "uploader", "routing"
LISTS, NUMBERS = ("also", "index", "immutable"), ("files", "bytes")
MANIFEST = dict.fromkeys(TEXTS, str) | dict.fromkeys(LISTS, list) | dict.fromkeys(NUMBERS, int)
PAGE = "_errors/404.html"
DEFAULT_PAGE = b"<!doctype html><html lang=en><meta charset=utf-8><title>Not found</title><h1>Not found</h1>"


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer an event or a direct request; the answer is the line in the log and the event that goes out.

    What came as an event and was not done raises, so that Lambda's retries and the failure destination see it. A
    direct request that is refused is answered: whoever asked is still there.
    """
    line: dict[str, Any] = dict.fromkeys(("action", "by", "execution", "deployment", "commit"), "")
    unattended = False
    failure: Exception | None = None
    try:
        kind, asked = event.get("detail-type"), timestamp()
        admit(event, *context.invoked_function_arn.split(":")[7:])
        # random: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
        identity = re.sub("[^0-9a-z]", "", str(event.get("id")))[:6] if kind else None
        unattended = kind == "Deployment Request"
        if unattended:
            # when it was sent, and not when it is tried again
            asked = min(asked, timestamp(datetime.fromisoformat(event.get("time", asked))))
            event = {name: value for name, value in event["detail"].items() if name != "stack"}
        intent = EVENTS[kind](event, line) if kind in EVENTS else requested(event, asked)
        intent = intent._replace(event=identity)
        line |= {"action": intent.action, "by": intent.by, "deployment": intent.deployment}
        if intent.action == "status":
            return status(intent)
        line |= settle(intent)
    except Refused as error:
        line |= {"outcome": "refused", "reason": str(error)}
        failure = error if unattended or line["execution"] else None
        if isinstance(error, NotThere):
            with suppress(Exception):  # the reason is what counts
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


def admit(event: dict[str, Any], alias: str = "$LATEST") -> None:
    """Refuse what may not be asked through `alias`, as docs/decisions/publisher-aliases.md has it."""
    takes = ALIASES.get(alias, ())
    if alias != "$LATEST" and (event.get("action") not in takes or event.get("force") or "detail-type" in event):
        raise Refused(f"alias {alias} takes {', '.join(takes) or 'nothing'}, unforced, and no events: not {event}")


def settle(intent: Intent) -> dict[str, Any]:
    """Carry out `intent`, and leave the 404 page of what is live, whatever came of it."""
    try:
        return carry_out(intent)
    finally:
        agree()


def carry_out(intent: Intent) -> dict[str, Any]:
    """Decide in each look what follows, until it is in the store or nothing is to be written; what came of it."""
    answer: dict[str, Any] = {}
    end, key, problem = time.monotonic() + SECONDS, "", ""
    while time.monotonic() < end:
        try:
            etag, ledger, live = look()
            record(ledger)
            if key and any(listing(key)):  # it came through, only the answer did not
                return answer
            intent = intent._replace(since=timestamp())
            seen = past(ledger) if intent.action in ("rollback", "auto-rollback", "retire") else Past()
            outcome, reason, changed, deployment = decide(ledger, live, intent, seen)
            if intent.action == "rollback":  # what was meant at first, whoever comes in between
                intent = intent._replace(deployment=deployment)
            answer = {"outcome": outcome, "reason": reason, "before": live, "deployment": deployment}
            answer["after"] = deployment if outcome in SWITCHED else live
            if intent.action == "release":
                answer["waiting"] = "".join(changed.waiting[1:])
            if intent.action == "retire":
                answer |= {"retiring": changed.retiring, "kept": kept(changed, live, intent, seen)}
            if changed == ledger:
                return answer
            puts, extra = prepared(outcome, changed, deployment)
            if extra:
                answer["extra"] = {"count": len(extra), "names": [name[:100] for name in extra[:10]]}
            key = history(changed.published[0]) if outcome in SWITCHED else ""
            client(KVS).update_keys(KvsARN=os.environ["STORE_ARN"], IfMatch=etag, Puts=puts)
            record(changed)
            return answer
        except (BotoCoreError, ClientError) as error:
            problem = str(error)
            # which of the two a stale ETag gives is not documented
            if isinstance(error, ClientError) and not re.search(r"\((Conflict|Validation)Exc", problem):
                raise
            time.sleep(random.random() / 5)  # noqa: S311  # jitter, no secret
    raise RuntimeError(f"gave up after {SECONDS} seconds: {problem}")


def agree() -> None:
    """Make the 404 page that of what is live: whoever writes it looks again, so the last one sees one that fits."""
    for _ in range(25):
        live = stored("live").partition(" ")[0]
        if read(PAGE)[1] == live:
            return
        extra = ["404.html"]  # of what cannot be checked no file is known to be its own
        with suppress(NotThere):
            extra = checked(live)[1]
        write_page(live, extra)


def prepared(outcome: str, ledger: Ledger, deployment: str) -> tuple[list[dict[str, str]], list[str]]:
    """What is to be written into the store, after all that must be true and there before it is; what is too much."""
    puts = [{"Key": "ledger", "Value": write_ledger(ledger, 3 if outcome == "retiring" else 2)}]
    extra: list[str] = []
    if outcome in (*SWITCHED, "held"):
        value, extra = checked(deployment)  # in every look: a pruner may have been faster
    if outcome in SWITCHED:
        write_page(deployment, extra)
        puts.append({"Key": "live", "Value": value})
    return puts, extra


def look(before: object = None) -> tuple[str, Ledger, str]:
    """The store's ETag, and the ledger and the live deployment that stand there together.

    They are written by one call and read by two: if they differ there was a write in between, so look again; or a
    person has mended one of them, then they stay so. The ETag comes first, for a write in between must fail ours.
    """
    etag = client(KVS).describe_key_value_store(KvsARN=os.environ["STORE_ARN"])["ETag"]
    found = etag, read_ledger(stored("ledger")), stored("live").partition(" ")[0]
    newest = [entry.deployment for entry in found[1].published[:1]]
    return found if newest == [found[2]] or found == before else look(found)


def past(ledger: Ledger) -> Past:
    """What was live since when until the ledger was read, and what has a manifest, as the keys in the bucket tell."""
    newest = max(map(history, ledger.published), default="published/~")
    switches = [item["Key"][10:-5] for item in listing("published/") if item["Key"] <= newest]
    manifests = (item["Key"][10:-5] for item in listing("manifests/"))
    since = (f"{name[:13]}:{name[13:15]}:{name[15:22]}" for name in switches)
    return Past(tuple(name[23:] for name in switches), frozenset(manifests), tuple(since))


def status(intent: Intent) -> dict[str, Any]:
    """What is live, what would follow, and what the ledger knows; nothing is written.

    What one step back would be takes two listings, so whoever need not know may say so.
    """
    _, ledger, live = look()
    reason, register, by = ledger.hold
    return {
        "outcome": "status",
        "after": live,
        **({"previous": past(ledger).back(ledger, live)} if intent.previous else {}),
        "hold": {"reason": reason, "since": register[:24], "by": by} if reason else {},
        "waiting": "".join(ledger.waiting[1:]),
        "retiring": ledger.retiring,
        "published": [dict(zip(Intent._fields, entry[:6], strict=False)) for entry in ledger.published],
        "mark": ledger.mark[:24],
    }


def choices(without: str) -> list[str]:
    """Up to ten deployments that could be asked for instead of `without` and of what is live, newest first."""
    _, ledger, live = look()
    gone = {*ledger.retiring, without, live}
    found = sorted(listing("manifests/"), key=lambda item: str(item["LastModified"]), reverse=True)
    return [name for item in found if (name := item["Key"][10:-5]) not in gone][:10]


def checked(deployment: str) -> tuple[str, list[str]]:
    """The value of `live` for a complete deployment, and what it has too much; `NotThere` says what it lacks."""
    key, folder = f"manifests/{deployment}.json", f"deployments/{deployment}/"
    text, _, made = read(key)
    if not text:
        raise NotThere(f"{key} is missing: no such deployment, or its upload did not finish")
    try:
        manifest = dict(json.loads(text))
    except (TypeError, ValueError, RecursionError):
        manifest = {}
    wrong = [name for name, kind in MANIFEST.items() if type(manifest.get(name)) is not kind]
    wrong += [name for name in LISTS if name not in wrong and {*map(type, manifest[name])} - {str}]
    if wrong or manifest["id"] != deployment:
        raise NotThere(f"{key} lacks or misstates {', '.join(wrong) or 'id'}: build again")
    extra = extras(folder, listing(folder), manifest, made)
    members = [f" {name}={','.join(manifest[name])}" for name in ("also", "index") if manifest[name]]
    value = f"{deployment} {manifest['routing']}{''.join(members)}"
    wellformed = re.fullmatch(r"\S+ (spa|files|folders|mixed)( also=\S+)?( index=\S+)?", value)
    if not wellformed or not value.isprintable() or len(value.encode()) > VALUE_LIMIT:
        raise NotThere(f"{key}: not a routing, a blank in a name, or over {VALUE_LIMIT} bytes: {value[:200]!r}")
    return value, extra


def record(ledger: Ledger) -> None:
    """Write the newest switch into the history if it is not there: a crash can have left out no other."""
    for entry in ledger.published[:1]:
        before = "".join(older.deployment for older in ledger.published[1:2])
        body = dict(zip(Intent._fields, entry[:6], strict=False), before=before)
        there = "PreconditionFailed", "ConditionalRequestConflict"
        s3("put_object", history(entry), *there, Body=compact(body).encode(), IfNoneMatch="*")


def history(entry: Intent) -> str:
    """The object that tells of a switch."""
    return f"published/{entry.since.replace(':', '')}-{entry.deployment}.json"


def write_page(deployment: str, extra: list[str]) -> None:
    """Make the deployment's own 404 page, or a plain one, the site's."""
    how = {"ContentType": "text/html; charset=utf-8", "CacheControl": "public, max-age=0, s-maxage=10"}
    body = "404.html" not in extra and read(f"deployments/{deployment}/404.html")[0]
    s3("put_object", PAGE, Body=body or DEFAULT_PAGE, Metadata={"deployment": deployment}, **how)


def announce(line: dict[str, Any]) -> None:
    """Send the decision to the account's event bus, for whoever wants to react."""
    detail = compact({**line, "stack": os.environ["STACK"], "pipeline": os.environ.get("PIPELINE", "")})
    entry = {"Source": "instant-hosting", "DetailType": "Deployment Decision", "Detail": detail}
    answer = ask("events", "put_events", Entries=[entry])
    if answer["FailedEntryCount"]:
        raise ClientError({"Error": {"Code": "Refused", "Message": str(answer["Entries"])}}, "PutEvents")
