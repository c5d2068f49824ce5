"""Requests by event come twice, late and in any order: two of a CI, an operator's act and a pipeline, in every order.

What is right is told here without the publisher's own rule, from what was asked for when and what came of it.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest

from publisher.decision import SWITCHED, Decision
from publisher.intent import Intent, Refused
from publisher.ledger import Ledger, read_ledger, write_ledger
from publisher.past import Past
from workbench import deciding
from workbench.together import PUBLISHER

Z, A, B, C, D, E = (f"{letter * 40}-{letter * 16}" for letter in "0abcde")
DONE = *SWITCHED, "duplicate", "on-hold", "released"


class Act(NamedTuple):
    """What somebody sends: a CI by an event, an operator directly, a pipeline by its start."""

    who: str
    action: str
    second: int  # when it is sent; the operator's is when it comes
    deployment: str = ""
    publish: bool = False

    @property
    def about_hold(self) -> bool:
        return self.action in ("hold", "release")


def at(milliseconds: int) -> str:
    return f"2026-03-01T10:00:{milliseconds // 1000:02}.{milliseconds % 1000:03}Z"


@dataclass
class Done:
    """An act that was carried out."""

    act: Act
    second: int
    place: int  # among pipelines: where what it made live started, or its own second
    switched: bool


@dataclass
class World:
    """A site on which Z and then A went live before anything here, and what came of each delivery."""

    now: int = 0
    live: str = A
    ledger: Ledger = field(default_factory=lambda: Ledger(published=(Intent(A, at(0), "promote", "Ada", asked=at(0)),)))
    switches: list[tuple[str, str]] = field(default_factory=lambda: [(at(0), Z), (at(0), A)])
    done: list[Done] = field(default_factory=list)
    hold: str = ""

    def deliver(self, act: Act) -> str:
        """One delivery; what is wrong about what came of it, or nothing."""
        self.now = max(self.now + 100, act.second * 1000 + 100)
        second = self.now // 1000 if act.who == "operator" else act.second
        waited = self.ledger.waiting
        before = self.live, self.ledger.hold[0]
        try:
            outcome = self.carry_out(act)
        except Refused:
            held = act.action == "publish" and before[1]
            return "" if held or act.action == "rollback" else f"{act} is refused"
        changed = (self.live, self.ledger.hold[0]) != before
        known = any(one.act == act for one in self.done)
        newer = self.newer(act, second)
        if changed and known:
            return f"{act} is carried out twice"
        if changed and newer and act.who != "operator":
            return f"{act} overrides {newer}"
        if outcome == "stale" and not (newer or known):
            return f"{act} is lost"
        if outcome in DONE and not known and not newer:
            place = int(waited[0][17:19]) if act.publish and waited and outcome in SWITCHED else second
            self.done.append(Done(act, second, place, outcome in SWITCHED or not act.about_hold))
        return self.agreement()

    def newer(self, act: Act, second: int) -> Act | None:
        """What was carried out that is of a later second than `act`, in the register that it is about."""
        for one in self.done:
            if act.about_hold:
                newest = one.second if one.act.about_hold else 0
            elif act.who == "pipeline":
                newest = one.place if one.switched else 0
            else:
                newest = max(one.second, one.place) if one.switched else 0
            if newest > second:
                return one.act
        return None

    def carry_out(self, act: Act) -> str:
        event = None if act.who == "operator" else f"{act.who}"
        asked = at(self.now) if event is None else at(act.second * 1000)
        reason = f"{act.who} holds" if act.action == "hold" else ""
        intent = Intent(act.deployment, at(self.now), act.action, act.who, None, asked, event)
        intent = intent._replace(reason=reason, publish=act.publish)
        past = Past(
            tuple(d for _, d in self.switches), frozenset((Z, A, B, C, D, E)), tuple(s for s, _ in self.switches)
        )
        outcome, _, ledger, deployment = deciding.decide(self.ledger, self.live, intent, past)
        if outcome in SWITCHED and deployment != self.live:
            if act.action == "rollback" and deployment != self.before(asked, event is not None):
                raise AssertionError(f"{act} goes to {deployment}")
            self.live = deployment
            self.switches.append((ledger.published[0].since, deployment))
        text = write_ledger(ledger)
        assert len(text.encode()) <= 1024
        self.ledger = read_ledger(text)
        return outcome

    def before(self, asked: str, by_event: bool) -> str:
        """One step back from what was live at `asked`, or in its second: an undo of the switches until then."""
        way: list[str] = []
        for since, deployment in self.switches:
            if since <= asked or (by_event and since[:19] == asked[:19]):
                way = [*way[: way.index(deployment)], deployment] if deployment in way else [*way, deployment]
        return way[-2] if len(way) > 1 else ""

    def agreement(self) -> str:
        """The hold is that of the newest act about it, and what is live is what the ledger says."""
        acts = [one for one in self.done if one.act.about_hold]
        newest = max(acts, key=lambda one: one.second, default=None)
        same = [one for one in acts if newest and one.second == newest.second]
        expected = same[-1].act.action == "hold" if same else False
        if bool(self.ledger.hold[0]) != expected:
            return f"{'not ' * expected}held after {acts}"
        return "" if self.live == self.ledger.published[0].deployment else "live is not what the ledger says"


def scenes() -> Iterator[list[Act]]:
    """Two events of a CI in one second or in two, an act of an operator, and a pipeline."""
    whole = os.environ.get("ORDERS") == "all"
    kinds = ["publish", "rollback", "hold", "release!"] + ["promote", "release"] * whole
    for one, other, third in itertools.product(kinds, kinds, kinds):
        for seconds, start in (((1, 1), 0), ((1, 3), 2), *[((1, 1), 2), ((1, 3), 0)] * whole):
            yield [
                act("ci-one", one, seconds[0], B),
                act("ci-two", other, seconds[1], C),
                act("operator", third, 0, D),
                Act("pipeline", "pipeline", start, E),
            ]


def act(who: str, kind: str, second: int, deployment: str) -> Act:
    action = kind.rstrip("!")
    return Act(who, action, second, deployment if action in ("publish", "promote") else "", kind.endswith("!"))


def orders(acts: list[Act]) -> Iterator[tuple[Act, ...]]:
    """Every order, and in each order every event a second time at every later place."""
    for order in itertools.permutations(acts):
        yield order
        for place, again in enumerate(order):
            if again.who != "operator":
                for later in range(place + 1, len(order) + 1):
                    yield (*order[:later], again, *order[later:])


def first_wrong() -> str:
    """What goes wrong first in all scenes and orders, or nothing."""
    for acts in scenes():
        for order in orders(acts):
            world = World()
            for one in order:
                if wrong := world.deliver(one):
                    return f"{wrong} in {order}"
    return ""


def test_no_order_and_no_second_delivery_has_a_wrong_outcome() -> None:
    assert first_wrong() == ""


Rule = Callable[[str, Intent], bool]


def test_a_rule_of_one_register_for_both_loses_a_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stale is what is older than the newest act of any kind: the simpler rule, which is not enough."""
    rule, answers = PUBLISHER.is_stale, deciding.decide
    newest = ""

    def both(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
        nonlocal newest
        newest = max(ledger.mark, ledger.hold[1])
        return answers(ledger, live, intent, past)

    monkeypatch.setattr(deciding, "decide", both)
    monkeypatch.setattr(PUBLISHER, "is_stale", lambda register, intent: rule(max(register, newest), intent))
    assert "is lost" in first_wrong()


def test_without_the_order_of_seconds_a_late_event_overrides_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PUBLISHER, "is_stale", lambda *_: False)
    assert "overrides" in first_wrong()


def test_without_the_ids_of_events_one_is_carried_out_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = PUBLISHER.noted
    monkeypatch.setattr(PUBLISHER, "noted", lambda register, intent: noted(register, intent._replace(event="")))
    assert "is carried out twice" in first_wrong()
