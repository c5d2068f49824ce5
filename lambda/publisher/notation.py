"""How the publisher writes times and values: so that the order of texts is the order of times, and few bytes do."""

import json
from datetime import UTC, datetime

# Of a written time, and of a register, which begins with one
SECOND, MOMENT = slice(19), slice(24)
QUOTED = 100  # characters of what somebody else has written, in a line for people
TOLD = 10  # of a list, in such a line


def written(moment: datetime) -> str:
    """UTC in ISO 8601 with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def timestamp(text: str | None = None) -> str:
    """The time that `text` tells in ISO 8601, or now."""
    return written(datetime.now(UTC) if text is None else datetime.fromisoformat(text))


def in_full(time: str) -> str:
    """The written time that a key of the history tells, which has no colons."""
    return f"{time[:13]}:{time[13:15]}:{time[15:]}Z"


def is_whole(time: str) -> bool:
    """Whether a written time tells no fraction of its second."""
    return time.endswith(".000Z")


def compact(value: object) -> str:
    """`value` as JSON without blanks, characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
