"""A site with many deployments: what the first look reads, what the list costs, and what an open page asks for.

S3 and the publisher are the double behind HTTP, which lists so many objects in reasonable time.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.httpsession import URLLib3Session

from bench.prune import Server, served
from dashboard.acting import Asked, act
from dashboard.details import details
from dashboard.listing import Listing
from dashboard.sites import Place
from dashboard.watching import Watched
from deployments.catalog import NO_MANIFEST, NO_RECORD, Made, Switch
from deployments.cloud import connect_to
from deployments.local_system import LocalSystem
from deployments.stack import Stack

MANY, SOME, FEW = 2_500, 500, 150
SECONDS = 0.3  # of a processor, for the list of all


def looked_at(server: Server) -> Watched:
    """The site, as a page with AWS knows it."""
    login = {"AWS_ACCESS_KEY_ID": "111122223333", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "x"}
    system = LocalSystem(server.url, login, "shop", "us-east-1", "https://shop.example", 1, "")
    stack = Stack("shop", "https://shop.example", "site-bucket", "publisher", "")
    return Watched(Place(connect_to(system), stack), lambda: datetime.now(UTC), sparing=True)


@pytest.fixture
def server() -> Iterator[Server]:
    with served(SOME, 4 * SOME) as server:
        yield server


@pytest.fixture
def requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked for from now on."""
    asked: list[str] = []
    send = URLLib3Session.send

    def noted(self: URLLib3Session, request: Any) -> Any:
        asked.append(f"{request.method} {request.url.split('?')[0]}")
        return send(self, request)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(URLLib3Session, "send", noted)
    return asked


def times(work: Callable[[], object]) -> float:
    """Seconds of a processor that the work takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def rows(watched: Watched) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads(watched.listing.body)["rows"]
    return listed


def test_the_newest_are_shown_soon_all_once_they_are_read_and_little_is_asked_then(
    server: Server, requests: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = looked_at(server)
    watched.look()
    assert watched.seen.state.live, "what is live is known before the list"
    assert len(requests) < 20
    assert watched.revise()
    assert (100, SOME - 100) == (len(rows(watched)), json.loads(watched.listing.body)["to_be_read"])
    said: list[str] = []
    monkeypatch.setattr(watched.way.memory, "_told", lambda done, number: said.append(f"{done} of {number}"))
    assert not watched.revise()
    assert said, "it tells how far it is"
    assert SOME == len(rows(watched))
    assert len(requests) < 2 * SOME + 30, "each manifest and each record once"

    requests.clear()
    watched.look()
    assert not watched.revise()
    assert 1 == len(requests), "an idle look is one question to the publisher"


def test_the_list_of_2500_costs_little_even_of_one_commit() -> None:
    with served(1, 4) as server:
        watched = looked_at(server)
    made: list[Made] = []
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(MANY):
        identity, at = f"{0:040x}-{number * 7919:016x}", begin + timedelta(hours=number)
        switch = Switch(f"{at:%Y-%m-%dT%H:%M:%S}.000Z", identity, f"published/{number}")
        made.insert(0, Made(identity, at))
        watched.way.memory._switches = [*(watched.way.memory._switches or ()), switch]
        watched.way.memory._manifests[identity] = {**NO_MANIFEST, "message": "Words " * 20, "immutable": [""] * 100}
        watched.way.memory._records[switch.key] = {**NO_RECORD, "action": "promote", "by": "Ada"}
    watched.listing = Listing("of before", b"")
    watched.seen = watched.seen._replace(made=made)
    spent = []
    for number in range(3):  # something happens
        watched.seen = watched.seen._replace(state=watched.seen.state._replace(waiting=watched.seen.made[number].id))
        spent.append(times(watched.revise))
        assert "waiting" == rows(watched)[number]["state"]
    assert min(spent) < SECONDS, spent
    assert (MANY, "promote", "Ada") == (len(rows(watched)), rows(watched)[-1]["how"], rows(watched)[-1]["by"])
    assert len({row["short"] for row in rows(watched)}) == MANY
    assert len(watched.listing.body) < 1_500_000


def test_an_old_one_is_removed_and_a_new_one_stays() -> None:
    with served(FEW, 4 * FEW) as server:
        watched = looked_at(server)
        watched.look()
        old, young = watched.seen.made[-1].id, watched.seen.made[3].id
        assert details(watched, old)["removable"]
        assert "among the newest 10" == details(watched, young)["kept_because"]
        wishes: list[Asked] = [{"site": "x", "action": "remove", "deployment": one} for one in (old, young)]
        assert ["removed", "stays"] == [act(watched.way.site, wish, "ada")["outcome"] for wish in wishes]
        watched.seen = watched.seen._replace(state=watched.seen.state._replace(live=""))  # so that it lists again
        watched.look()
        assert old not in [one.id for one in watched.seen.made]
