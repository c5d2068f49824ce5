"""The publisher's handler in templates with the option `operations`: see `variants`."""

from typing import Any

from contract import Answer, Event
from publisher.reception import respond
from publisher.variants import OPERATIONS


def handler(event: Event, context: Any) -> Answer:
    """Answer an event or a direct request."""
    return respond(event, context, OPERATIONS)
