"""The decision: what becomes of each intent in each state, and of every pair of rows in both orders."""

from __future__ import annotations

import itertools

import pytest

from publisher.decision import SWITCHED
from publisher.intent import Intent, Refused
from publisher.ledger import Ledger
from publisher.past import Past
from tests.publisher.intents import (
    HELD,
    NOW,
    PAST,
    T1,
    T2,
    T3,
    A,
    B,
    C,
    D,
    E,
    F,
    Z,
    after,
    alarm,
    ask,
    live_a,
    pipeline,
    promote,
    publish,
    waiting_c,
)
from workbench.deciding import decide

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


def test_every_two_intents_have_the_outcomes_of_the_table_in_both_orders() -> None:
    columns, *rows = (line.split() for line in PAIRS.split("\n") if line)
    assert list(STEPS) == columns == [row[0] for row in rows]
    letters = dict(zip((Z, A, B, C, D, E, F), "ZABCDEF", strict=True))
    for (one, *cells), (place, other) in itertools.product(rows, enumerate(columns)):
        live, ledger = after(STEPS[one], STEPS[other])
        assert (one, other, cells[place]) == (one, other, letters[live] + "+" * bool(ledger.hold[0]))
