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
    """

    deployment: str = ""  # until the past tells which one
    since: str = ""  # now; in the ledger, since when it is live
    action: str = ""
    by: str = ""  # the pipeline execution, or who asks
    sequence: int | None = None  # the requester's own order; in the ledger, the newest until then
    asked: str = ""  # its place in the order: when it was asked for, when a pipeline started, when an alarm went off
    event: str | None = None  # the ID of the event that it came as, if it did
    force: bool = False  # publish although the site is held; retire the previous one too
    steps: int = 1  # how far back
    reason: str = ""  # of a hold
    previous: bool = True  # with a status: what one step back would be
    publish: bool = False  # with a release: what waits becomes live
    deployments: "Texts" = ()  # to be retired; quoted, the form need not travel
    seen: str | None = None  # what was live for whoever asks; with a retirement, since when
    minutes: int = 0  # for so long after a switch an alarm concerns it
