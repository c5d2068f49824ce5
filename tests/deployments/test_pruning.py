"""`prune`: what would go and why the rest stays, and a deployment that must go now."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deployments.calling import Command, Make
from workbench.site import VisitedStack

Publish = Callable[..., str]
DEAD = "upload-00000000000000aa"


def test_a_dry_run_says_what_would_go_and_why_the_rest_stays_and_changes_nothing(
    site: VisitedStack, run: Command, publish: Publish
) -> None:
    first, second, third = (publish(text) for text in "123")
    key = f"deployments/{DEAD}/index.html"
    site.emulator.client("s3").put_object(Bucket=site.bucket, Key=key, Body=b"died", IfNoneMatch="*")
    before = site.keys("")
    ended = run("prune", "--dry-run", "--keep", "0", "--keep-days", "1")
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
    site: VisitedStack, run: Command, publish: Publish, make: Callable[..., Path]
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


def test_the_live_deployment_never_goes(site: VisitedStack, run: Command, publish: Publish) -> None:
    live = publish("live")
    ended = run("prune", live, "--now")
    assert 1 == ended.status
    assert f"not deleted: {live} (live); before a live one can go, `promote` another" in ended.err
    assert "live" == site.get("/").text


def test_a_run_that_died_before_the_caches_were_emptied_is_repeated(
    site: VisitedStack, run: Command, publish: Publish
) -> None:
    leaked = publish("leak")
    publish("clean")
    first, again = (run("prune", leaked, "--now", "--json") for _ in range(2))
    assert (0, []) == (again.status, again.json["gone"]), again.err
    assert first.json["invalidation"] != again.json["invalidation"] != ""


def test_while_another_prune_runs_a_leak_is_not_called_deleted(
    site: VisitedStack, run: Command, publish: Publish
) -> None:
    leaked = publish("leak")
    publish("clean")
    site.emulator.client("s3").put_object(Bucket=site.bucket, Key="prune.lock", Body=b"other", IfNoneMatch="*")
    ended = run("prune", leaked, "--now")
    assert 1 == ended.status
    assert f"not deleted: {leaked} (another prune runs since" in ended.err
    assert f"manifests/{leaked}.json" in site.keys("manifests/")
    later = run("prune")
    assert (0, True) == (later.status, "another prune runs since" in later.err)


def test_a_leak_in_shared_files_is_not_called_gone_while_an_upload_may_use_them(
    site: VisitedStack, run: Command, publish: Publish
) -> None:
    leaked = publish("leak")
    publish("clean")
    lease = "uploads/upload-00000000000000bb"
    site.emulator.client("s3").put_object(Bucket=site.bucket, Key=lease, Body=b"", IfNoneMatch="*")
    ended = run("prune", leaked, "--now")
    assert 1 == ended.status
    assert "shared files may still be there: the pool is left alone while uploads may run" in ended.err


def test_a_manifest_that_nobody_can_read_is_one_line(site: VisitedStack, run: Command, publish: Publish) -> None:
    publish("one")
    key = "manifests/upload-00000000000000cc.json"
    site.emulator.client("s3").put_object(Bucket=site.bucket, Key=key, Body=b"{", IfNoneMatch="*")
    ended = run("prune")
    assert (1, True) == (ended.status, f"deployments: {key} is unreadable" in ended.err.splitlines()[-1])


@pytest.mark.parametrize("which", [("--keep", "0"), ("--now",)])
def test_a_dry_run_counts_exactly_what_goes_then(
    site: VisitedStack, run: Command, make: Make, publish: Publish, which: tuple[str, ...]
) -> None:
    files = {f"page-{number}.html": str(number) for number in range(5)} | {"assets/app-BdE8sX2_.js": "1"}
    made = run("publish", str(make(files, "many")), "--routing", "mixed", "--json")
    publish("another")
    publish("clean")
    for number in range(3):
        key = f"deployments/{DEAD}/{number}.html"
        site.emulator.client("s3").put_object(Bucket=site.bucket, Key=key, Body=b"died", IfNoneMatch="*")
    arguments = [*([made.json["after"]] if "--now" in which else ()), *which, "--json"]
    before = site.keys("")
    tried = run("prune", *arguments, "--dry-run")
    assert before == site.keys("")
    done = run("prune", *arguments)
    gone = {key for key in before if key.startswith(("deployments/", "manifests/", "immutable/", "uploads/"))}
    gone -= set(site.keys(""))
    assert len(gone) >= 3
    assert (0, len(gone)) == (done.status, done.json["objects"]), done.err
    assert (0, len(gone)) == (tried.status, tried.json["objects"]), tried.err
    assert {key: done.json[key] for key in ("gone", "leftovers", "stays")} == {
        key: tried.json[key] for key in ("gone", "leftovers", "stays")
    }


def test_now_is_only_for_named_deployments(site: VisitedStack, run: Command) -> None:
    ended = run("prune", "--now")
    assert (2, "deployments: --now needs IDs: name the deployments\n") == (ended.status, ended.err)


def add_later(site: VisitedStack, deployment: str, **files: str) -> None:
    """What somebody with a right to upload puts into a deployment's folder once it is complete."""
    s3 = site.emulator.client("s3")
    made = s3.head_object(Bucket=site.bucket, Key=f"manifests/{deployment}.json")["LastModified"].timestamp()
    time.sleep(max(0.0, made + 1.05 - time.time()))  # S3 dates objects to the second
    for name, text in files.items():
        key = f"deployments/{deployment}/{name}"
        s3.put_object(Bucket=site.bucket, Key=key, Body=text.encode(), ContentType="text/html", IfNoneMatch="*")


def test_what_came_later_is_shown_and_goes_and_nothing_else_does(
    site: VisitedStack, run: Command, publish: Publish
) -> None:
    first = publish("first")
    add_later(site, first, **{"sw.js": "attacker", "404.html": "attacker"})
    publish("second")
    before = site.keys("")
    back = run("rollback")
    assert (0, first) == (back.status, back.facts["live"])
    assert f"files came after {first} was complete, and visitors get them too (2): 404.html, sw.js" in back.err
    assert f"`prune {first} --extras` takes them away" in back.err
    assert "attacker" in site.get("/sw.js").text
    assert "attacker" not in site.get("/missing.html").text
    assert ["404.html", "sw.js"] == run("show", first, "--json").json["extras"]
    assert [["extra", first, "404.html"], ["extra", first, "sw.js"]] == run(
        "prune", first, "--extras", "--dry-run"
    ).rows
    assert {*before} <= {*site.keys("")}
    ended = run("prune", first, "--extras", "--json")
    assert (0, {first: ["404.html", "sw.js"]}) == (ended.status, ended.json["extras"]), ended.err
    gone = {f"deployments/{first}/404.html", f"deployments/{first}/sw.js"}
    assert gone == {*before} - {*site.keys("")}  # and no lock stays behind, for that was not there before
    assert "prune.lock" not in site.keys("")
    batch = site.emulator.client("cloudfront").get_invalidation(
        DistributionId=site.resources["Distribution"], Id=ended.json["invalidation"]
    )["Invalidation"]["InvalidationBatch"]
    assert [f"/deployments/{first}/*"] == batch["Paths"]["Items"]
    again = run("prune", first, "--extras", "--json")
    assert (0, {first: []}) == (again.status, again.json["extras"])
    assert [] == run("show", first, "--json").json["extras"]


def test_what_has_a_name_that_xml_lacks_is_deleted_too(site: VisitedStack, run: Command, publish: Publish) -> None:
    one = publish("one")
    add_later(site, one, **{"sw\x1b.js": "attacker", "\r\uffff": "attacker"})
    died = f"deployments/{DEAD}/\x07.html"
    site.emulator.client("s3").put_object(Bucket=site.bucket, Key=died, Body=b"died", IfNoneMatch="*")
    ended = run("prune", one, "--extras", "--json")
    assert (0, {one: ["\r\uffff", "sw\x1b.js"]}) == (ended.status, ended.json["extras"]), ended.err
    assert [f"deployments/{one}/index.html"] == site.keys(f"deployments/{one}/")
    swept = run("prune", "--json")
    assert (0, [DEAD], []) == (swept.status, swept.json["leftovers"], site.keys(f"deployments/{DEAD}/")), swept.err


def test_what_cannot_be_told_apart_is_left_alone_and_said(site: VisitedStack, run: Command, publish: Publish) -> None:
    one = publish("one")
    add_later(site, one, **{"sw.js": "attacker"})
    site.emulator.client("s3").delete_object(Bucket=site.bucket, Key=f"deployments/{one}/index.html")
    before = site.keys("")
    ended = run("prune", one, "--extras")
    assert (1, before) == (ended.status, site.keys(""))
    assert f"files and bytes of deployments/{one}/ are 0 and 0, not the 1 and " in ended.err
    shown = run("show", one, "--json").json
    assert ([], True) == (shown["extras"], "build again" in shown["incomplete"])


def test_while_another_prune_runs_nothing_is_taken_away(site: VisitedStack, run: Command, publish: Publish) -> None:
    one = publish("one")
    add_later(site, one, **{"sw.js": "attacker"})
    site.emulator.client("s3").put_object(Bucket=site.bucket, Key="prune.lock", Body=b"another")
    ended = run("prune", one, "--extras")
    assert (1, True) == (ended.status, "another prune runs since" in ended.err)
    assert f"deployments/{one}/sw.js" in site.keys("")


def test_extras_need_the_ids_and_go_without_now(site: VisitedStack, run: Command) -> None:
    assert (2, True) == ((ended := run("prune", "--extras")).status, "--extras needs IDs" in ended.err)
    ended = run("prune", "4f2c1e9a", "--extras", "--now")
    assert (2, True) == (ended.status, "--now and --extras exclude each other" in ended.err)
