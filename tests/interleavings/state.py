"""What the model of the publisher knows: requests, acts, and the state that they lead to.

Times are whole milliseconds since the run's beginning.
"""

from __future__ import annotations

from typing import NamedTuple

LIVE, HOLD = "live", "hold"
SECOND = 1000
LONG_AGO = -(10**15)
NOTHING = LONG_AGO, ""


class Request(NamedTuple):
    """What somebody wants."""

    action: str
    asked: int
    by: str = ""
    event: str = ""  # its ID; "" for a direct request
    deployment: str = ""
    start: int = 0  # of a pipeline's execution
    sequence: int | None = None
    force: bool = False
    steps: int = 1
    publish: bool = False
    deployments: tuple[str, ...] = ()
    seen: str = ""
    minutes: int = 0
    clock: int = 0  # ahead of time, where whoever decides has a wrong one
    broken: bool = False  # no answer but a refusal is right

    def __str__(self) -> str:
        given = {name: value for name, value in self._asdict().items() if value != self._field_defaults.get(name)}
        return " ".join(f"{name}={value}" for name, value in given.items())


class Act(NamedTuple):
    """A switch that was carried out."""

    deployment: str
    moment: int  # of the write into the store
    since: int  # as the ledger says
    action: str
    by: str = ""
    sequence: int | None = None


class State(NamedTuple):
    """All that later decisions depend on."""

    live: str = ""
    switches: tuple[Act, ...] = ()  # oldest first
    held: bool = False
    waiting: tuple[int, str] = NOTHING  # start and deployment
    retiring: frozenset[str] = frozenset()
    # when the newest act was asked for: of each register, and as a pipeline's execution sees it
    newest_live: int = LONG_AGO
    newest_hold: int = LONG_AGO
    newest_start: int = LONG_AGO
    known: tuple[str, ...] = ()  # the acts, by their event's ID
    readable: bool = True
    vague: bool = False  # a start-time lay in the future: within a second, either order is right
    astray: bool = False  # somebody had a wrong clock: no order is promised before `changed`
    changed: int = LONG_AGO  # when the newest act was written

    def acted(self, register: str, request: Request, moment: int, now: int, start: int | None = None) -> State:
        """After an act that was asked for at `moment`, which pipelines place at their `start`."""
        moment += request.clock
        then = self._replace(
            known=(*self.known, request.event),
            vague=self.vague or request.start > request.asked,
            astray=self.astray or request.clock > 0,
            changed=now,
        )
        if register == HOLD:
            return then._replace(newest_hold=later(self.newest_hold, moment, now))
        return then._replace(
            newest_live=later(self.newest_live, moment, now),
            newest_start=later(self.newest_start, moment if start is None else start, now),
        )

    def same(self, other: State) -> bool:
        """Whether nothing is to be remembered of what lies between; places of one second differ for events only."""
        return self._coarse() == other._coarse()

    def _coarse(self) -> State:
        seconds = {name: getattr(self, name) // SECOND for name in ("newest_live", "newest_hold", "newest_start")}
        return self._replace(**seconds, changed=0, known=tuple(filter(None, self.known)))

    def last(self) -> Act | None:
        return self.switches[-1] if self.switches else None


def later(newest: int, moment: int, now: int) -> int:
    """The place of the newest act; one from the future had a wrong clock, and is none."""
    return max(newest if newest <= now else LONG_AGO, moment)
