"""Every order of the steps of uploads, requests and prunes: what is live is never without a file.

Programs also end before each of their steps, one of them or all together, and then the next prune must finish. Of a
promote and a prune that is 3,824,012,424,535,130 orders, of an upload and a prune 6,637 (`reduce=False` counts them;
the upload waits while the lock is there, so they are few); docs/decisions/pruning.md has the table. Of the two longest
searches only `make orders` has every death, too: here these are a sample.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from pruner import lock, looking
from pruner import pruning as prune
from tests.pruner.actors import BEFORE, LIVE, NEW, OLD, Actors
from workbench.double import World
from workbench.orders import Orders, every_order, some_orders
from workbench.scenes import Scene
from workbench.together import UPLOADER

if TYPE_CHECKING:
    from aws_types import Clients

ALL = os.environ.get("ORDERS") == "all"
Programs = list[Callable[["Clients"], Any]]


def scenes(actors: Actors, *programs: Callable[[Clients], Any]) -> Callable[[], Scene]:
    start = actors.world
    return lambda: Scene(start.copy(), programs, actors.check, actors.finish, World.live)


def tell(found: Orders) -> None:
    print(
        f"\nat least {found.orders:,} orders, {found.states:,} states, {found.runs:,} runs, ends: {sorted(found.ends)}"
    )


def lives(found: Orders) -> set[str]:
    """What was live at the end of orders in which nobody died."""
    return {end[-1] for end in found.ends if set(end[:-1]) == {"done"}}


def test_in_every_order_a_promote_and_a_prune_leave_a_whole_site(actors: Actors) -> None:
    both = scenes(actors, actors.prune(), actors.promote(OLD))
    found = every_order(both, crashes=1 if ALL else 0)
    tell(found)
    assert found.wrong == []
    assert found.states > (3_000 if ALL else 300)
    assert lives(found) == {OLD, LIVE}  # either may win


def test_in_some_orders_of_a_promote_and_a_prune_that_die_a_whole_site_is_left(actors: Actors) -> None:
    found = some_orders(scenes(actors, actors.prune(), actors.promote(OLD)), crashes=1, count=200)
    assert found.wrong == []
    assert any("crashed" in end for end in found.ends)


def test_in_every_order_an_upload_and_a_prune_leave_a_whole_site(actors: Actors) -> None:
    start, programs = actors.world, [actors.prune(), actors.upload(NEW)]
    scene = lambda: Scene(start.copy(), programs, actors.check, actors.publish_and_finish, World.live)  # noqa: E731
    found = every_order(scene, crashes=1, reduce=False)
    tell(found)
    assert found.wrong == []
    assert found.orders > 6_000


def test_two_prunes_that_both_take_the_lock_for_stale(actors: Actors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0)
    both = scenes(actors, actors.prune("first"), actors.prune("second"))
    found = every_order(both) if ALL else some_orders(both, crashes=1, count=150)
    tell(found)
    assert found.wrong == []
    assert lives(found) == {LIVE}


def test_upload_and_publish_against_prune_in_some_orders(actors: Actors) -> None:
    found = some_orders(scenes(actors, actors.prune(), actors.deploy(NEW)), crashes=1, count=200)
    assert found.wrong == []
    assert lives(found) == {NEW}


def test_in_some_orders_of_prunes_an_upload_a_promote_and_a_rollback_a_whole_site_is_left(actors: Actors) -> None:
    programs = [actors.prune("first"), actors.prune("second"), actors.deploy(NEW), actors.promote(OLD), actors.rollback]
    found = some_orders(scenes(actors, *programs), crashes=1, count=300, seed=4)
    assert found.wrong == []
    assert {end[-1] for end in found.ends} >= {NEW, OLD, BEFORE}  # each may win, most often after one has died


# What the protocols consist of, taken away one by one: each is needed, and the harness sees it.


def test_a_publisher_that_promises_nothing_is_found_out(actors: Actors, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = actors.ask

    def promise_nothing(request: Any) -> Any:
        if request["action"] != "retire":
            return ask(request)
        return {"outcome": "retiring", "retiring": request["deployments"], "kept": {}}

    monkeypatch.setattr(actors, "ask", promise_nothing)
    found = every_order(scenes(actors, actors.prune(), actors.promote(OLD)), until_wrong=True)
    assert "is live without" in found.wrong[0]


@pytest.mark.parametrize("half", ["no lease", "look before the lease", "leases ignored"])
def test_half_a_protocol_for_the_pool_is_found_out(actors: Actors, monkeypatch: pytest.MonkeyPatch, half: str) -> None:
    lease, look = UPLOADER.take_lease, looking.look

    class Reversed:
        """A client with which the lease is written after the look."""

        def __init__(self, s3: Any) -> None:
            self.s3 = s3
            self.lease: dict[str, Any] = {}

        def put_object(self, **arguments: Any) -> None:
            self.lease = arguments

        def list_objects_v2(self, **arguments: Any) -> Any:
            found = self.s3.list_objects_v2(**arguments)
            self.s3.put_object(**self.lease)
            return found

    if half == "no lease":
        monkeypatch.setattr(UPLOADER, "take_lease", lambda *_: 0.0)
        monkeypatch.setattr(UPLOADER, "_HOURS", 10**12)
    elif half == "look before the lease":
        monkeypatch.setattr(UPLOADER, "take_lease", lambda s3, *rest: lease(Reversed(s3), *rest))
    else:
        monkeypatch.setattr(prune, "look", lambda *places: look(*places)._replace(open=[]))
    found = every_order(scenes(actors, actors.prune(), actors.deploy(NEW)), until_wrong=True)
    assert f"{NEW} is complete without {{'immutable/assets/old-Xk29dLa0.js'}}" in found.wrong[0]
