"""Says in words for people what an answer says in a word for programs: "already live", and not `duplicate`.

They stand apart from the commands, so that a command, `watch` and the dashboard say the same of the same.
"""

from __future__ import annotations

from contract import Answer

OUTCOMES = {
    "published": "live now",
    "rolled-back": "gone back: the one before is live",
    "stale": "not made live: a newer one came first",
    "held": "waits until the hold ends",
    "on-hold": "held: new deployments wait from now on",
    "released": "the hold has ended",
    "retiring": "may be deleted now",
    "ignored": "nothing done: it does not concern what is live",
    "refused": "refused",
    "failed": "failed",
    "created": "the stack is there",
    "updated": "the stack is as the project says",
    "unchanged": "the stack was as the project says already",
    "planned": "nothing was changed",
}
_NOTHING = "nothing had to be done"


def of_answer(answer: Answer) -> dict[str, str]:
    """The outcome in words, and the reason where it says more."""
    outcome, reason = answer["outcome"], answer.get("reason", "")
    if outcome == "duplicate":
        is_live = bool(answer.get("deployment")) and answer.get("deployment") == answer.get("after")
        outcome_words = "already live" if is_live and "not held" not in reason else _NOTHING
    else:
        outcome_words = OUTCOMES.get(outcome, outcome)
    return {"outcome": outcome_words, "reason": "" if reason == outcome_words else reason}
