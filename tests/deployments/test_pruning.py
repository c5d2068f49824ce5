"""`prune`: what would go and why the rest stays, and a deployment that must go now."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.deployments.conftest import Command
from tests.support.site import Site

Publish = Callable[..., str]
DEAD = "upload-00000000000000aa"


def test_a_dry_run_says_what_would_go_and_why_the_rest_stays_and_changes_nothing(
    site: Site, run: Command, publish: Publish
) -> None:
    first, second, third = (publish(text) for text in "123")
    key = f"deployments/{DEAD}/index.html"
    site.emulator.client("s3").put_object(Bucket=site.bucket, Key=key, Body=b"died", IfNoneMatch="*")
    before = site.keys("")
    ended = run("prune", "--dry-run", "--keep", "0", "--keep-days", "0")
    assert 0 == ended.status, ended.err
    assert before == site.keys("")
    rows = {row[1]: (row[0], row[2]) for row in ended.rows}
    assert ("leftover", "") == rows[DEAD]
    assert ("stays", "live") == rows[third]
    assert ("stays", "previous") == rows[second]
    assert "stays" == rows[first][0]
    assert "would be deleted" in ended.err
    assert DEAD in run("prune", "--json").json["leftovers"]
    assert key not in site.keys("")


def test_a_leaked_deployment_goes_now_from_the_bucket_and_from_the_caches(
    site: Site, run: Command, publish: Publish, make: Callable[..., Path]
) -> None:
    make({"assets/secret-BdE8sX2_.js": "secret"})
    leaked = publish("leak")
    (make() / "assets" / "secret-BdE8sX2_.js").unlink()
    publish("clean")
    ended = run("prune", leaked, "--now", "--json")
    assert 0 == ended.status, ended.err
    assert [leaked] == ended.json["gone"]
    assert [] == [key for key in site.keys("") if leaked in key and not key.startswith("published/")]
    assert [] == site.keys("immutable/")
    batch = site.emulator.client("cloudfront").get_invalidation(
        DistributionId=site.resources["Distribution"], Id=ended.json["invalidation"]
    )["Invalidation"]["InvalidationBatch"]
    assert {f"/deployments/{leaked}/*", "/immutable/*"} == set(batch["Paths"]["Items"])
    assert "refused" in run("promote", leaked).err


def test_the_live_deployment_never_goes(site: Site, run: Command, publish: Publish) -> None:
    live = publish("live")
    ended = run("prune", live, "--now")
    assert 1 == ended.status
    assert f"not deleted: {live} (live); the live one needs another `promote` first" in ended.err
    assert "live" == site.get("/").text


def test_now_is_only_for_named_deployments(site: Site, run: Command) -> None:
    ended = run("prune", "--now")
    assert (2, "deployments: --now needs the IDs: which deployments?\n") == (ended.status, ended.err)
