"""The messenger's handler in templates with a pipeline: it tells of its failures too."""

from typing import Any

from messenger.decisions import decision
from messenger.executions import ENDED, pipeline_ended
from messenger.mail import send


def handler(event: Any, _context: object) -> dict[str, str]:  # a DecisionEvent, or the pipeline's Event
    """Send the mail for a decision of the publisher or a pipeline that ended; what was sent."""
    ended = event["detail"].get("state") in ENDED
    return send(*(pipeline_ended(event) if ended else decision(event["detail"])))
