"""One look at a site after the other: what is live, what waits, what runs; and the list, when something has changed.

A look costs a question to the publisher. Whatever else it asks, it asks when that has changed, or once in a while.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from dashboard import shown
from dashboard.builds import Builds, moment, newest_first
from dashboard.health import LOADING, health, health_of
from dashboard.links import Links, links
from dashboard.memory import Memory
from dashboard.rows import compact, deployment_rows, together
from dashboard.shown import Health, Partly, Row
from dashboard.sites import key_of
from deployments.catalog import Made, Switch, shorten
from deployments.command import Site
from deployments.looking import Entry, describe, history
from deployments.publisher import State

if TYPE_CHECKING:
    from aws_types import Clients

_NOTHING = State("", "", "", {}, [], [])
# Seconds between two looks at what is rarely news, unless something has happened: by itself it shows a deployment that
# was not published, and a build that begins
_LISTING_EVERY, _BUILDS_EVERY = 60.0, 15.0
_AT_FIRST = 100  # deployments that are shown before all are read
_UNFINISHED = "+"  # at the end of such a list's revision


class Listing(NamedTuple):
    """The list as it is sent, and what it is called."""

    revision: str
    body: bytes


class Seen(NamedTuple):
    """What a look has found; one is replaced by the next as a whole, for others read it meanwhile."""

    state: State = _NOTHING
    marked: Mapping[str, Row] = {}
    running: Sequence[Row] = ()
    asked: str = ""


class Looked:
    """A site as the page knows it. One thread looks at a time; what it has found is replaced as a whole."""

    def __init__(self, site: Site) -> None:
        self.key = key_of(site)
        self.seen = Seen()
        self.made: Sequence[Made] = ()
        self.health: Health = LOADING
        self.listing: Listing | None = None
        self.progress = ""
        self._running: list[Row] = []
        self._short: Mapping[str, str] = {}
        self._partly: Health | None = None
        self._looked, self._listed = -_BUILDS_EVERY, -_LISTING_EVERY
        self.memory = Memory(site.bucket, self._tell)
        self.builds = Builds(self.client, "")
        self.connect(site)

    @property
    def known(self) -> State:
        """What the publisher has said."""
        return self.seen.state

    def connect(self, site: Site) -> None:
        """Ask through this `site` from now on: its login is newer."""
        self.site = site
        self._clients: dict[str, object] = {}
        self.memory.bucket = site.bucket
        site.catalog = self.memory
        self.local = bool(site.cloud.site)
        stack = site.stack
        self.source = "direct" if not stack.pipeline else "git" if stack.repository else "zip"
        self.builds = Builds(self.client, stack.pipeline, self.builds)

    @property
    def client(self) -> Clients:
        """Gives the client of a service, in another Region if one is named; it is made once for each login."""
        return self._client

    def _client(self, service: str, region: str = "") -> Any:
        key = f"{service} {region}"
        if key not in self._clients:
            cloud = self.site.cloud
            self._clients[key] = cloud._replace(region=region or cloud.region).made(service)
        return self._clients[key]

    def _tell(self, done: int, number: int) -> None:
        self.progress = f"{done:,} of {number:,} records are read"

    def look(self) -> None:
        """Ask anew; whatever an error of AWS's libraries says becomes the site's health."""
        now = time.monotonic()
        state = self.site.publisher.state(previous=False)
        happened = _mark(state) != _mark(self.known)
        ended = self._look_at_builds(now, happened)
        if happened or ended or self.local or now - self._listed > _LISTING_EVERY:
            made = self.site.catalog.made()
            if happened or made != self.made:
                self.memory.forget_history()
                state = self.site.publisher.state()
                happened = True
            self.made, self._listed = made, now
        previous = state.previous if happened else self.known.previous
        known = state._replace(previous=previous)
        named = {known.live, known.previous, known.waiting}
        marked = self._described([one for one in self.made if one.id in named], known)
        self.seen = Seen(known, {row["id"]: row for row in marked}, newest_first(self._running), moment_now())
        self.health = health("ok")

    def _look_at_builds(self, now: float, happened: bool) -> bool:
        """Look at the pipeline, if it is time; whether a build has ended since."""
        before = {row["id"] for row in self._running}
        due = happened or before or self.local or now - self._looked > _BUILDS_EVERY
        if not self.site.stack.pipeline or not due:
            return False
        self._looked = now
        try:
            self.builds.look()
            self._running, self._partly = self.builds.running(), None
        except (ClientError, BotoCoreError) as error:  # the site is there all the same
            if _has_no_pipeline(error):
                self._running, self._partly = [], None
            else:
                self._running, self._partly = [], health_of(error)
        return before != {row["id"] for row in self._running}

    def revise(self) -> bool:
        """Make the list anew if something has changed; whether more is to come.

        The first time it reads each deployment's manifest, so the newest ones are shown before the others are known.
        """
        first = not self.listing and len(self.made) > _AT_FIRST
        made, known = self.made[: _AT_FIRST if first else None], self.known
        revision = self._revision() + _UNFINISHED * first
        if self.listing and self.listing.revision == revision:
            return False
        rows = self._described(made, known)
        executions = {row["build"] for row in rows if row.get("build")}
        self._short = {row["id"]: row["short"] for row in rows}
        rows = [self._with_build(row) for row in rows]
        whole = together(rows, self.builds.rows(executions))
        more = len(self.made) - len(made)
        answer = {"revision": revision, "rows": whole, "older_builds": self.builds.older, "to_be_read": more}
        body = json.dumps(answer, separators=(",", ":"), ensure_ascii=False).encode(errors="replace")
        self.listing, self.progress = Listing(revision, body), ""
        return first

    def _revision(self) -> str:
        """What the list depends on, in a few letters."""
        made = [(one.id, one.uploaded.timestamp()) for one in self.made]
        text = repr((made, _mark(self.known), self.known.previous, self.builds.mark()))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def _described(self, made: Sequence[Made], known: State) -> list[Row]:
        return self.rows_of(describe(self.site, made, lambda: known), known)

    def rows_of(self, entries: Sequence[Entry], known: State | None = None) -> list[Row]:
        """The rows of these deployments."""
        return deployment_rows(entries, known or self.known, self._names(), self.source)

    def _names(self) -> list[str]:
        return [one.id for one in self.made]

    def short(self, identity: str) -> str:
        """The short name of a deployment, whether it still exists or not."""
        return self._short.get(identity) or (shorten([identity], self._names())[identity] if identity else "")

    def history(self) -> list[Switch]:
        """Every switch, oldest first."""
        return history(self.memory.switches(None), self.known)

    def _with_build(self, row: Row) -> Row:
        build = self.builds.of(row.get("build", ""))
        return {**row, "seconds": build.get("seconds", 0), "trigger": build.get("trigger", "")}

    def shown(self) -> shown.Site:
        """What an open page is sent."""
        stack, region = self.site.stack, self.site.cloud.region
        where = links(self.builds.host, stack.repository, stack.connection, region) if not self.local else Links()
        known, marked, running, asked = self.seen
        return {
            "site": self.key,
            "name": stack.name,
            "region": "" if self.local else region,
            "local": self.local,
            "url": self.site.url,
            "source": self.source,  # type: ignore[typeddict-item]  # one of the three
            "repository": stack.repository,
            "host": where.host,
            "branch": stack.branch,
            "commit_url": where.commit,
            "repository_url": where.repository,
            "console": _console(self) if stack.pipeline and not self.local else "",
            "health": self.health,
            "asked": asked,
            "partly": self._parts(),
            "live": marked.get(known.live),
            "previous": marked.get(known.previous),
            "waiting": marked.get(known.waiting),
            "hold": known.hold or None,
            "builds": [self._of_branch(row) for row in running],
            "count": len(self.made),
            "revision": self.listing.revision if self.listing else "",
        }

    def _of_branch(self, row: Row) -> Row:
        return compact({**row, "branch": self.site.stack.branch})

    def _parts(self) -> list[Partly]:
        builds: list[Partly] = [{"what": "builds", "health": self._partly}] if self._partly else []
        loads = self.seen.asked and (not self.listing or self.listing.revision.endswith(_UNFINISHED))
        line = self.progress or "the list is read"
        return [*builds, {"what": "list", "health": health("loading", line)}] if loads else builds


def _mark(state: State) -> tuple[object, ...]:
    """What of a state is news."""
    published = [(one["deployment"], one["since"]) for one in state.published]
    return state.live, state.waiting, sorted(state.hold.items()), published, [*state.retiring]


def _has_no_pipeline(error: Exception) -> bool:
    """Whether nothing runs pipelines there, as in the emulated AWS before one has run."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "PipelineNotFoundException"


def _console(looked: Looked) -> str:
    region, name = looked.site.cloud.region, looked.site.stack.pipeline
    place = f"codesuite/codepipeline/pipelines/{name}/view?region={region}"
    return f"https://{region}.console.aws.amazon.com/{place}"


def moment_now() -> str:
    """Now, as the page has times."""
    return moment(datetime.now(UTC))
