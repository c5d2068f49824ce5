"""`list`, `show` and `status`: what there is, what is live and since when. They read and change nothing.

Each is one look at one moment: what they show was asked for anew, and nothing is kept for the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC

import click

from contract import Manifest, SwitchRecord
from deployments.catalog import Made, Period, Switch, periods, shorten
from deployments.command import Site, example, on_site
from deployments.completing import identities
from deployments.errors import Failure
from deployments.output import Column, age, first_line, moment, size
from deployments.publisher import State
from deployments.surplus import find_extras

_COLUMNS = (
    Column("", "green", narrow="whole"),
    Column("ID", "cyan", narrow="whole"),
    Column("AGE", right=True, narrow="whole"),
    Column("MESSAGE"),
    Column("BRANCH", least=80, most=14),
    Column("AUTHOR", least=80, most=10),
    Column("LIVE (UTC)", narrow="whole", least=120),
    Column("BY", least=140, most=18),
    Column("SIZE", right=True, narrow="whole", least=140),
    Column("FILES", right=True, narrow="whole", least=160),
)
_TEXTS = "commit", "branch", "message", "author", "created", "execution", "routing", "uploader"  # of a manifest


@dataclass(frozen=True)
class Entry:
    """A deployment as `list` and `show` tell of it; what neither its manifest nor the history says is empty."""

    id: str
    live: bool
    waiting: bool
    commit: str
    branch: str
    message: str
    author: str
    created: str
    execution: str
    routing: str
    uploader: str
    uploaded: str
    files: int
    bytes: int
    shared: int
    action: str  # that made it live the last time, and by whom
    by: str
    lived: tuple[Period, ...]

    def value(self) -> Mapping[str, object]:
        """The JSON of it."""
        return {**asdict(self), "lived": [period._asdict() for period in self.lived]}


@click.command(epilog=example("deployments list --limit 50"))
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many of the newest to show.",
)
@click.option("--all", "everything", is_flag=True, help="Show all of them.")
@on_site
def list_command(site: Site, limit: int, everything: bool) -> None:
    """Show the newest deployments, newest first, and when each was live.

    On a terminal it says which one is live, and which one waits for the end of a hold. IDs are shortened as far as they
    stay unique. A wider terminal shows more columns, from 80, 120, 140 and 160 characters on. In a pipe each line has,
    between tabs: mark (`*` live, `w` waiting), ID, commit, branch, message, author, when it was uploaded, files, bytes,
    action and who asked, since when it was last live, until when.
    """
    with ThreadPoolExecutor(1) as executor:
        state = executor.submit(site.publisher.state, previous=False)
        made = site.catalog.made()
        shown = made if everything else made[:limit]
        entries = describe(site, shown, state.result)
    for_people = site.output.for_people
    rows = _rows(entries, made) if for_people else [_plain(entry) for entry in entries]
    site.output.rows(_COLUMNS, rows, [entry.value() for entry in entries])
    if for_people:
        _say(site, len(made) - len(shown), state.result())


@click.command(epilog=example("deployments show 4f2c1e9a-1a2b"))
@click.argument("deployment", metavar="ID", shell_complete=identities)
@on_site
def show(site: Site, deployment: str) -> None:
    """Show one deployment: where it comes from, what it holds, and each time it was live.

    It also names the files that came into its folder after it was complete. `prune ID --extras` takes them away.
    """
    identity = site.catalog.resolve(deployment)
    made = site.catalog.find(identity)
    if not made:
        raise Failure(f"no deployment {deployment}: `list` shows those that exist")
    state = site.publisher.state()
    (entry,) = describe(site, [made], lambda: state)
    previous = identity == state.previous
    extras, incomplete = _surplus(site, identity)
    lived = [f"{moment(period.since)} to {moment(period.until) or 'now'}" for period in entry.lived]
    facts = {"id": entry.id, "state": _words(entry, previous), **{name: getattr(entry, name) for name in _TEXTS}}
    facts |= {"files": f"{entry.files:,} own, {entry.shared:,} shared", "size": size(entry.bytes)}
    facts |= {"extras": "\n".join(extras), "incomplete": incomplete}
    facts |= {"uploaded": entry.uploaded, "by": _by(entry), "lived": "\n".join(lived), "url": site.url}
    value = {**entry.value(), "previous": previous, "extras": extras, "incomplete": incomplete}
    site.output.facts(facts, value)


@click.command(epilog=example("deployments status --json"))
@on_site
def status(site: Site) -> None:
    """Show what is live, what one step back would be, a hold, and what waits for its end."""
    state = site.publisher.state()
    facts = {"url": site.url, "live": state.live or "nothing yet"}
    for newest in state.published[:1]:
        since = newest["since"]
        facts |= {"since": f"{moment(since)} UTC, {age(since)}", "by": f"{newest['action']} {newest['by']}"}
    facts |= {"previous": state.previous, "hold": _hold(state), "waiting": state.waiting}
    facts |= {"retiring": " ".join(state.retiring)}
    site.output.facts(facts, {"stack": site.stack.name, "url": site.url, **state._asdict()})


def _surplus(site: Site, identity: str) -> tuple[list[str], str]:
    """What the folder has too much, or why that cannot be told."""
    try:
        return find_extras(site, identity), ""
    except Failure as failure:
        return [], str(failure)


def history(switches: Sequence[Switch], state: State) -> list[Switch]:
    """The switches with those that the publisher remembers and has not written yet, oldest first."""
    known = {(switch.since, switch.deployment) for switch in switches}
    remembered = [Switch(entry["since"], entry["deployment"], "") for entry in state.published]
    return sorted([*switches, *(switch for switch in remembered if switch[:2] not in known)])


def describe(site: Site, shown: Sequence[Made], ask: Callable[[], State]) -> list[Entry]:
    """What is known of the shown deployments; only their manifests and last switches are read."""
    if not shown:
        return []
    recent = site.catalog.switches(min(made.uploaded for made in shown))
    state = ask()
    switches = history(recent, state)
    last = {switch.deployment: switch for switch in switches}
    told = {(entry["since"], entry["deployment"]): entry for entry in state.published}
    known = [last.get(made.id, Switch("", made.id, "")) for made in shown]
    # what the publisher remembers need not be read
    read = site.catalog.read([switch._replace(key="") if switch[:2] in told else switch for switch in known])
    lives = periods(switches)
    return [
        _entry(made, manifest, told.get(switch[:2], record), lives.get(made.id, []), state)
        for made, switch, (manifest, record) in zip(shown, known, read, strict=True)
    ]


def _entry(made: Made, manifest: Manifest, record: SwitchRecord, lived: Sequence[Period], state: State) -> Entry:
    return Entry(
        id=made.id,
        live=made.id == state.live,
        waiting=made.id == state.waiting,
        **{name: str(manifest.get(name, "")) for name in _TEXTS},
        uploaded=f"{made.uploaded.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        files=manifest.get("files", 0),
        bytes=manifest.get("bytes", 0),
        shared=len(manifest.get("immutable", ())),
        action=record.get("action", ""),
        by=record.get("by", ""),
        lived=tuple(lived),
    )


def _mark(entry: Entry) -> str:
    return "*" if entry.live else "w" if entry.waiting else ""


def _words(entry: Entry, previous: bool) -> str:
    words = {"live": entry.live, "previous": previous, "waiting": entry.waiting}
    return ", ".join(word for word, is_so in words.items() if is_so) or ("was live" if entry.lived else "never live")


def _by(entry: Entry) -> str:
    return f"{entry.action} {entry.by}".strip()


def _rows(entries: Sequence[Entry], made: Sequence[Made]) -> list[list[str]]:
    """A line of a terminal for each of `entries`, named so that it means none else of those that are `made`."""
    names = shorten([entry.id for entry in entries], (one.id for one in made))
    return [_row(entry, names[entry.id]) for entry in entries]


def _row(entry: Entry, name: str) -> list[str]:
    live = ""
    if entry.lived:
        since, until = entry.lived[-1]
        live = f"{moment(since)}, {f'for {age(since, until)}' if until else 'now'}"
    state = "live" if entry.live else "waits" if entry.waiting else ""
    texts = [state, name, age(entry.uploaded), first_line(entry.message), entry.branch, entry.author, live, _by(entry)]
    return [*texts, size(entry.bytes), f"{entry.files:,}"]


def _plain(entry: Entry) -> list[str]:
    last = entry.lived[-1] if entry.lived else Period("", "")
    texts = [entry.id, entry.commit, entry.branch, entry.message, entry.author, entry.uploaded]
    return [_mark(entry), *texts, str(entry.files), str(entry.bytes), _by(entry), *last]


def _hold(state: State) -> str:
    hold = state.hold
    return f"{hold['reason']} (since {moment(hold['since'])} UTC, by {hold['by']})" if hold else ""


def _say(site: Site, more: int, state: State) -> None:
    if more:
        site.output.note(f"and {more:,} older: --all, or --limit", "dim")
    if state.hold:
        site.output.note(f"held: {_hold(state)}", "yellow")
