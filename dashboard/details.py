"""All of one deployment: what it holds, each time it was live, what changed, and whether it may be removed.

It is asked for when a row is opened, as it costs listings that a list of 2,500 must not cost.
"""

from __future__ import annotations

from typing import TypedDict, cast

from contract import KEEP_DAYS, KEEP_DEPLOYMENTS, Answer, Request, SwitchRecord
from dashboard.changes import changes
from dashboard.rows import how
from dashboard.shown import How, Names, Row
from dashboard.watching import Watched
from deployments.catalog import NO_RECORD, Period
from deployments.command import Site
from deployments.errors import Failure
from deployments.looking import Entry, describe
from deployments.surplus import find_extras
from pruner.keeping import staying
from pruner.looking import look


class Lived(TypedDict):
    """A time in which it was live."""

    since: str
    until: str
    how: How
    action: str
    by: str


class Details(Row, total=False):
    """What the page shows of one deployment beside its row."""

    routing: str
    uploader: str
    complete: str
    lived: list[Lived]
    extras: list[str]
    against: str
    against_short: str
    added: Names
    changed: Names
    removed: Names
    unknown: str
    removable: bool
    kept_because: str


def details(watched: Watched, identity: str) -> Details:
    """What is known of it, asked anew; `Failure` if there is none such."""
    site, known = watched.way.site, watched.seen.state
    made = watched.way.memory.find(identity)
    if not made:
        raise Failure(f"no deployment {identity}: the list shows those that exist")
    (entry,) = describe(site, [made], lambda: known)
    row = watched.row_of(entry)
    extras, complete = _surplus(site, identity)
    kept = _kept(site, identity)
    difference = changes(site, identity, known.live)
    return {
        **cast("Details", row),
        "message": entry.message,
        "routing": entry.routing,
        "uploader": entry.uploader,
        "complete": complete,
        "lived": _lived(watched, entry),
        "extras": extras,
        **cast("Details", difference),
        "against_short": watched.short(difference["against"]),
        "removable": not kept,
        "kept_because": kept,
    }


def _lived(watched: Watched, entry: Entry) -> list[Lived]:
    """Each time in which it was live, the newest first; what the publisher remembers need not be read."""
    memory, state = watched.way.memory, watched.seen.state
    switches = [switch for switch in memory.switches(None) if switch.deployment == entry.id]
    read = zip(switches, memory.read(switches), strict=True)
    records = {switch.since: record for switch, (_, record) in read}
    records |= {one["since"]: one for one in state.published if one["deployment"] == entry.id}
    return [_period(period, records.get(period.since, NO_RECORD), watched.way.source) for period in entry.lived[::-1]]


def _period(period: Period, record: SwitchRecord, source: str) -> Lived:
    action, by = record["action"], record["by"]
    return {"since": period.since, "until": period.until, "how": how(action, source), "action": action, "by": by}


def _surplus(site: Site, identity: str) -> tuple[list[str], str]:
    """What its folder has too much, or why it is not complete."""
    try:
        return find_extras(site, identity), ""
    except Failure as failure:
        return [], str(failure)


def _kept(site: Site, identity: str) -> str:
    """Why a prune would not take it; "" if it would."""

    def ask(request: Request) -> Answer:
        return site.publisher.ask(**request)

    found = look(site.s3, site.stack.bucket, ask)
    return staying(found, KEEP_DEPLOYMENTS, KEEP_DAYS).get(identity, "")
