"""The publisher's promise to the pruner: these deployments will not become live again, so they may be deleted."""

from publisher.decision import Decision
from publisher.intent import Intent
from publisher.ledger import Ledger
from publisher.past import Past


def retire(ledger: Ledger, live: str, intent: Intent, past: Past) -> Decision:
    """Promise it of all that may go; what has gone is forgotten."""
    why = kept(ledger, live, intent, past)
    wanted = dict.fromkeys((*ledger.retiring, *(name for name in intent.deployments if name not in why)))
    # it leaves the ledger when its manifest is gone, and not before, whoever asks: somebody may be deleting it
    retiring = tuple(deployment for deployment in wanted if deployment in past.manifests)
    waiting = () if {*ledger.waiting[1:]} & {*retiring} else ledger.waiting
    return Decision("retiring", "", ledger._replace(retiring=retiring, waiting=waiting))


def kept(ledger: Ledger, live: str, intent: Intent, past: Past) -> dict[str, str]:
    """Which of the deployments that should be retired are not, and why."""
    newest = "".join(entry.since for entry in ledger.published[:1])
    late = intent.seen not in (None, newest)
    why = dict.fromkeys(intent.deployments, "chosen before the last switch") if late else {}
    if not intent.force:
        why |= {past.back(ledger, live): "previous", "".join(ledger.waiting[1:]): "waiting"}
    why[live] = "live"
    return {deployment: why[deployment] for deployment in intent.deployments if deployment in why}
