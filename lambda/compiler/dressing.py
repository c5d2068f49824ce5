"""Says what each object is stored with: `_headers` decides at upload, so that nothing is decided at the edge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from compiler.headers import HeaderRule, headers_of
from compiler.layout import Answering
from compiler.places import HTML, has_finisher
from content.media_types import media
from contract import EDGES

# What S3 stores as a header of its own; the rest travels in one member of the metadata, for the finisher.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
OWN = {
    "content-type": "ContentType",
    "cache-control": "CacheControl",
    "content-disposition": "ContentDisposition",
    "content-language": "ContentLanguage",
}
# Bytes of the metadata's member, of the 2 KB that S3 takes for all:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
LIMIT = 1500


class Dressed(NamedTuple):
    """Options by key, and what is to be said about them."""

    options: dict[str, dict[str, str]]
    problems: list[str]
    warnings: list[str]


class _Worn(NamedTuple):
    """What rules do to an object.

    unseen: the headers that do not reach it
    kept: the Cache-Control of a page that browsers would show without asking
    """

    key: str
    source: str
    options: dict[str, str]
    problem: str
    unseen: str
    kept: str


def dress(objects: Iterable[Answering], rules: list[HeaderRule], *, assets: bool) -> Dressed:
    """What to store with each object."""
    worn = [_worn(one, changes, assets) for one in objects if (changes := headers_of(rules, one.addresses))]
    problems = [one.problem for one in worn if one.problem]
    return Dressed({one.key: one.options for one in worn if one.options}, problems, _warnings(worn))


def _worn(one: Answering, changes: Sequence[tuple[str, str | None]], assets: bool) -> _Worn:
    options, packed = _split(changes)
    reached = not packed or all(has_finisher(address[1:], assets=assets) for address in one.addresses)
    others = ", ".join(name for name, _ in changes if name.lower() not in OWN)
    caching = options.get("CacheControl", "")
    kept = caching.removeprefix(EDGES) if one.source.endswith(HTML) and _is_kept(caching) else ""
    size = f"{len(packed):,} bytes of headers, of which {LIMIT:,} can be stored"
    problem = f"_headers: {one.key} would have {size}" if len(packed) > LIMIT else ""
    return _Worn(
        one.key, one.source, options | ({"headers": packed} if packed else {}), problem, "" if reached else others, kept
    )


def _warnings(worn: Sequence[_Worn]) -> list[str]:
    """What does not reach, by its names, and what is kept, by its Cache-Control."""
    unseen: dict[str, list[str]] = {}
    kept: dict[str, list[str]] = {}
    for one in worn:
        unseen.setdefault(one.unseen, []).append(one.key)
        kept.setdefault(one.kept, []).append(one.source)
    return [
        *(
            f"_headers: {names} does not reach {_some(keys)}: set `assets = true` below [headers] in site.toml"
            for names, keys in unseen.items()
            if names
        ),
        *(
            f"_headers: Cache-Control `{caching}` lets browsers show {_some(pages)} after a newer version is live"
            for caching, pages in kept.items()
            if caching
        ),
    ]


def with_types(dressed: Dressed, sources: Iterable[tuple[str, str]]) -> tuple[list[dict[str, str]], dict[str, int]]:
    """The distinct options, with the type that the name of a file tells (a line's own wins), and each key's place."""
    numbers: dict[tuple[tuple[str, str], ...], int] = {}
    places: dict[str, int] = {}
    for key, source in sources:
        options = {**media(f"/{source}"), **dressed.options.get(key, {})}
        if options:
            places[key] = numbers.setdefault(tuple(sorted(options.items())), len(numbers))
    return [dict(one) for one in numbers], places


def _split(changes: Sequence[tuple[str, str | None]]) -> tuple[dict[str, str], str]:
    """What S3 stores itself, and the others as one text."""
    options: dict[str, str] = {}
    members: list[str] = []
    for name, value in changes:
        own = OWN.get(name.lower())
        if own and value is not None:
            options[own] = EDGES + _for_browsers(value) if own == "CacheControl" else value
        elif not own:
            members.append(f"!{name}" if value is None else f"{name}: {value}")
    return options, "~".join(members)


def _for_browsers(value: str) -> str:
    """A Cache-Control without what it says to edges."""
    members = [member.strip() for member in value.split(",")]
    return ", ".join(member for member in members if member and not re.match("s-maxage", member, re.IGNORECASE))


def _is_kept(caching: str) -> bool:
    """Whether browsers would show it without asking."""
    age = re.search(r"(?<![\w-])max-age=0*([1-9]\d*)", caching)
    return bool(age) and not re.search("no-cache|no-store", caching)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
    return f"{names[0]}{more}"
