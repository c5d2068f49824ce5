"""The messenger's handler in templates without a pipeline: it tells of decisions.

It is an entry of its own, because a template has little room and carries only what its handler needs.
"""

from contract import DecisionEvent
from messenger.decisions import decision
from messenger.mail import send


def handler(event: DecisionEvent, _context: object) -> dict[str, str]:
    """Send the mail for a decision of the publisher; what was sent."""
    return send(*decision(event["detail"]))
