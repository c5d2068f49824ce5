"""Sets of addresses, rules and shells for the reference's requests, most of which have to do with the request."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from random import Random

NAMES = [":id", ":x", ":long_name"]
TARGETS = [
    "/new",
    "/news/:splat",
    "/u/:id/:x",
    "https://b.example/:splat?x=1#f",
    "/p.html",
    "/:splat",
    "//b.example/:id",
]
TARGETS += [
    "/a?b=:q#c",
    "/about/",
    "/docs",
    "/x.glb",
    "/.well-known/:id",
    "/:id/index",
    "/a//:splat//b",
    "/../x",
    "/é/:x",
]
TARGETS += [
    "/%2e%2e/x",
    "/",
    "/:q",
    "/x+y/:id",
    "https://b.example:8080/:idx",
    "/:splat/",
    "/a/:q/b",
]
STATUSES = ["301", "302", "303", "307", "308", "200", "200", "200", "200"]
QUERIES = ["", "", "", "a=1", "a=:q", "b=:x&a=1", "a=:id&b=2", "a="]
TELLING = ["1", "2", "3", "?a", "?b"]  # by what the rules of a value are told apart
SHELLS = ["shell=index.csr.html", "shell=de/app.html", "shell=", ""]
Decode = Callable[[str], str]


def digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def options(random: Random, uri: str, others: list[str], decode: Decode) -> tuple[list[str], dict[str, str]]:
    """The members of a store's value, and the values that they name."""
    members, values = [random.choice(SHELLS)], dict[str, str]()
    name = digest(str(random.random()))[:12]
    masks, segment = ["", ""], random.choice([1, 1, 2, 3, 4])
    if random.random() < 0.6:
        count = random.choice([1, 2, 4, 8])
        near = [uri, uri, uri + "/", uri.removesuffix("/"), decode(uri)]
        addresses = [decode(random.choice(near)), *random.sample(others, 3)]
        masks[0] = str(count - 1)
        values |= exact(random, name, count, addresses)
    if random.random() < 0.7:
        count = random.choice([1, 2, 4, 8])
        lines = [line(random, decode(random.choice([uri, uri, *others]))) for _ in range(random.randint(1, 5))]
        masks[1] = str(count - 1)
        values |= rules(name, count, segment, lines, random.choice(TELLING))
    members += [f"lines={name}:{masks[0]}:{masks[1]}:{segment}"] if any(masks) else []
    for key in list(values):
        if random.random() < 0.1:  # not yet at this edge
            del values[key]
    return [*random.sample(members, len(members)), "+"], values


def exact(random: Random, name: str, count: int, addresses: list[str]) -> dict[str, str]:
    values = {f"t:{name}:{number}": "" for number in range(count)}
    for address in dict.fromkeys(addresses):
        found = digest(address)
        values[f"t:{name}:{int(found[8:12], 16) & (count - 1)}"] += random.choice("\n;") + found[:8]
    return {key: value or "\n" for key, value in values.items()}


def rules(name: str, count: int, place: int, lines: list[str], at: str = "1") -> dict[str, str]:
    """The values for lines of status, source, target and query with tabs between, told apart by `at`."""
    values: dict[str, list[str]] = {f"r:{name}:{number}": [] for number in range(count)}
    for one in lines:
        segments = one.split("\t")[1].removeprefix("/").split("/")
        literal = segments[place - 1] if place <= len(segments) else ""
        everywhere = literal[:1] == ":" or "*" in segments[:place]
        only = int(digest(literal)[8:12], 16) & (count - 1)
        for number in range(count) if everywhere else [only]:
            values[f"r:{name}:{number}"].append(written(one, at))
    return {key: "\t".join([at, *value]) if value else "\n" for key, value in values.items()}


def written(line: str, at: str) -> str:
    """The five fields of a rule: what stands at `at`, status, source, query and target."""
    status, source, target, query = [*line.split("\t"), ""][:4]
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    parts = source.split("/")
    places = {part: str(number) for number, part in enumerate(parts) if part[:1] == ":"}
    places |= {value: f"?{key}" for key, value in pairs if value[:1] == ":"}
    if parts[-1] == "*":
        places[":splat"] = f"*{len(parts) - 1}"
    for key in sorted(places, key=len, reverse=True):
        target = re.sub(rf"{key}(?!\w)", f"<{places[key]}<", target, flags=re.ASCII)
    members = [key if value[:1] == ":" else f"{key}={value}" for key, value in pairs]
    plain = "/".join(":" if part[:1] == ":" else part for part in parts) if source != "/" else ""
    there = dict(pairs).get(at[1:], "") if at[0] == "?" else parts[int(at)] if int(at) < len(parts) else ""
    told = "" if there[:1] in (":", "*") else there
    return "\t".join([told, status, plain, "&".join(members), target])


def line(random: Random, address: str) -> str:
    """A rule that may hold for the decoded address."""
    segments = [part for part in address.split("/") if part.isprintable()][:12] or [""]
    while segments[1:] and not segments[-1]:
        segments.pop()
    for index in range(1, len(segments)):
        if random.random() < 0.3:
            name = random.choice(NAMES)
            segments[index] = segments[index] if name in segments else name  # an upload takes no name twice
    if random.random() < 0.4:
        segments = [*segments[: random.randint(1, len(segments))], "*"]
    source = "/".join(segments) if segments[1:] else "/"
    query = random.choice(QUERIES)
    return "\t".join([random.choice(STATUSES), source, random.choice(TARGETS), *([query] if query else [])])
