"""Sites and requests by seed, and whether the deployed rules answer as the two files say: `make roundtrip`.

Each site is published into the emulator by the shipped uploader and publisher, and asked through the shipped functions.
What answers is compared with `compiler.asking`, which knows neither keys nor store.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from compiler.asking import Verdict, Visitor, addresses_of
from compiler.headers import headers_of, parse_headers
from compiler.places import has_finisher
from compiler.table import read_site, visitor_of
from contract import EDGES
from local.edge.events import Request
from workbench.random_rules import Sample, requests, sample
from workbench.seeds import asked_for
from workbench.stage import Stage, staged

SITES, REQUESTS = 70, 300  # 2,000 rules and 20,000 requests at least
_NAVIGATION = {
    "host": "localhost",
    "accept": "text/html",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
}
_STORED = "cache-control"  # what S3 sends as its own, also where no function runs


class Difference(NamedTuple):
    """A request that the deployment answers otherwise than the files say."""

    seed: int
    routing: str
    asked: str
    wanted: str
    got: str


class Got(NamedTuple):
    """What a deployment answers."""

    status: int
    to: str  # the location, or the name of the file that answers
    headers: dict[str, str]


def differences(stage: Stage, folder: Path, seed: int, number: int) -> Iterator[Difference]:
    """Publish the site of this seed and ask for `number` addresses."""
    one = sample(seed)
    stage.publish(one.write(folder / str(seed)), one.site["routing"])
    visitor = visitor_of(one.site, read_site(one.site))
    for path, query in requests(random.Random(seed), one, number):
        wanted, got = visitor.ask(path, query), ask(stage, path, query)
        if wanted.to in one.compiled["left_out"] and not wanted.line:  # a line with `!` took the key of its full name
            continue
        if any(f"line {wanted.line} " in warning for warning in one.compiled["warnings"] if "never match" in warning):
            continue
        if not _agrees(wanted, got) or (got.status == 200 and not _dressed(one, visitor, wanted, got)):
            asked = f"{path}?{query}"
            yield Difference(seed, one.site["routing"], asked, str(wanted), str(got))


def ask(stage: Stage, path: str, query: str) -> Got:
    """What a browser that was never here gets."""
    request = Request("GET", path, query or None, _NAVIGATION)
    answer, _ = stage.run(stage.edge.location().answer(request))
    headers = dict(answer.headers)
    page = answer.body.decode(errors="replace").removeprefix("<!doctype html><p>").removesuffix("</p>")
    return Got(answer.status, headers.get("location", page), headers)


def _agrees(wanted: Verdict, got: Got) -> bool:
    if wanted.status == 404 and not wanted.to:  # the publisher's own page
        return got.status == 404
    return (wanted.status, wanted.to) == (got.status, got.to)


def _dressed(one: Sample, visitor: Visitor, wanted: Verdict, got: Got) -> bool:
    """Whether the answer has the headers that `_headers` gives to its file."""
    rules, _ = parse_headers(one.site["headers"])
    told = {name.lower(): value for name, value in headers_of(rules, addresses_of(visitor, wanted))}
    asset = not has_finisher(wanted.to, assets=one.site["assets"])
    seen = {name: value.removeprefix(EDGES) for name, value in got.headers.items()}  # which assets keep
    return all(seen.get(name) == value for name, value in told.items() if not asset or name == _STORED)


def main() -> int:
    """Publish the sites and ask; the exit status."""
    asked = asked_for(__doc__, "make roundtrip", SITES)
    started, rules, wrong = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory() as folder, staged() as stage:
        for seed in asked.seeds:
            rules += sample(seed).lines
            for difference in differences(stage, Path(folder), seed, REQUESTS):
                wrong += 1
                print(difference, flush=True)
    requests_sent = len(asked.seeds) * REQUESTS
    print(f"{rules:,} rules, {requests_sent:,} requests, {wrong} wrong, {time.monotonic() - started:.0f} s")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
