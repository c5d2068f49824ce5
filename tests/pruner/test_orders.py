"""The harness itself: on the obvious protocols it finds the failures that were counted on paper."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import TYPE_CHECKING

import pytest

from workbench.double import S3, World
from workbench.orders import every_order
from workbench.scenes import Scene

if TYPE_CHECKING:
    from aws_types import Clients, StoreEntry

Program = Callable[["Clients"], None]

NOTHING = "nothing"  # where a program has nothing to do it asks for this: each has the same number of steps


def naive_prune(clients: Clients) -> None:
    """Look at what is live, delete the manifest, look again, delete the file."""
    s3, store = clients("s3"), clients("cloudfront-keyvaluestore")
    live = store.get_key(KvsARN="", Key="live")["Value"]
    s3.delete_object(Bucket="", Key=NOTHING if live == "old" else "manifests/old.json")
    live = store.get_key(KvsARN="", Key="live")["Value"]
    s3.delete_object(Bucket="", Key=NOTHING if live == "old" else "deployments/old/index.html")


def naive_promote(clients: Clients) -> None:
    """Read the store's ETag, check the manifest, make it live."""
    s3, store = clients("s3"), clients("cloudfront-keyvaluestore")
    etag = store.describe_key_value_store(KvsARN="")["ETag"]
    complete = s3.list_objects_v2(Bucket="", Prefix="manifests/old.json")["KeyCount"]
    puts: list[StoreEntry] = [{"Key": "live", "Value": "old"}] if complete else []
    store.update_keys(KvsARN="", IfMatch=etag, Puts=puts)


def naive_sweep(clients: Clients) -> None:
    """Look at what is live, at the manifests, at the pool, and delete what no manifest names."""
    s3, store = clients("s3"), clients("cloudfront-keyvaluestore")
    store.get_key(KvsARN="", Key="live")
    named = s3.list_objects_v2(Bucket="", Prefix="manifests/new")["KeyCount"]
    s3.list_objects_v2(Bucket="", Prefix="immutable/")
    s3.delete_object(Bucket="", Key=NOTHING if named else "immutable/shared.js")


def naive_upload(clients: Clients) -> None:
    """Look at the pool and write nothing, for the file is there; write the manifest; publish."""
    s3, store = clients("s3"), clients("cloudfront-keyvaluestore")
    shared = s3.list_objects_v2(Bucket="", Prefix="immutable/")["KeyCount"]
    s3.put_object(Bucket="", Key="manifests/new.json" if shared else NOTHING)
    store.update_keys(KvsARN="", IfMatch="E0", Puts=[{"Key": "live", "Value": "new"}] if shared else [])


def scene(programs: list[Program], live: str, file: str) -> Callable[[], Scene]:
    """`file` is what the deployment `live` needs."""

    def make() -> Scene:
        world = World()
        world.values["live"] = "other"
        for key in ("manifests/old.json", "deployments/old/index.html", "immutable/shared.js"):
            S3(world).put_object(Bucket="", Key=key)
        return Scene(world, programs, lambda world: "no file" * (world.live() == live and file not in world.objects))

    return make


PROMOTE = scene([naive_prune, naive_promote], "old", "deployments/old/index.html")
UPLOAD = scene([naive_sweep, naive_upload], "new", "immutable/shared.js")


def test_the_obvious_prune_hurts_a_promote_in_6_of_35_orders() -> None:
    found = every_order(PROMOTE, reduce=False)
    assert (found.orders, found.wrong_orders, found.ends) == (comb(7, 3), 6, {("done", "done", "")})


def test_the_obvious_prune_hurts_an_upload_in_21_of_35_orders() -> None:
    found = every_order(UPLOAD, reduce=False)
    assert (found.orders, found.wrong_orders, found.ends) == (comb(7, 3), 21, {("done", "done", "")})


def test_a_crash_is_tried_before_every_step_of_both() -> None:
    found = every_order(PROMOTE, crashes=1, reduce=False)
    # 35 without, and those in which a program has its first i steps and no more
    expected = 35 + sum(comb(3 + i, i) for i in range(4)) + sum(comb(4 + i, i) for i in range(3))
    assert expected == found.orders
    assert found.ends == {("done", "done", ""), ("crashed", "done", ""), ("done", "crashed", "")}


@pytest.mark.parametrize("made", [PROMOTE, UPLOAD], ids=["promote", "upload"])
def test_fewer_runs_find_the_same(made: Callable[[], Scene]) -> None:
    all_of_them = every_order(made, crashes=1, reduce=False)
    reduced = every_order(made, crashes=1)
    assert (bool(reduced.wrong), reduced.ends) == (bool(all_of_them.wrong), all_of_them.ends)
    assert reduced.states <= all_of_them.states
