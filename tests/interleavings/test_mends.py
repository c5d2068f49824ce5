"""What is done against each fault is taken out, and the driver finds the fault again, within so many seeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from pruner import looking
from pruner import pruning as prune
from publisher import executions
from publisher.aws import KVS
from publisher.completeness import Complete
from publisher.decision import Decision, Rule
from publisher.intent import Intent, NotThere
from publisher.ledger import Ledger
from publisher.past import Past
from publisher.variants import OPERATIONS
from workbench.together import PUBLISHER, UPLOADER

from .actors import Actors
from .script import of
from .seeds import wrong

Patch = pytest.MonkeyPatch
RULES: Any = OPERATIONS.rules


def torn_reads(patch: Patch) -> None:
    """Ledger and `live` are two reads, whatever was written in between."""

    def look(_before: object = None) -> tuple[str, Ledger, str]:
        etag = PUBLISHER.client(KVS).describe_key_value_store(KvsARN="")["ETag"]
        return etag, PUBLISHER.read_ledger(PUBLISHER.stored("ledger")), PUBLISHER.live_now()

    patch.setattr(PUBLISHER, "look", look)


def back_from_now(patch: Patch) -> None:
    """A rollback goes back from what is live when it is carried out."""
    switch: Rule = PUBLISHER.switch

    def roll_back(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
        target = intent.deployment or past.back(ledger, live, intent.steps)
        if not target:
            raise NotThere("nothing to roll back to")
        return switch(ledger, live, intent._replace(deployment=target), past)

    patch.setitem(RULES, "rollback", roll_back)
    patch.setattr(PUBLISHER, "roll_back", roll_back)


def history_newer_than_the_ledger(patch: Patch) -> None:
    """A rollback looks at switches that came after the ledger that it goes by."""
    past_of = PUBLISHER.past_of
    patch.setattr(PUBLISHER, "past_of", lambda ledger: past_of(ledger._replace(published=())))


def loser_leaves_its_page(patch: Patch) -> None:
    patch.setattr(PUBLISHER, "settle", PUBLISHER.carry_out)


def late_ones_override(patch: Patch) -> None:
    patch.setattr(PUBLISHER, "is_stale", lambda *_: False)


def whole_seconds_lose(patch: Patch) -> None:
    patch.setattr(PUBLISHER, "is_stale", lambda register, intent: intent.asked < register[:24] <= intent.since)


def no_event_is_known(patch: Patch) -> None:
    noted = PUBLISHER.noted
    patch.setattr(PUBLISHER, "noted", lambda register, intent: noted(register, intent)[:24])


def one_register(patch: Patch) -> None:
    """Holds and switches have one order: a hold that arrives after a publish is lost."""
    patch.setattr(PUBLISHER, "HOLDING", ())


def future_is_newest_for_ever(patch: Patch) -> None:
    patch.setattr(PUBLISHER, "is_stale", lambda register, intent: intent.asked[:19] < register[:19])
    patch.setattr(executions, "min", lambda *times: times[1], raising=False)


def future_is_whenever_it_comes(patch: Patch) -> None:
    """A start-time in the future counts as the moment of each delivery."""
    patch.setattr(executions, "min", lambda now, start, _second: min(now, start), raising=False)


def any_ledger_is_read(patch: Patch) -> None:
    patch.setattr(PUBLISHER, "FORM", r"[\s\S]*")


def any_pointer_is_read(patch: Patch) -> None:
    patch.setattr(executions, "ID", r"[\s\S]*")


def manifest_is_not_looked_at(patch: Patch) -> None:
    patch.setattr(PUBLISHER, "checked", lambda deployment: Complete(f"{deployment} spa", {}, []))


def lines_count_as_there(patch: Patch) -> None:
    patch.setattr(PUBLISHER, "stock", lambda etag, _: etag)


def what_another_needs_is_taken_away(patch: Patch) -> None:
    clear = PUBLISHER.clear
    patch.setattr(PUBLISHER, "clear", lambda etag, unneeded, _: clear(etag, unneeded, set()))


def uploads_announce_nothing(patch: Patch) -> None:
    patch.setattr(UPLOADER, "take_lease", lambda *_: 0.0)
    patch.setattr(UPLOADER, "_HOURS", 10**12)


def prunes_see_no_upload(patch: Patch) -> None:
    look = looking.look
    patch.setattr(prune, "look", lambda *places: look(*places)._replace(open=[]))


def what_is_retired_goes_live(patch: Patch) -> None:
    """A promise to a prune binds nobody who switches."""
    switch: Rule = PUBLISHER.switch

    def forgetful(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
        found = switch(ledger._replace(retiring=()), live, intent, past)
        return found._replace(ledger=found.ledger._replace(retiring=ledger.retiring))

    patch.setattr(PUBLISHER, "switch", forgetful)
    patch.setitem(RULES, "promote", forgetful)


class Mend(NamedTuple):
    take_out: Callable[[Patch], None]
    theme: str  # what runs are about that find it
    seeds: int
    promise: str


ROLLBACK = "a rollback goes back from what was live when it was asked for, and never to what was gone back from"
MENDS = [
    Mend(torn_reads, "holds", 100, "a status tells what was so at one moment"),
    Mend(back_from_now, "rollbacks", 50, ROLLBACK),
    Mend(history_newer_than_the_ledger, "rollbacks", 1000, "an answer is right, and is what was done"),
    Mend(loser_leaves_its_page, "losers", 50, "404 page and history agree with the store in the end"),
    Mend(late_ones_override, "events", 50, "nothing replaces what was asked for later"),
    Mend(whole_seconds_lose, "rollbacks", 50, "an answer is right, and is what was done"),
    Mend(no_event_is_known, "events", 50, "an event is carried out at most once"),
    Mend(one_register, "all", 50, "an answer is right, and is what was done"),
    Mend(future_is_newest_for_ever, "pipelines", 100, "an answer is right, and is what was done"),
    Mend(future_is_whenever_it_comes, "pipelines", 150, "an event is carried out at most once"),
    Mend(any_ledger_is_read, "all", 50, "nothing is written where the store, or what is asked for, cannot be read"),
    Mend(any_pointer_is_read, "pipelines", 50, "an answer is right, and is what was done"),
    Mend(manifest_is_not_looked_at, "prunes", 100, "what is live is complete"),
    Mend(lines_count_as_there, "prunes", 100, "what is live is complete"),
    Mend(what_another_needs_is_taken_away, "prunes", 100, "what is live is complete"),
    Mend(uploads_announce_nothing, "pool", 50, "whatever has a manifest is whole"),
    Mend(prunes_see_no_upload, "pool", 50, "whatever has a manifest is whole"),
    Mend(what_is_retired_goes_live, "prunes", 100, "what the store holds is what the rules say"),
]


@pytest.mark.parametrize("mend", MENDS, ids=[mend.take_out.__name__ for mend in MENDS])
def test_what_is_done_against_it_is_needed(actors: Actors, monkeypatch: pytest.MonkeyPatch, mend: Mend) -> None:
    mend.take_out(monkeypatch)
    found = (problem.promise for run in wrong(actors, of(mend.theme, mend.seeds)) for problem in run.problems)
    assert mend.promise in found
