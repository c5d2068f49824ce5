"""The messenger's handler in templates with a pipeline: it tells of its failures too.

It is an entry of its own, because a template has little room and carries only what its handler needs.
"""

from contract import DECISION_EVENT, MailEvent
from messenger.decisions import decision
from messenger.executions import pipeline_ended
from messenger.mail import send


def handler(event: MailEvent, _context: object) -> dict[str, str]:
    """Send the mail for a decision of the publisher or a pipeline that ended; what was sent."""
    if event["detail-type"] == DECISION_EVENT:
        return send(*decision(event["detail"]))
    return send(*pipeline_ended(event))
