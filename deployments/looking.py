"""`list`, `show` and `status`: what there is, what is live and since when. They read and change nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import click

from deployments.catalog import Made, Period, Switch, periods, shorten
from deployments.command import Site, example, on_site
from deployments.errors import Failure
from deployments.output import Column, age, first_line, moment, size
from deployments.publisher import State

_COLUMNS = (
    Column("", "green", whole=True),
    Column("ID", "cyan", whole=True),
    Column("BRANCH"),
    Column("MESSAGE"),
    Column("AUTHOR"),
    Column("AGE", right=True, whole=True),
    Column("FILES", right=True, whole=True),
    Column("SIZE", right=True, whole=True),
    Column("BY"),
    Column("LIVE (UTC)", whole=True),
)
_TEXTS = "commit", "branch", "message", "author", "created", "execution", "routing", "uploader"


class Overview(NamedTuple):
    """What the listings and the publisher say, before any manifest is read."""

    made: list[Made]
    switches: list[Switch]
    state: State


@click.command(epilog=example("deployments list --limit 50"))
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many of the newest.")
@click.option("--all", "everything", is_flag=True, help="All of them.")
@on_site
def list_command(site: Site, limit: int, everything: bool) -> None:
    """Show the newest deployments, newest first, and when each was live.

    A terminal marks the live one with `*`, the previous one (what one step back would be) with `-`, one that waits for
    the end of a hold with `w`; IDs are shortened as far as they stay unique. In a pipe each line has, between tabs:
    mark, ID, commit, branch, message, author, when it was uploaded, files, bytes, action and who asked, since when it
    was last live, until when.
    """
    overview = look(site)
    shown = overview.made if everything else overview.made[:limit]
    found = describe(site, shown, overview)
    if site.output.as_json or not site.output.out.is_terminal:
        rows = [_plain(entry) for entry in found]
    else:
        names = shorten([made.id for made in shown], (made.id for made in overview.made))
        rows = [_row(entry, names[entry["id"]]) for entry in found]
    site.output.rows(_COLUMNS, rows, found)
    if not site.output.as_json and site.output.out.is_terminal:
        _say(site, len(overview.made) - len(shown), overview.state)


@click.command(epilog=example("deployments show 4f2c1e9a-1a2b"))
@click.argument("deployment", metavar="ID")
@on_site
def show(site: Site, deployment: str) -> None:
    """Show one deployment: where it comes from, what it holds, and each time it was live."""
    identity = site.catalog.resolve(deployment)
    overview = look(site)
    made = [entry for entry in overview.made if entry.id == identity]
    if not made:
        raise Failure(f"no deployment {deployment}: `list` shows those there are")
    (entry,) = describe(site, made, overview)
    lived = [f"{moment(p['since'])} to {moment(p['until']) or 'now'}" for p in entry["lived"]]
    facts = {"id": entry["id"], "state": _words(entry), **{name: entry[name] for name in _TEXTS}}
    facts |= {"files": f"{entry['files']:,} own, {entry['shared']:,} shared", "size": size(entry["bytes"])}
    facts |= {"uploaded": entry["uploaded"], "by": _by(entry), "lived": "\n".join(lived), "url": site.url}
    site.output.facts(facts, entry)


@click.command(epilog=example("deployments status --json"))
@on_site
def status(site: Site) -> None:
    """Show what is live, what one step back would be, a hold, and what waits for its end."""
    state = site.publisher.state()
    newest = state.published[0] if state.published else {}
    since = newest.get("since", "")
    facts = {"url": site.url, "live": state.live or "nothing yet"}
    if since:
        facts |= {"since": f"{moment(since)} UTC, {age(since)}", "by": f"{newest['action']} {newest['by']}"}
    facts |= {"previous": state.previous, "hold": _hold(state), "waiting": state.waiting}
    facts |= {"retiring": " ".join(state.retiring)}
    site.output.facts(facts, {"stack": site.stack.name, "url": site.url, **state._asdict()})


def look(site: Site) -> Overview:
    """Everything that two listings and one question tell, at once."""
    with ThreadPoolExecutor(3) as executor:
        made, switches = executor.submit(site.catalog.made), executor.submit(site.catalog.switches)
        state = site.publisher.state()
        return Overview(made.result(), history(switches.result(), state), state)


def history(switches: Sequence[Switch], state: State) -> list[Switch]:
    """The switches with those that the publisher remembers and has not written yet, oldest first."""
    known = {(switch.since, switch.deployment) for switch in switches}
    remembered = [Switch(entry["since"], entry["deployment"], "") for entry in state.published]
    return sorted([*switches, *(switch for switch in remembered if switch[:2] not in known)])


def describe(site: Site, shown: Sequence[Made], overview: Overview) -> list[dict[str, Any]]:
    """What is known of the shown deployments; only their manifests and last switches are read."""
    last = {switch.deployment: switch for switch in overview.switches}
    told = {(entry["since"], entry["deployment"]): entry for entry in overview.state.published}
    keys = {}
    for made in shown:
        switch = last.get(made.id)
        keys[made.id] = switch.key if switch and switch[:2] not in told else ""
    objects = site.catalog.read([*(f"manifests/{made.id}.json" for made in shown), *keys.values()])
    lives = periods(overview.switches)
    found = []
    for made, manifest, event in zip(shown, objects, objects[len(shown) :], strict=False):
        switch = last.get(made.id)
        entry = event or (told.get(switch[:2], {}) if switch else {})
        found.append(_entry(made, manifest, entry, lives.get(made.id, []), overview.state))
    return found


def _entry(
    made: Made, manifest: Mapping[str, Any], event: Mapping[str, Any], lived: Sequence[Period], state: State
) -> dict[str, Any]:
    marks = {"live": state.live, "previous": state.previous, "waiting": state.waiting}
    entry: dict[str, Any] = {"id": made.id, **{name: made.id == identity for name, identity in marks.items()}}
    entry |= {name: str(manifest.get(name, "")) for name in _TEXTS}
    entry |= {"uploaded": made.uploaded, "files": manifest.get("files", 0), "bytes": manifest.get("bytes", 0)}
    entry |= {"shared": len(manifest.get("immutable", ()))}
    entry |= {name: event.get(name, "") for name in ("action", "by")}
    return {**entry, "lived": [period._asdict() for period in lived]}


def _mark(entry: Mapping[str, Any]) -> str:
    return "*" if entry["live"] else "-" if entry["previous"] else "w" if entry["waiting"] else ""


def _words(entry: Mapping[str, Any]) -> str:
    words = [name for name in ("live", "previous", "waiting") if entry[name]]
    return ", ".join(words) or ("was live" if entry["lived"] else "never live")


def _by(entry: Mapping[str, Any]) -> str:
    return f"{entry['action']} {entry['by']}".strip()


def _row(entry: Mapping[str, Any], name: str) -> list[str]:
    lived = entry["lived"]
    live = f"{moment(lived[-1]['since'])} to {moment(lived[-1]['until']) or 'now'}" if lived else ""
    texts = [_mark(entry), name, entry["branch"], first_line(entry["message"]), entry["author"], age(entry["uploaded"])]
    return [*texts, f"{entry['files']:,}", size(entry["bytes"]), _by(entry), live]


def _plain(entry: Mapping[str, Any]) -> list[str]:
    last = entry["lived"][-1] if entry["lived"] else {"since": "", "until": ""}
    texts = [entry[name] for name in ("id", "commit", "branch", "message", "author", "uploaded")]
    return [_mark(entry), *texts, str(entry["files"]), str(entry["bytes"]), _by(entry), last["since"], last["until"]]


def _hold(state: State) -> str:
    hold = state.hold
    return f"{hold['reason']} (since {moment(hold['since'])} UTC, by {hold['by']})" if hold else ""


def _say(site: Site, more: int, state: State) -> None:
    if more:
        site.output.note(f"and {more:,} older: --all, or --limit", "dim")
    if state.hold:
        site.output.note(f"held: {_hold(state)}", "yellow")
