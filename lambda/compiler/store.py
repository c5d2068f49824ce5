"""Writes what the router looks up in the store: which addresses are exact, and how all such values are named.

A value is small, as the router searches it, and it is found by a hash, as the router must not look through many. All
values exist: a key that is missing costs the router as much as twenty pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

EMPTY = "\n"
EXACT, SPARED = "\n", ";"  # what stands before a tag: the key is the address itself; no rule takes the address
_TAG, _LOOKED_AT = 8, 12  # hex digits of an address's MD5: its tag, and with them those that find the value
SET_VALUE = 150  # bytes of a value; to search 100 costs the router 7,000 instructions: `python -m bench.edge`
# All values of a store have 5 MB, of two deployments and of those that somebody promotes meanwhile:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
SET_LIMIT = 500_000  # bytes of all
_NAME = 12  # hex digits that name all values of a deployment


class TooMuchError(ValueError):
    """The store cannot hold it in a form that the router could search; says what to do."""


def set_values(marks: Mapping[str, str], others: Iterable[str]) -> list[str]:
    """The values that hold each address of `marks` behind its mark; none for no address.

    `TooMuchError` if they are too many, or if one of the `others`, addresses that are not in it, looks the same.
    """
    if not marks:
        return []
    found = {address: digest(address) for address in marks}
    _refuse_twins(found, others)
    size = 1
    # the first question spares the second one for sizes that are too small in any case
    while (
        size * SET_VALUE < len(marks) * (_TAG + 1) or max(map(len, values := _marked(marks, found, size))) > SET_VALUE
    ):
        size *= 2
    if sum(map(len, values)) > SET_LIMIT:
        raise TooMuchError(
            f"{len(marks):,} addresses are exact, of which the store takes {SET_LIMIT // (_TAG + 1):,}: publish fewer"
        )
    return [value or EMPTY for value in values]


def _marked(marks: Mapping[str, str], found: Mapping[str, str], size: int) -> list[str]:
    """So many values with the marks and tags of the addresses that are looked for in them."""
    values = [""] * size
    for address, mark in sorted(marks.items()):
        values[place(found[address], size)] += mark + found[address][:_TAG]
    return values


def _refuse_twins(found: Mapping[str, str], others: Iterable[str]) -> None:
    tags = {one[:_LOOKED_AT]: address for address, one in found.items()}
    for address in others:
        twin = tags.get(digest(address)[:_LOOKED_AT])
        if twin and twin != address:
            raise TooMuchError(f"{address} and {twin} have the same MD5 where the router looks: rename one")


def named(values: Mapping[str, list[str]]) -> tuple[str, dict[str, str]]:
    """What the store's keys have in common, made of the content, and the lines by key; `values` by kind (`t`, `r`)."""
    content = repr(sorted(values.items())).encode()
    name = hashlib.sha256(content).hexdigest()[:_NAME]
    return name, {f"{kind}:{name}:{k}": value for kind, one in values.items() for k, value in enumerate(one)}


def digest(text: str) -> str:
    """The MD5 as hex digits: 5,300 instructions at the edge, of nothing that is secret."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def place(digits: str, size: int) -> int:
    """Which of `size` values, a power of two, the hex digits of an MD5 name."""
    return int(digits[_TAG:_LOOKED_AT], 16) & (size - 1)
