"""Follows the model through a run, write by write: each one into the store must be one that the rules allow."""

from __future__ import annotations

import json
from datetime import datetime
from typing import NamedTuple

from .model import options
from .play import Record, Write
from .script import MENDED
from .state import Act, Request, State

Reached = list[State]  # after each write into the store


class Problem(NamedTuple):
    """A promise that was not kept, and how."""

    promise: str
    found: str


def first_state(record: Record, write: Write) -> State:
    ledger = json.loads(write.values["ledger"])
    acts = tuple(
        Act(entry[0], moment, moment, entry[2], entry[3])
        for entry in reversed(ledger["published"])
        for moment in [milliseconds(record, entry[1])]
    )
    return State(acts[-1].deployment, acts, newest_live=acts[-1].moment, newest_start=acts[-1].moment)


def milliseconds(record: Record, moment: str) -> int:
    return round((datetime.fromisoformat(moment) - record.system.start).total_seconds() * 1000)


def follow(record: Record) -> tuple[Reached, list[Problem]]:
    """The model's state after each write, until a write is none that the rules allow."""
    states = [first_state(record, record.writes[0])]
    for write in record.writes[1:]:
        state = states[-1]
        if not write.process:
            states.append(state._replace(readable=write.values["ledger"] not in MENDED))
            continue
        request = record.requests[write.process]
        allowed = options(state, request, write.moment, write.there)
        try:
            seen = observed(record, write)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            text = f"{write.process} left {write.values['ledger']}: {error!r}"
            return states, [Problem("a publisher leaves store and ledger readable", text)]
        fitting = [then for _, then in allowed if fits(then, seen)]
        if not fitting:
            right = " or ".join(sorted({f"{outcome} with {told(then)}" for outcome, then in allowed}))
            text = f"{write.process} wrote {told(seen)}, right is {right}, after {told(state)}: {request}"
            return states, [Problem(promise_of(state, request, allowed, seen), text)]
        changing = [then for then in fitting if not then.same(state)]  # something was written
        then = (changing or fitting)[0]._replace(retiring=seen.retiring)
        if seen.switches and then.switches != state.switches:
            last = then.switches[-1]._replace(since=seen.switches[-1].since)
            then = then._replace(switches=(*then.switches[:-1], last))
            if request.action == "auto-rollback" and not state.held:
                then = then._replace(newest_hold=last.since)  # the hold is placed by the same look
        states.append(then)
    return states, []


def observed(record: Record, write: Write) -> State:
    """What a write has left, as docs/requests.md describes it."""
    ledger = json.loads(write.values["ledger"])
    live = write.values["live"].partition(" ")[0]
    waiting = ledger.get("waiting", ["", ""])[1]
    newest = ledger.get("published", ())[:1]
    acts = tuple(Act(entry[0], 0, milliseconds(record, entry[1]), entry[2]) for entry in newest)
    return State(live, acts, bool(ledger.get("hold", [""])[0]), (0, waiting), frozenset(ledger.get("retiring", ())))


def fits(then: State, seen: State) -> bool:
    same = (then.live, then.held, then.waiting[1]) == (seen.live, seen.held, seen.waiting[1])
    return same and seen.retiring <= then.retiring


def told(state: State) -> str:
    more = [f", {state.waiting[1]} waits"] * bool(state.waiting[1])
    more += [f", retiring {sorted(state.retiring)}"] * bool(state.retiring)
    return f"{state.live} live, {'held' if state.held else 'not held'}{''.join(more)}"


def promise_of(state: State, request: Request, allowed: list[tuple[str, State]], seen: State) -> str:
    """The sentence that a write has broken."""
    if not state.readable or request.broken:
        return "nothing is written where the store, or what is asked for, cannot be read"
    if request.event and request.event in state.known:
        return "an event is carried out at most once"
    words = {outcome for outcome, _ in allowed}
    if "stale" in words <= {"stale", "duplicate", "ignored"}:
        return "nothing replaces what was asked for later"
    if "rollback" in request.action:
        return "a rollback goes back from what was live when it was asked for, and never to what was gone back from"
    if state.held and seen.live != state.live:
        return "a hold holds"
    return "what the store holds is what the rules say"
