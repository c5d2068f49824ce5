"""What the publisher remembers between two events: a value in the store, written together with what is live.

It must fit a value's 1,024 bytes, so it keeps the newest only; the history in the bucket keeps the others.
"""

import json
import re
from datetime import datetime
from typing import NamedTuple

from contract import LEDGER, VALUE_LIMIT, SwitchRecord, switch_of
from publisher.intent import Intent, Refused, Texts
from publisher.notation import MOMENT, SECOND, compact

FORM = r"\[s,\[(\[s,s,s,s,(null|\d+)(,s)?\],?)*\],\[s,s,s\],\[(s,s)?\],\[(s,?)*\]\]"  # s is a text
RECENT = 4  # events of a register: that many of one second may come again
ENTRIES = 20  # more never fit, so nobody need try
LETTERS = 6  # of an event's ID; there is room for no more


class Ledger(NamedTuple):
    """What the publisher remembers; the newest comes first.

    A register is when the newest act was asked for, and between blanks the IDs of the events of its second.

    mark: the register of what is live
    hold: reason ("" if it is not held), the register of the hold, by whom
    waiting: start and deployment of the newest execution that came while held
    retiring: will not become live again
    """

    mark: str = ""
    published: tuple[Intent, ...] = ()
    hold: "Texts" = ("", "", "")
    waiting: "Texts" = ()
    retiring: "Texts" = ()


def record_of(entry: Intent) -> SwitchRecord:
    """What the history and a status tell of a switch."""
    # the first six of the fields are what a ledger keeps, and a test holds the record to them
    return dict(zip(Intent._fields, entry[:6]))  # type: ignore[return-value]  # noqa: B905


def switch_key(entry: Intent) -> str:
    """The object of the history that tells of a switch."""
    return switch_of(entry.since, entry.deployment)


def is_stale(register: str, intent: Intent) -> bool:
    """Whether a newer act is in the register; one from the future had a wrong clock, and is none."""
    return intent.asked[SECOND] < register[SECOND] and register[MOMENT] <= intent.since


def noted(register: str, intent: Intent) -> str:
    """The register after an act, with the newest events of its second."""
    if is_stale(register, intent):
        return register
    if register[SECOND] != intent.asked[SECOND]:
        register = intent.asked  # of its second no event is known yet
    events = [*register.split()[1:], intent.event or ""]
    return " ".join([max(intent.asked, register[MOMENT]), *events[-RECENT:]]).strip()


def read_ledger(text: str) -> Ledger:
    """The ledger in the store; "" is a new one. `Refused` if a person has mended it into something else."""
    try:
        ledger = Ledger(**json.loads(text or "{}"))
        if not re.fullmatch(FORM.encode(), re.sub(rb'"([^"\\]|\\.)*"', b"s", compact(ledger).encode())):
            raise ValueError("another form")
        published = tuple(Intent(*entry) for entry in ledger.published)
        for entry in published:
            datetime.fromisoformat(entry.since)
        return Ledger(ledger.mark, published, *map(tuple, ledger[2:]))
    except Exception as error:
        raise Refused(f"the store's `{LEDGER}` is unreadable ({error}): mend or delete it") from error


def write_ledger(ledger: Ledger, least: int = 2) -> str:
    """The text of `ledger`, with as many published deployments as fit, at least `least`.

    Three, unless a hold and a prune leave no room; so a retirement must leave it. When the newest one was asked for
    tells an event that comes again; of the others the history knows it.
    """
    for count in range(ENTRIES, least - 1, -1):
        entries = [entry[: 5 + (not place)] for place, entry in enumerate(ledger.published[:count])]
        members = ledger._replace(published=entries)._asdict().items()  # type: ignore[arg-type]  # as they are written
        text = compact({name: value for name, value in members if any(value)})
        if len(text.encode()) <= VALUE_LIMIT:
            return text
    raise Refused(f"the ledger needs over {VALUE_LIMIT} bytes: retire fewer at once")
