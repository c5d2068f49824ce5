"""How the publisher writes times and values: so that the order of texts is the order of times, and few bytes do."""

import json
from datetime import UTC, datetime


def written(moment: datetime) -> str:
    """UTC in ISO 8601 with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def timestamp(text: str | None = None) -> str:
    """The time that `text` tells in ISO 8601, or now."""
    return written(datetime.now(UTC) if text is None else datetime.fromisoformat(text))


def compact(value: object) -> str:
    """`value` as JSON without blanks, characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
