"""Goes back by itself when an alarm goes off soon after a switch.

It travels only with the option `operations`; the rule on the alarm sends the request.
"""

from datetime import datetime

from publisher.decision import Decision, roll_back
from publisher.intent import Intent
from publisher.ledger import Ledger, noted
from publisher.past import Past


def automatic(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    """Go back and hold, if the alarm concerns what is live: never twice, and never against an operator."""
    newest = ledger.published[:1]
    since = newest[0].since if newest else intent.asked
    age = (datetime.fromisoformat(intent.asked) - datetime.fromisoformat(since)).total_seconds()
    why = _why_not(live, intent, past, newest, age)
    if why:
        return Decision("ignored", why, ledger, live)
    reason = f"alarm {intent.by} went off {max(age, 0):.0f} s after {live} went live"
    outcome, _, then, target = roll_back(ledger, live, intent._replace(event=""), past)
    if not ledger.hold[0]:  # an operator's keeps its reason
        # placed now, for whoever asked before that to end a hold meant another one
        then = then._replace(hold=(reason, noted(ledger.hold[1], intent._replace(asked=intent.since)), intent.by))
    return Decision(outcome, reason, then, target)


def _why_not(live: str, intent: Intent, past: Past, newest: tuple[Intent, ...], age: float) -> str:
    """Why the alarm concerns nothing that is live, or ""."""
    if [(entry.deployment, entry.action in ("pipeline", "publish", "release")) for entry in newest] != [(live, True)]:
        return "what is live was chosen by an operator"
    if not -1 < age <= 60 * intent.minutes:  # the alarm's time has no fractions
        since = "".join(entry.since for entry in newest)
        return f"{live} is live since {since}, not within the last {intent.minutes} minutes"
    return f"{live} was live before" if past.switches.count(live) > 1 else ""
