"""Writes what follows: the store, the history and the site's 404 page.

One `UpdateKeys` call with the store's ETag decides; whatever happens around it (a lost race, a lost answer, a crash)
is mended by looking again, because each look compares the store with the 404 page and the history. The reasons are in
docs/decisions/publisher-protocol.md.
"""

import random
import time
from collections.abc import Callable
from contextlib import suppress

from botocore.exceptions import BotoCoreError, ClientError

from contract import ERROR_PAGE, LEDGER, LIVE, Answer, folder_of
from publisher.aws import listing, read, s3, store
from publisher.completeness import checked, lines_in
from publisher.decision import SWITCHED, Decision, Rules, decide
from publisher.intent import Intent, NotThere
from publisher.ledger import Ledger, record_of, switch_key, write_ledger
from publisher.lines import clear, stock
from publisher.notation import QUOTED, TOLD, compact, timestamp
from publisher.past import Past
from publisher.retirement import kept
from publisher.situation import live_now, look, past_of

TIDIED = 4  # switches that are looked back for lines: what one has left there, the next one takes away
SECONDS = 200  # of looks at the store before giving up; of PUBLISHER_SECONDS the rest mends the 404 page
LOOKS = 25  # at the 404 page: so many switches may come while it is mended
STALE = "ConflictException", "ValidationException"  # which of the two a stale ETag gives is not documented
DEFAULT_PAGE = b"<!doctype html><html lang=en><meta charset=utf-8><title>Not found</title><h1>Not found</h1>"


def settle(intent: Intent, rules: Rules) -> Answer:
    """Carry out `intent`, and leave the 404 page of what is live, whatever came of it.

    If the page cannot be mended, a switch that is done is answered as failed; asked again, it is there already.
    """
    try:
        return carry_out(intent, rules)
    finally:
        agree()


def carry_out(intent: Intent, rules: Rules) -> Answer:
    """Decide in each look what follows, until it is in the store or nothing is to be written; what came of it."""
    answer: Answer = {}
    key = ""  # of the switch that was tried

    def attempt() -> Answer:
        nonlocal intent, answer, key
        etag, ledger, live = look()
        record(ledger)
        if key and any(listing(key)):  # what was tried before came through, only the answer did not
            return answer
        intent = intent._replace(since=timestamp())
        decision, answer = followed(ledger, live, intent, rules)
        if intent.action == "rollback":  # what was meant at first, whoever comes in between
            intent = intent._replace(deployment=decision.deployment)
        if decision.ledger != ledger:
            etag, puts, key, extra = prepare(etag, decision)
            answer |= extra
            etag = store("update_keys", IfMatch=etag, Puts=puts)["ETag"]
            record(decision.ledger)
            tidy(etag, decision)
        return answer

    return patiently(attempt)


def patiently(attempt: Callable[[], Answer]) -> Answer:
    """What an attempt gives; another one follows if somebody else has written meanwhile, or nothing answers."""
    end, problem = time.monotonic() + SECONDS, ""
    while time.monotonic() < end:
        try:
            return attempt()
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] not in STALE:
                raise
            problem = str(error)
            # 0 to 0.2 s: whoever lost together must not try together again; it is no secret
            time.sleep(random.random() / 5)  # noqa: S311
    raise RuntimeError(f"gave up after {SECONDS} seconds: {problem}")


def followed(ledger: Ledger, live: str, intent: Intent, rules: Rules) -> tuple[Decision, Answer]:
    """What follows, and what the log and whoever asked are told of it."""
    past = past_of(ledger) if intent.action in ("rollback", "auto-rollback", "retire") else Past()
    outcome, reason, then, deployment = decision = decide(ledger, live, intent, past, rules)
    answer: Answer = {
        "outcome": outcome,
        "reason": reason,
        "before": live,
        "deployment": deployment,
        "commit": commit_of(deployment),
        "after": deployment if outcome in SWITCHED else live,
    }
    if intent.action == "release":
        answer["waiting"] = "".join(then.waiting[1:])
    if intent.action == "retire":
        answer |= {"retiring": then.retiring, "kept": kept(then, live, intent, past)}
    return decision, answer


def commit_of(deployment: str) -> str:
    """The commit that a deployment was made of, as its ID says."""
    return deployment.rpartition("-")[0]


def prepare(etag: str, decision: Decision) -> tuple[str, list[dict[str, str]], str, Answer]:
    """See to all that must be true and there before the switch is written.

    The store's ETag then, what is to be written, the key of the switch if it is one, and what is told of files that are
    too much.
    """
    outcome, _, ledger, deployment = decision
    puts = [{"Key": LEDGER, "Value": write_ledger(ledger, 3 if outcome == "retiring" else 2)}]
    extra: list[str] = []
    key = ""
    if outcome in (*SWITCHED, "held"):
        value, lines, extra = checked(deployment)  # in every look: a pruner may have been faster
    if outcome in SWITCHED:
        etag = stock(etag, lines)
        write_page(deployment, extra)
        puts.append({"Key": LIVE, "Value": value})
        key = switch_key(ledger.published[0])
    names = [name[:QUOTED] for name in extra[:TOLD]]
    return etag, puts, key, {"extra": {"count": len(extra), "names": names}} if extra else {}


def tidy(etag: str, decision: Decision) -> None:
    """After a switch, take out of the store what only older deployments need; what fails the next switch does."""
    if decision.outcome not in SWITCHED:
        return
    with suppress(BotoCoreError, ClientError):
        published = [entry.deployment for entry in decision.ledger.published[:TIDIED]]
        unneeded = [lines for lines in map(lines_in, published[2:]) if lines]
        needed = [lines_in(deployment) for deployment in published[:2] if unneeded]  # live, and what was before it
        for lines in unneeded:
            etag = clear(etag, lines, {key for kept in needed for key in kept})


def record(ledger: Ledger) -> None:
    """Write the newest switch into the history if it is not there: a crash can have left out no other."""
    for entry in ledger.published[:1]:
        before = "".join(older.deployment for older in ledger.published[1:2])
        s3(
            "put_object",
            switch_key(entry),
            "PreconditionFailed",
            "ConditionalRequestConflict",  # it is there, or somebody writes it
            Body=compact({**record_of(entry), "before": before}).encode(),
            IfNoneMatch="*",
        )


def agree() -> None:
    """Make the 404 page that of what is live: whoever writes it looks again, so the last one sees one that fits."""
    for _ in range(LOOKS):
        live = live_now()
        if read(ERROR_PAGE)[1] == live:
            return
        extra = ["404.html"]  # of what cannot be checked no file is known to be its own
        with suppress(NotThere):
            extra = checked(live).extra
        write_page(live, extra)


def write_page(deployment: str, extra: list[str]) -> None:
    """Make the deployment's own 404 page, or a plain one, the site's."""
    body = "404.html" not in extra and read(folder_of(deployment) + "404.html")[0]
    s3(
        "put_object",
        ERROR_PAGE,
        Body=body or DEFAULT_PAGE,
        Metadata={"deployment": deployment},
        ContentType="text/html; charset=utf-8",
        CacheControl="public, max-age=0, s-maxage=10",  # MISSING_SECONDS, as a test holds; by name it costs 36 bytes
    )
