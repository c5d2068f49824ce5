"""The publisher's handler in templates with a pipeline: see `variants`."""

from typing import Any

from contract import Answer, Event
from publisher.reception import respond
from publisher.variants import PIPELINE


def handler(event: Event, context: Any) -> Answer:
    """Answer an event or a direct request."""
    return respond(event, context, PIPELINE)
