"""All of one deployment: what it holds, each time it was live, what changed, and whether it may be removed."""

from __future__ import annotations

from typing import TypedDict, cast

from contract import KEEP_DAYS, KEEP_DEPLOYMENTS, Request
from dashboard.changes import changes
from dashboard.looking import Looked
from dashboard.rows import how
from dashboard.shown import How, Names, Row
from deployments.command import Site
from deployments.errors import Failure
from deployments.looking import describe
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


def details(looked: Looked, identity: str) -> Details:
    """What is known of it, asked anew; `Failure` if there is none such."""
    site, memory, known = looked.way.site, looked.way.memory, looked.seen.state
    made = memory.find(identity)
    if not made:
        raise Failure(f"no deployment {identity}: the list shows those that exist")
    (entry,) = describe(site, [made], lambda: known)
    row = looked.row_of(entry)
    switches = {switch.since: switch for switch in memory.switches(None) if switch.deployment == identity}
    told = {(one["since"], one["deployment"]): one for one in known.published}
    records = dict(zip(switches, (record for _, record in memory.read([*switches.values()])), strict=True))
    lived: list[Lived] = []
    for since, until in entry.lived:
        record = told.get((since, identity)) or records.get(since)
        action, by = (record["action"], record["by"]) if record else ("", "")
        lived.append(
            {"since": since, "until": until, "how": how(action, looked.way.source), "action": action, "by": by}
        )
    extras, complete = _surplus(site, identity)
    kept = _kept(site, identity)
    difference = changes(site, identity, known.live)
    return {
        **cast("Details", row),
        "message": entry.message,
        "routing": entry.routing,
        "uploader": entry.uploader,
        "complete": complete,
        "lived": lived[::-1],
        "extras": extras,
        **cast("Details", difference),
        "against_short": looked.short(difference["against"]),
        "removable": not kept,
        "kept_because": kept,
    }


def _surplus(site: Site, identity: str) -> tuple[list[str], str]:
    """What its folder has too much, or why it is not complete."""
    try:
        return find_extras(site, identity), ""
    except Failure as failure:
        return [], str(failure)


def _kept(site: Site, identity: str) -> str:
    """Why a prune would not take it; "" if it would."""

    def ask(request: Request) -> object:
        return site.publisher.ask(**request)

    found = look(site.s3, site.stack.bucket, ask)  # type: ignore[arg-type]
    return staying(found, KEEP_DEPLOYMENTS, KEEP_DAYS).get(identity, "")
