"""The publisher's handler in templates with a pipeline: see `variants`.

Three handlers and no switch in one, because a template has little room and carries only what its handler needs.
"""

from typing import TYPE_CHECKING

from contract import Answer, Event
from publisher.reception import respond
from publisher.variants import PIPELINE

if TYPE_CHECKING:
    from aws_types import LambdaContext


def handler(event: Event, context: "LambdaContext") -> Answer:
    """Answer an event or a direct request."""
    return respond(event, context, PIPELINE)
