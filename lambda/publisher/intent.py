"""What somebody wants of the publisher, in one form for whoever asks; and how it says no.

Requests come directly, through an alias, as an event, from an alarm, and from a pipeline that has succeeded. What
follows is decided once for all of them, so each way in makes one of these.
"""

from typing import NamedTuple

Texts = tuple[str, ...]


class Refused(Exception):  # noqa: N818  # an answer more than an error, and the word of the log
    """Something that must not be done, or a request that makes no sense; one line for a person."""


class NotThere(Refused):
    """The deployment that was asked for cannot become live; others could."""


class NotAdmitted(Refused):
    """The alias does not take it. No event comes through one, so whoever asked waits."""


class Intent(NamedTuple):
    """What somebody wants. The first six are also what the ledger keeps of a switch.

    Times are UTC in ISO 8601 with milliseconds: as text they sort by time.

    deployment: which one; "" until the past tells it
    since: now; in the ledger, since when it is live
    by: the pipeline execution, or who asks
    sequence: the requester's own order; in the ledger, the newest until then
    asked: its place in the order: when it was asked for, when a pipeline started, when an alarm went off
    event: the ID of the event that it came as, if it did
    force: publish although the site is held; retire the previous one too
    steps: how far back
    reason: of a hold
    previous: with a status: what one step back would be
    publish: with a release: what waits becomes live
    deployments: to be retired
    seen: what was live for whoever asks; with a retirement, since when
    minutes: for so long after a switch an alarm concerns it
    """

    deployment: str = ""
    since: str = ""
    action: str = ""
    by: str = ""
    sequence: int | None = None
    asked: str = ""
    event: str | None = None
    force: bool = False
    steps: int = 1
    reason: str = ""
    previous: bool = True
    publish: bool = False
    deployments: "Texts" = ()  # quoted, the form need not travel
    seen: str | None = None
    minutes: int = 0
