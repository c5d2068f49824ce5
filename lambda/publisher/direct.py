"""The publisher's handler in templates without a pipeline: see `variants`."""

from typing import Any

from contract import Answer, Event
from publisher.reception import respond
from publisher.variants import DIRECT


def handler(event: Event, context: Any) -> Answer:
    """Answer an event or a direct request."""
    return respond(event, context, DIRECT)
