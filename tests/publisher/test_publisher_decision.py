"""The decision: what becomes of each intent in each state, every pair of rows in both orders, and the ledger's text."""

import itertools
import json

import pytest

from contract import VALUE_LIMIT, SwitchRecord
from pruner import pruning as prune
from publisher.decision import SWITCHED
from publisher.intent import Intent, Refused
from publisher.ledger import Ledger, read_ledger, record_of, write_ledger
from publisher.past import Past
from publisher.retirement import kept
from workbench.deciding import decide

Z, A, B, C, D, E, F = (f"{commit * 40}-{commit * 16}" for commit in "0abcdef")
T1, T2, T3, NOW = (f"2026-03-01T10:0{minute}:00.000Z" for minute in "1239")
HELD = ("bad release", T1, "Ada")
PAST = Past((Z, A), frozenset((Z, A, B, C, D, E, F)))


def pipeline(deployment: str, start: str) -> Intent:
    return Intent(deployment, NOW, "pipeline", f"execution of {deployment[0]}", asked=start, event="")


def publish(deployment: str, sequence: int | None = None, force: bool = False) -> Intent:
    return Intent(deployment, NOW, "publish", "ci", sequence, NOW, force=force)


def promote(deployment: str) -> Intent:
    return Intent(deployment, NOW, "promote", "Ada", asked=NOW)


def ask(action: str, **members: object) -> Intent:
    return Intent("", NOW, action, "Ada", asked=NOW, **members)  # type: ignore[arg-type]


def alarm(at: str = NOW, minutes: int = 10) -> Intent:
    return Intent("", NOW, "auto-rollback", "errors", asked=at, minutes=minutes)


def live_a(sequence: int | None = None, action: str = "pipeline", **members: object) -> Ledger:
    """A is live since T2, and what started before T2 is stale."""
    return Ledger(T2, (Intent(A, T2, action, "e", sequence, T2),))._replace(**members)  # type: ignore[arg-type]


def waiting_c(**members: object) -> Ledger:
    """The same while held, and C waits."""
    return live_a(hold=HELD, waiting=(T3, C))._replace(**members)  # type: ignore[arg-type]


ROWS = {
    "success, already live": (live_a(), pipeline(A, T2), "duplicate", A),
    "success, live, even if older than the mark": (live_a(), pipeline(A, T1), "duplicate", A),
    "success, live, while held": (live_a(hold=HELD), pipeline(A, T3), "duplicate", A),
    "success while held": (live_a(hold=HELD), pipeline(B, T3), "held", A),
    "success, older": (live_a(), pipeline(B, T1), "stale", A),
    "success, older, while held": (live_a(hold=HELD), pipeline(B, T1), "stale", A),
    "success, equally old (a retried stage)": (live_a(), pipeline(B, T2), "published", B),
    "success, newer": (live_a(), pipeline(B, T3), "published", B),
    "publish": (live_a(), publish(B), "published", B),
    "publish what is live": (live_a(), publish(A), "duplicate", A),
    "publish, higher sequence": (live_a(7), publish(B, 8), "published", B),
    "publish, same sequence": (live_a(7, "publish"), publish(B, 7), "duplicate", A),
    "publish with a sequence after one without": (live_a(), publish(B, 1), "published", B),
    "publish without a sequence after one with": (live_a(7), publish(B), "published", B),
    "publish, forced while held": (live_a(hold=HELD), publish(B, force=True), "published", B),
    "promote": (live_a(), promote(B), "published", B),
    "promote while held": (live_a(hold=HELD), promote(B), "published", B),
    "promote what is live": (live_a(), promote(A), "duplicate", A),
    "roll back": (live_a(), ask("rollback"), "rolled-back", Z),
    "roll back while held": (live_a(hold=HELD), ask("rollback"), "rolled-back", Z),
    "hold": (live_a(), ask("hold", reason="freeze"), "on-hold", A),
    "hold again": (live_a(hold=HELD), ask("hold", reason="freeze"), "on-hold", A),
    "release": (live_a(hold=HELD), ask("release"), "released", A),
    "release what is not held": (live_a(), ask("release"), "duplicate", A),
    "release while something waits": (waiting_c(), ask("release"), "released", A),
    "release and publish what waits": (waiting_c(), ask("release", publish=True), "published", C),
    "release and publish, nothing waits": (live_a(hold=HELD), ask("release", publish=True), "released", A),
    "publish what waits, released before": (live_a(waiting=(T3, C)), ask("release", publish=True), "published", C),
    "alarm": (live_a(), alarm(), "rolled-back", Z),
    "alarm, after a publish request": (live_a(action="publish"), alarm(), "rolled-back", Z),
    "alarm, while held": (live_a(hold=HELD), alarm(), "rolled-back", Z),
    "alarm after the window": (live_a(), alarm(minutes=6), "ignored", A),
    "alarm from before the switch": (live_a(), alarm(at=T1), "ignored", A),
    "alarm after an operator's promote": (live_a(action="promote"), alarm(), "ignored", A),
    "alarm after an operator's rollback": (live_a(action="rollback"), alarm(), "ignored", A),
    "alarm after it went back by itself": (live_a(action="auto-rollback"), alarm(), "ignored", A),
    "alarm while nothing is known": (Ledger(), alarm(), "ignored", A),
    "retire": (live_a(), ask("retire", deployments=(B,)), "retiring", A),
}


@pytest.mark.parametrize(("ledger", "intent", "outcome", "live"), ROWS.values(), ids=ROWS)
def test_each_row_of_the_table_has_its_outcome(ledger: Ledger, intent: Intent, outcome: str, live: str) -> None:
    decided = decide(ledger, A, intent, PAST)
    after = decided.deployment if decided.outcome in SWITCHED else A
    assert (outcome, live) == (decided.outcome, after)
    if decided.outcome in SWITCHED:
        assert decided.ledger.published[0][:4] == (after, NOW, intent.action, intent.by)
    else:
        assert decided.ledger.published == ledger.published
    if intent.action in ("pipeline", "publish", "promote", "rollback", "retire"):
        assert decided.ledger.hold == ledger.hold


@pytest.mark.parametrize("back", [ask("rollback"), alarm(), promote(A)], ids=["rollback", "alarm", "promote"])
def test_who_goes_back_does_not_take_back_the_order_of_numbers(back: Intent) -> None:
    ledger, live = Ledger(), Z
    for intent in (publish(A, 7), publish(B, 9), back):
        decided = decide(ledger, live, intent, Past((Z, A, B), PAST.manifests))
        ledger, live = decided.ledger, decided.deployment
    assert live == A
    with pytest.raises(Refused, match="sequence 8 is lower than 9, which was published"):
        decide(ledger, live, publish(C, 8, force=True), PAST)
    assert decide(ledger, live, publish(C, 9, force=True), PAST).outcome == "published"  # the same job, run again
    unnumbered = decide(ledger, live, publish(C, force=True), PAST).ledger  # as after a change of the numbering
    assert decide(unnumbered, C, publish(D, 1, force=True), PAST).outcome == "published"


REFUSALS = {
    "publish while held": (live_a(hold=HELD), publish(B), "held: bad release; release it, or force this one"),
    "lower sequence": (live_a(7), publish(B, 6), "sequence 6 is lower than 7, which was published"),
    "lower sequence, forced": (live_a(7), publish(B, 6, force=True), "sequence 6 is lower than 7, which was published"),
    "retiring, by pipeline": (live_a(retiring=(B,)), pipeline(B, T3), f"{B} is being retired: "),
    "retiring, by publish": (live_a(retiring=(B,)), publish(B), f"{B} is being retired: "),
    "retiring, by promote": (live_a(retiring=(B,)), promote(B), f"{B} is being retired: "),
    "retiring, by release": (waiting_c(retiring=(C,)), ask("release", publish=True), f"{C} is being retired: "),
    "nothing so far back": (
        live_a(),
        ask("rollback", steps=2),
        "nothing to roll back to: no complete deployment 2 back from ",
    ),
    "only what is being retired": (
        live_a(retiring=(Z,)),
        ask("rollback"),
        "nothing to roll back to: no complete deployment 1 back from ",
    ),
}


@pytest.mark.parametrize(("ledger", "intent", "reason"), REFUSALS.values(), ids=REFUSALS)
def test_what_must_not_become_live_is_refused_with_the_reason(ledger: Ledger, intent: Intent, reason: str) -> None:
    with pytest.raises(Refused, match=f"^{reason}"):
        decide(ledger, A, intent, PAST)


def after(*intents: Intent, ledger: Ledger | None = None) -> tuple[str, Ledger]:
    """What is live, and the ledger, after `intents`, one second apart; a refused one changes nothing."""
    live, ledger, past = A, ledger or live_a(7), PAST
    for second, intent in enumerate(intents):
        moment = NOW.replace("00.000", f"0{second}.000")
        try:
            asked = moment if intent.asked == NOW and intent.action != "auto-rollback" else intent.asked
            decided = decide(ledger, live, intent._replace(since=moment, asked=asked), past)
        except Refused:
            continue
        ledger = decided.ledger
        if decided.outcome in SWITCHED:
            live = decided.deployment
            past = past._replace(switches=(*past.switches, live))
    return live, ledger


STEPS = {
    "old": pipeline(B, T1),
    "new": pipeline(C, T3),
    "publish": publish(D, 8),
    "lower": publish(E, 6),
    "promote": promote(F),
    "back": ask("rollback"),
    "hold": ask("hold", reason="freeze"),
    "release": ask("release"),
    "release!": ask("release", publish=True),
    "alarm": alarm(),
    "retire": ask("retire", deployments=(Z,), force=True),
}
# Z was live, then A is; C, D, F come by pipeline, publish, promote; B is an old execution's, E has a low number.
# Row: what comes first; column: what comes second; cell: what is live at the end, with + if it is held.
PAIRS = """
          old new publish lower promote back hold release release! alarm retire
old       A   C   D       A     F       Z    A+   A       A        Z+    A
new       C   C   D       C     F       A    C+   C       C        A+    C
publish   D   D   D       D     F       A    D+   D       D        A+    D
lower     A   C   D       A     F       Z    A+   A       A        Z+    A
promote   F   F   D       F     F       A    F+   F       F        F     F
back      Z   Z   D       Z     F       Z    Z+   Z       Z        Z     Z
hold      A+  A+  A+      A+    F+      Z+   A+   A       A        Z+    A+
release   A   C   D       A     F       Z    A+   A       A        Z+    A
release!  A   C   D       A     F       Z    A+   A       A        Z+    A
alarm     Z+  Z+  Z+      Z+    F+      Z+   Z+   Z       Z        Z+    Z+
retire    A   C   D       A     F       A    A+   A       A        A     A
"""


def test_every_pair_of_intents_in_both_orders() -> None:
    columns, *rows = (line.split() for line in PAIRS.split("\n") if line)
    assert list(STEPS) == columns == [row[0] for row in rows]
    letters = dict(zip((Z, A, B, C, D, E, F), "ZABCDEF", strict=True))
    for (one, *cells), (place, other) in itertools.product(rows, enumerate(columns)):
        live, ledger = after(STEPS[one], STEPS[other])
        assert (one, other, cells[place]) == (one, other, letters[live] + "+" * bool(ledger.hold[0]))


def test_of_executions_that_come_while_held_the_last_started_waits_whatever_the_order() -> None:
    for one, other in itertools.permutations((pipeline(B, T2), pipeline(C, T3))):
        live, ledger = after(one, other, ledger=live_a(hold=HELD))
        assert (A, (T3, C)) == (live, ledger.waiting)
        assert C == after(ask("release", publish=True), ledger=ledger)[0]


def test_what_waits_stays_known_after_a_release_and_is_forgotten_when_something_goes_live() -> None:
    released = after(ask("release"), ledger=waiting_c())[1]
    assert (T3, C) == released.waiting
    assert () == after(promote(B), ledger=released)[1].waiting


def test_a_release_that_should_publish_says_that_nothing_waits() -> None:
    wish = ask("release", publish=True)
    assert "nothing waits" == decide(live_a(hold=HELD), A, wish, PAST).reason
    assert "not held; nothing waits" == decide(live_a(), A, wish, PAST).reason


def test_an_execution_newer_than_the_one_that_waited_is_not_stale_after_the_release() -> None:
    live, _ = after(ask("release", publish=True), pipeline(B, T3.replace("00.000", "00.001")), ledger=waiting_c())
    assert B == live


def test_the_mark_never_goes_back() -> None:
    late = publish(B)._replace(asked=T2, event="e1")
    assert decide(live_a(mark=T2), A, late, PAST).ledger.mark == f"{T2} e1"
    waits = live_a(hold=HELD, waiting=(T1, C), mark=T3)
    assert decide(waits, A, ask("release", publish=True), PAST).ledger.mark == T3


FUTURE = "2099-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    "ledger",
    [live_a(mark=FUTURE), live_a(hold=("", FUTURE, "Ada")), live_a(waiting=(FUTURE, D), hold=HELD)],
    ids=["mark", "hold", "waiting"],
)
def test_a_time_from_the_future_makes_no_later_event_stale(ledger: Ledger) -> None:
    """A clock was wrong, once; what was written then must not be obeyed for ever."""
    event = publish(B, force=True)._replace(asked=T3, event="e1")
    assert decide(ledger, A, event, PAST).outcome == "published"
    assert decide(ledger, A, event, PAST).ledger.mark == f"{T3} e1"
    hold = ask("hold", reason="freeze")._replace(asked=T3, event="e2")
    assert decide(ledger, A, hold, PAST).ledger.hold == ("freeze", f"{T3} e2", "Ada")
    built = decide(ledger, A, pipeline(B, T3), PAST)
    assert built.outcome == ("held" if ledger.hold[0] else "published")
    assert built.ledger.waiting == ((T3, B) if ledger.hold[0] else ())
    released = decide(ledger, A, ask("release", publish=True), PAST)
    assert released.ledger.mark <= NOW if released.outcome == "published" else released.outcome in DONE_WITH_HOLD


DONE_WITH_HOLD = "released", "duplicate"


def test_a_request_that_lost_a_race_is_not_dated_before_the_one_it_replaces() -> None:
    then = decide(live_a(), A, promote(B), PAST).ledger
    then = decide(then, B, promote(C)._replace(since=T3), PAST).ledger
    assert [entry.since for entry in then.published] == [NOW.replace("00.000", "00.001"), NOW, T2]


def test_one_step_back_from_who_lost_a_race_is_who_won_it() -> None:
    """The history's keys are a time and an ID: of two switches at the same time it would not know the order."""
    for first, second in itertools.permutations((B, C)):
        then = decide(live_a(), A, promote(first), PAST).ledger
        then = decide(then, first, promote(second)._replace(since=T3), PAST).ledger
        keys = sorted(entry.since + entry.deployment for entry in then.published)
        past = PAST._replace(switches=tuple(key.removeprefix(key[:24]) for key in keys))
        assert first == past.back(then, second)


@pytest.mark.parametrize(
    ("intent", "outcome", "target"),
    [
        (promote(B), "published", B),
        (ask("rollback"), "rolled-back", Z),
        (pipeline(B, T3), "published", B),
        (ask("release", publish=True), "published", C),
    ],
    ids=["promote", "rollback", "pipeline", "release"],
)
def test_an_event_that_comes_again_has_its_outcome_again_while_it_is_the_newest_and_changes_nothing(
    intent: Intent, outcome: str, target: str
) -> None:
    event = intent._replace(event="e1")
    once = decide(waiting_c() if intent.action == "release" else live_a(), A, event, PAST).ledger
    past = PAST._replace(switches=(*PAST.switches, target))
    again = decide(once, target, event, past)
    assert (outcome, once, target) == (again.outcome, again.ledger, again.deployment)
    for asked in (event.asked.replace("00.000", "00.100"), NOW.replace("00.000", "01.000")):  # in its second, and later
        later = decide(once, target, promote(D)._replace(since=asked, asked=asked), past).ledger
        again = decide(later, D, event._replace(since=NOW.replace("00.000", "02.000")), past)
        assert later == again.ledger
        assert again.outcome in ("stale", "duplicate")


def test_an_event_is_stale_if_its_second_is_before_that_of_the_newest_act_of_its_register() -> None:
    held = live_a(hold=("", T2, "Ada"), mark=T3)
    late = T2.replace("00.000", "00.900"), T1.replace("00.000", "59.000")
    for asked, outcomes in zip(late, (("stale", "on-hold"), ("stale", "stale")), strict=True):
        wishes = promote(B), ask("hold", reason="freeze")
        events = [wish._replace(asked=asked, event="e1") for wish in wishes]
        assert outcomes == tuple(decide(held, A, event, PAST).outcome for event in events)
        assert all(decide(held, A, wish._replace(asked=asked), PAST).outcome != "stale" for wish in wishes)


def test_of_events_within_one_second_each_is_carried_out_once_and_the_last_four_are_known() -> None:
    ledger, live = live_a(), A
    for number, deployment in enumerate((B, C, D, E, F)):
        event = promote(deployment)._replace(event=f"e{number}")
        decided = decide(ledger, live, event, PAST)
        ledger, live = decided.ledger, decided.deployment
    assert (ledger.mark, live) == (f"{NOW} e1 e2 e3 e4", F)


def test_a_rollback_goes_back_from_what_was_live_when_it_was_asked_for() -> None:
    times = T1, T2, T3
    past = PAST._replace(switches=(Z, A, B), since=times)
    ledger = live_a()._replace(published=(Intent(B, T3, "pipeline", "e", asked=T1), *live_a().published))
    late = ask("rollback")._replace(event="e1")
    asked = {
        T3: ("rolled-back", A),  # in the second of the switch: whoever sends an event after it
        T3.replace("00.000", "00.001"): ("rolled-back", A),
        T2.replace("00.000", "59.000"): ("rolled-back", Z),
        T2: ("rolled-back", Z),
    }
    for moment, (outcome, target) in asked.items():
        decided = decide(ledger._replace(mark=T1), B, late._replace(asked=moment), past)
        assert (moment, outcome, target) == (moment, decided.outcome, decided.deployment)
    with pytest.raises(Refused, match="nothing to roll back to: no complete deployment 1 back from nothing"):
        decide(Ledger(), B, late._replace(asked=T1.replace("01:00", "00:00")), past._replace(since=times))


def test_of_two_operators_who_go_back_at_the_same_time_one_does() -> None:
    """The second one's first look comes after the first one's write, and it was asked for before that."""
    past = PAST._replace(switches=(Z, B, A, B), since=(T1, T1, T2, NOW.replace("00.000", "00.300")))
    second = ask("rollback")._replace(asked=NOW.replace("00.000", "00.200"), since=NOW.replace("00.000", "00.400"))
    ledger = live_a()._replace(published=(Intent(B, past.since[3], "rollback", "Ada", asked=NOW), *live_a().published))
    decided = decide(ledger, B, second, past)
    assert ("duplicate", "already live", B) == (decided.outcome, decided.reason, decided.deployment)


@pytest.mark.parametrize("wish", [publish(B), promote(B), ask("rollback"), ask("release", publish=True)])
def test_whoever_says_what_was_live_for_him_is_refused_if_it_is_not_any_more(wish: Intent) -> None:
    assert decide(live_a(waiting=(T3, C)), A, wish._replace(seen=A), PAST).outcome in SWITCHED
    for seen in (B, ""):
        with pytest.raises(Refused, match=f"^{A} is live, not {seen or 'nothing'} as was seen: look again"):
            decide(live_a(waiting=(T3, C)), A, wish._replace(seen=seen), PAST)


BACK = {
    "to the one before": ((A, B, C), C, 1, B),
    "twice is two places, not to and fro": ((A, B, C, B), B, 1, A),
    "two steps": ((A, B, C), C, 2, A),
    "never to what was gone back from": ((A, B, A, C), C, 1, A),
    "nor to what was jumped over": ((A, B, C, A, D), D, 1, A),
    "and no further than there is": ((A, B, A, C), C, 2, ""),
    "forward again, and back": ((A, B, A, B), B, 1, A),
    "to the one that it came after, not to the one that it came after first": ((A, B, C, A, C), C, 1, A),
    "past what has no manifest any more": ((A, F, C), C, 1, A),
    "before the first there is nothing": ((A, B), A, 1, ""),
    "too far": ((A, B, C), C, 3, ""),
    "what is live is not in the history": ((A, B), C, 1, B),
    "nothing is live, but something was": ((A, B), "", 1, B),
    "nothing is live, and a rollback was the last": ((A, B, A), "", 1, A),
    "nothing at all": ((), "", 1, ""),
}


@pytest.mark.parametrize(("switches", "live", "steps", "target"), BACK.values(), ids=BACK)
def test_going_back_is_an_undo(switches: tuple[str, ...], live: str, steps: int, target: str) -> None:
    assert target == Past(switches, frozenset((A, B, C, D))).back(Ledger(), live, steps)


def test_an_alarm_holds_with_its_reason_and_respects_an_operator_s_hold() -> None:
    assert decide(live_a(), A, alarm(), PAST).ledger.hold == (
        f"alarm errors went off 420 s after {A} went live",
        NOW,
        "errors",
    )
    assert decide(live_a(hold=HELD), A, alarm(), PAST).ledger.hold == HELD


def test_an_alarm_never_sends_the_same_deployment_back_twice() -> None:
    live, ledger = after(alarm(), ask("release"), promote(A)._replace(action="publish"))
    assert A == live
    past = Past((Z, A, Z, A), PAST.manifests)
    later = alarm(at=NOW.replace("00.000", "03.000"))._replace(since=NOW.replace("00.000", "04.000"))
    assert ("ignored", f"{A} was live before") == decide(ledger, A, later, past)[:2]


def test_live_previous_and_waiting_are_kept_and_said_so_and_the_rest_is_retired() -> None:
    intent = ask("retire", deployments=(A, Z, C, B, D))
    decided = decide(waiting_c(), A, intent, PAST)
    assert (B, D) == decided.ledger.retiring
    assert {A: "live", Z: "previous", C: "waiting"} == kept(waiting_c(), A, intent, PAST)


def test_nothing_is_retired_that_was_chosen_before_the_last_switch() -> None:
    """Somebody may have promoted it, and gone on, since the pruner looked: its visitors' pins are fresh."""
    wanted = ask("retire", deployments=(A, Z, B, D), seen=T2)
    assert (B, D) == decide(live_a(), A, wanted, PAST).ledger.retiring
    switched = decide(live_a(), A, promote(B), PAST).ledger
    past = PAST._replace(switches=(*PAST.switches, B))
    assert () == decide(switched, B, wanted, past).ledger.retiring
    late = "chosen before the last switch"
    assert {A: "previous", Z: late, B: "live", D: late} == kept(switched, B, wanted, past)


def test_what_is_retired_by_force_does_not_wait_any_more() -> None:
    decided = decide(waiting_c(), A, ask("retire", deployments=(C,), force=True), PAST)
    assert ((C,), ()) == (decided.ledger.retiring, decided.ledger.waiting)
    other = decide(waiting_c(), A, ask("retire", deployments=(B,), force=True), PAST)
    assert ((B,), (T3, C)) == (other.ledger.retiring, other.ledger.waiting)


def test_force_retires_previous_and_waiting_but_never_what_is_live() -> None:
    intent = ask("retire", deployments=(A, Z, C), force=True)
    assert (Z, C) == decide(waiting_c(), A, intent, PAST).ledger.retiring


def test_a_retired_one_leaves_the_ledger_when_its_manifest_is_gone_and_not_before() -> None:
    ledger = live_a(retiring=(B, C))
    past = PAST._replace(manifests=PAST.manifests - {B})
    assert (C, D) == decide(ledger, A, ask("retire", deployments=(D,)), past).ledger.retiring


def full(names: int, **members: object) -> Ledger:
    ids = [f"{number:064d}" for number in range(names)]
    entries = tuple(Intent(name, NOW, "pipeline", "b" * 40, 2**53) for name in ids)
    return Ledger(NOW, entries)._replace(**members)  # type: ignore[arg-type]


def test_the_ledger_keeps_as_many_published_ones_as_its_text_holds() -> None:
    text = write_ledger(full(40))
    kept = len(read_ledger(text).published)
    entry = len(json.dumps(full(1).published[0][:5], separators=(",", ":")).encode()) + 1
    assert VALUE_LIMIT - entry < len(text.encode()) <= VALUE_LIMIT
    assert full(40).published[:kept] == read_ledger(text).published


def test_three_published_ones_fit_beside_the_longest_hold_and_what_waits() -> None:
    crowded = full(9, hold=("ü" * 100, NOW, "b" * 40), waiting=(NOW, "w" * 64))
    kept = read_ledger(write_ledger(crowded))
    assert crowded._replace(published=crowded.published[:3]) == kept


def test_the_longest_hold_is_possible_while_a_prune_runs_and_a_ci_sends_many_events() -> None:
    """At night nobody waits for a pruner, and one that died has its entries there until the next day."""
    commit, build, execution = "c" * 40, "b" * 16, "e" * 36
    ids = [f"{commit}-{number:0>16}" for number in range(9)]
    entries = tuple(Intent(name, NOW, "auto-rollback", execution, 2**31, NOW) for name in ids[:3])
    register = " ".join([NOW, *["0a1b2c"] * 4])
    retiring = tuple(ids[4 : 4 + prune.AT_ONCE])
    crowded = Ledger(register, entries, ("x" * 200, register, "b" * 40), (NOW, f"{commit}-{build}"), retiring)
    assert crowded._replace(published=(entries[0], entries[1]._replace(asked=""))) == read_ledger(write_ledger(crowded))
    with pytest.raises(Refused, match="retire fewer at once"):
        write_ledger(crowded, least=3)


def test_one_can_be_retired_while_the_longest_hold_and_an_execution_wait() -> None:
    commit, execution = "c" * 40, "e" * 36
    ids = [f"{commit}-{number:0>16}" for number in range(9)]
    entries = tuple(Intent(name, NOW, "auto-rollback", execution, 2**31, NOW) for name in ids[:3])
    crowded = Ledger(NOW, entries, ("x" * 200, NOW, "b" * 40), (NOW, ids[3]), (ids[4],))
    assert len(read_ledger(write_ledger(crowded, least=3)).published) == 3


def test_too_much_that_is_being_retired_is_refused() -> None:
    with pytest.raises(Refused, match="retire fewer at once"):
        write_ledger(full(3, retiring=tuple(f"{number:064d}" for number in range(9))), least=3)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '"x"',
        '{"published":[["a"]]}',
        '{"published":[["a","now","promote","b"]]}',
        '{"later":1}',
        '{"hold":7}',
    ],
)
def test_a_ledger_that_nobody_can_read_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(Refused, match=r"^the store's `ledger` is unreadable .*mend or delete it$"):
        read_ledger(text)


def test_a_ledger_is_read_as_it_was_written() -> None:
    ledger = live_a(7, hold=HELD, waiting=(T3, C), retiring=(B,))
    assert ledger == read_ledger(write_ledger(ledger))
    assert Ledger() == read_ledger("")


def test_a_record_of_a_switch_has_the_members_that_whoever_reads_it_knows() -> None:
    assert [*SwitchRecord.__annotations__] == [*record_of(Intent())]
