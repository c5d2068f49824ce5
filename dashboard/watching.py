"""One look at a site after the other: what is live, what waits, what runs; and the list, when something has changed.

A look costs a question to the publisher. Whatever else it asks, it asks when that has changed, or once in a while.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from dashboard.builds import newest_first
from dashboard.health import LOADING, OK, health_of
from dashboard.listing import NO_LISTING, Listing, body_of, revision_of
from dashboard.program import Clock
from dashboard.reaching import Way
from dashboard.rows import deployment_rows, together
from dashboard.shown import Health, Row
from dashboard.sites import Place
from deployments.catalog import Made, Switch, shorten
from deployments.looking import Entry, describe, history
from deployments.publisher import State

# Between two looks at what is rarely news, unless something has happened: by itself it shows a deployment that was not
# published, and a build that begins
_LISTING_EVERY, _BUILDS_EVERY = timedelta(seconds=60), timedelta(seconds=15)
_AT_FIRST = 100  # deployments that are shown before all are read
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Seen(NamedTuple):
    """What the last look has found.

    marked: the rows of what is live, of what was before, and of what waits
    trouble: why builds cannot be told
    asked_at: when it was; the other two say when deployments and builds were looked at
    """

    state: State = State("", "", "", {}, [], [])
    made: Sequence[Made] = ()
    marked: Mapping[str, Row] = {}
    running: Sequence[Row] = ()
    trouble: Health | None = None
    asked_at: datetime | None = None
    made_at: datetime = _LONG_AGO
    builds_at: datetime = _LONG_AGO


class Watched:
    """A site as the page knows it. One thread looks at a time; what it has found is replaced as a whole.

    A `sparing` one asks for what is rarely news once in a while only, as it costs something.
    """

    def __init__(self, place: Place, now: Clock, sparing: bool) -> None:
        self._now, self._sparing = now, sparing
        self.seen, self.listing, self.health, self.progress = Seen(), NO_LISTING, LOADING, ""
        self.way = Way(place, now, self._tell)

    def connect(self, place: Place) -> None:
        """Ask by the login of this `place` from now on."""
        self.way = Way(place, self._now, self._tell, self.way)

    def lose(self, why: Health) -> None:
        """What is known stays, and is not what is any more."""
        self.health = why

    def _tell(self, done: int, number: int) -> None:
        self.progress = f"{done:,} of {number:,} records are read"

    def look(self) -> None:
        """Ask anew; whatever an error of AWS's libraries says becomes the site's health."""
        now, before, site = self._now(), self.seen, self.way.site
        state = site.publisher.state(previous=False)
        happened = mark(state) != mark(before.state)
        seen = self._with_builds(before, now, happened)
        ended = _names(seen.running) != _names(before.running)
        if happened or ended or self._is_due(now, before.made_at, _LISTING_EVERY):
            made = site.catalog.made()
            if happened or made != before.made:
                self.way.memory.forget_history()
                state, happened = site.publisher.state(), True
            seen = seen._replace(made=made, made_at=now)
        known = state if happened else state._replace(previous=before.state.previous)
        self.seen = seen._replace(state=known, marked=self._marked(known, seen.made), asked_at=now)
        self.health = OK

    def _is_due(self, now: datetime, last: datetime, every: timedelta) -> bool:
        """Whether it is time again; where the clock was set back too."""
        return not self._sparing or not last <= now < last + every

    def _with_builds(self, seen: Seen, now: datetime, happened: bool) -> Seen:
        """The same with what the pipeline does, if it is time to look at it."""
        due = happened or seen.running or self._is_due(now, seen.builds_at, _BUILDS_EVERY)
        if not self.way.place.stack.pipeline or not due:
            return seen
        try:
            self.way.builds.look()
            return seen._replace(running=newest_first(self.way.builds.running()), trouble=None, builds_at=now)
        except (ClientError, BotoCoreError) as error:  # the site is there all the same
            trouble = None if _has_no_pipeline(error) else health_of(error)
            return seen._replace(running=(), trouble=trouble, builds_at=now)

    def _marked(self, state: State, made: Sequence[Made]) -> dict[str, Row]:
        names = {state.live, state.previous, state.waiting}
        rows = self._described([one for one in made if one.id in names], state, made)
        return {row["id"]: row for row in rows}

    def revise(self) -> bool:
        """Make the list anew if something has changed; whether more is to come.

        The first time it reads each deployment's manifest, so the newest ones are shown before the others are known.
        """
        seen, builds = self.seen, self.way.builds
        first = not self.listing.revision and len(seen.made) > _AT_FIRST
        made = seen.made[: _AT_FIRST if first else None]
        revision = revision_of((made, mark(seen.state), seen.state.previous, builds.mark()), first)
        if self.listing.revision == revision:
            return False
        rows = self._described(made, seen.state, seen.made)
        whole = together(map(self._with_build, rows), builds.rows({row["build"] for row in rows if row.get("build")}))
        body = body_of(revision, whole, builds.older, len(seen.made) - len(made))
        self.listing, self.progress = Listing(revision, body, {row["id"]: row["short"] for row in rows}), ""
        return first

    def _with_build(self, row: Row) -> Row:
        build = self.way.builds.of(row.get("build", ""))
        return {**row, "seconds": build.get("seconds", 0), "trigger": build.get("trigger", "")}

    def _described(self, made: Sequence[Made], state: State, known: Sequence[Made]) -> list[Row]:
        entries = describe(self.way.site, made, lambda: state)
        return deployment_rows(entries, state, [one.id for one in known], self.way.source)

    def row_of(self, entry: Entry) -> Row:
        """The row of one deployment."""
        (row,) = deployment_rows([entry], self.seen.state, [one.id for one in self.seen.made], self.way.source)
        return row

    def short(self, identity: str) -> str:
        """The short name of a deployment, whether it still exists or not."""
        known = [one.id for one in self.seen.made]
        return self.listing.names.get(identity) or (shorten([identity], known)[identity] if identity else "")

    def history(self) -> list[Switch]:
        """Every switch, oldest first."""
        return history(self.way.memory.switches(None), self.seen.state)


def mark(state: State) -> tuple[object, ...]:
    """What of a state is news."""
    published = [(one["deployment"], one["since"]) for one in state.published]
    return state.live, state.waiting, sorted(state.hold.items()), published, [*state.retiring]


def _names(rows: Sequence[Row]) -> set[str]:
    return {row["id"] for row in rows}


def _has_no_pipeline(error: Exception) -> bool:
    """Whether nothing runs pipelines there, as in the emulated AWS before one has run."""
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "PipelineNotFoundException"
