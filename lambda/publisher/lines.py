"""Keeps in the store what the router looks up for a deployment: its exact addresses and its rules.

They lie in the manifest, so every switch can write them again; in the store they are for what is live and for what was
live before it. They are named by their content, and a value once written stays as it is.
"""

from collections.abc import Iterator, Set

from publisher.aws import store, stored

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-keyvaluestores
BATCH = 50  # keys of an UpdateKeys call
Lines = dict[str, str]


def stock(etag: str, lines: Lines) -> str:
    """Write the lines unless they are there; the store's ETag then.

    They are written in their order, so the last one tells of all. Whoever takes them away meanwhile changes the ETag.
    """
    if lines and not stored([*lines][-1]):
        for keys in batches(lines):
            puts = [{"Key": key, "Value": lines[key]} for key in keys]
            etag = store("update_keys", IfMatch=etag, Puts=puts)["ETag"]
    return etag


def clear(etag: str, unneeded: Lines, needed: Set[str]) -> str:
    """Take the lines away that are not needed, the last one first, as without it they are not there; the ETag then."""
    for keys in batches(dict.fromkeys(reversed(unneeded))):
        # whether a key that is missing may be deleted is not documented
        gone = [{"Key": key} for key in keys if key not in needed and stored(key)]
        if gone:
            etag = store("update_keys", IfMatch=etag, Deletes=gone)["ETag"]
    return etag


def batches(keys: dict[str, str] | dict[str, None]) -> Iterator[list[str]]:
    """The keys in their order, as many as a call takes."""
    names = [*keys]
    return (names[start : start + BATCH] for start in range(0, len(names), BATCH))
