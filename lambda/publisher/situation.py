"""What is so: what the store and the bucket tell of the live deployment, of those before it, and of the others.

All of it is read before anything is decided, so that a decision is a function of values and can be tried as one.
"""

from contract import HISTORY, LEDGER, LIVE, MANIFESTS, Status, manifested, switched
from publisher.aws import listing, store, stored
from publisher.intent import Intent
from publisher.ledger import Ledger, read_ledger, record_of, switch_key
from publisher.notation import MOMENT, TOLD, in_full
from publisher.past import Past


def look(before: object = None) -> tuple[str, Ledger, str]:
    """The store's ETag, and the ledger and the live deployment that stand there together.

    They are written by one call and read by two: if they differ there was a write in between, so look again; or a
    person has mended one of them, then they stay so. The ETag comes first, for a write in between must fail ours.
    """
    etag = store("describe_key_value_store")["ETag"]
    seen = etag, read_ledger(stored(LEDGER)), live_now()
    newest = [entry.deployment for entry in seen[1].published[:1]]
    return seen if newest == [seen[2]] or seen == before else look(seen)


def live_now() -> str:
    """The deployment that visitors get; "" before the first one."""
    return stored(LIVE).partition(" ")[0]


def past_of(ledger: Ledger) -> Past:
    """What was live since when until the ledger was read, and what has a manifest, as the keys in the bucket tell."""
    newest = max(map(switch_key, ledger.published), default=f"{HISTORY}~")
    switches = [switched(item["Key"]) for item in listing(HISTORY) if item["Key"] <= newest]
    return Past(
        tuple(deployment for _, deployment in switches),
        frozenset(manifested(item["Key"]) for item in listing(MANIFESTS)),
        tuple(in_full(time) for time, _ in switches),
    )


def status(intent: Intent) -> Status:
    """What is live, what would follow, and what the ledger knows; nothing is written.

    What one step back would be takes two listings, so whoever need not know may say so.
    """
    _, ledger, live = look()
    reason, register, by = ledger.hold
    answer: Status = {
        "outcome": "status",
        "after": live,
        "hold": {"reason": reason, "since": register[MOMENT], "by": by} if reason else {},
        "waiting": "".join(ledger.waiting[1:]),
        "retiring": ledger.retiring,
        "published": [*map(record_of, ledger.published)],
        "mark": ledger.mark[MOMENT],
    }
    if intent.previous:
        answer["previous"] = past_of(ledger).back(ledger, live)
    return answer


def choices(without: str) -> list[str]:
    """Some deployments that could be asked for instead of `without` and of what is live, newest first."""
    _, ledger, live = look()
    gone = {*ledger.retiring, without, live}
    newest = sorted(listing(MANIFESTS), key=lambda item: item["LastModified"], reverse=True)
    return [name for item in newest if (name := manifested(item["Key"])) not in gone][:TOLD]
