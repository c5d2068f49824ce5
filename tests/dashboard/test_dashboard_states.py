"""What the page is told of a site, while things happen to it in an emulated AWS."""

from __future__ import annotations

import getpass
import shutil
import uuid
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from local.cloud.child import Children
from local.cloud.stack import Stack
from local.commands.counts import Counts
from local.commands.pipeline import Plan, execute
from local.commands.repository import Repository
from local.edge.visit import Visit
from local.errors import LocalError
from tests.dashboard.opened import Opened
from tests.dashboard.sending import COMMIT, execution, made
from tests.local.commits import commit, git
from workbench import ROOT


def live(identity: str) -> Callable[[Any], object]:
    """Whether a site shows that this is live, and its list does too."""
    return lambda site: site["live"] and site["live"]["id"] == identity and site["revision"]


def test_what_is_live_says_its_commit_and_how_it_came_there(shop: Stack, page: Opened, tmp_path: Path) -> None:
    first = made(shop, tmp_path / "a", message="Open the shop", index_html="first")
    site = page.site(live(first))
    assert ("Open the shop", COMMIT, "publish", "local") == tuple(
        site["live"][name] for name in ("message", "commit", "how", "by")
    )
    second = made(shop, tmp_path / "b", index_html="second")
    site = page.site(live(second))
    assert first == site["previous"]["id"]
    told = page.ask("rollback", seen=second, to=first)
    assert ("rolled-back", first, second) == (told["outcome"], told["after"], told["before"])
    site = page.site(live(first))
    assert ("rollback", getpass.getuser()) == (site["live"]["how"], site["live"]["by"])


def test_a_rollback_that_would_go_elsewhere_than_was_read_is_refused(shop: Stack, page: Opened, tmp_path: Path) -> None:
    first, second = (made(shop, tmp_path / text, index_html=f"elsewhere {text}") for text in ("a", "b"))
    told = page.ask("rollback", seen=second, to="4f2c-0000")
    assert "refused" == told["outcome"]
    assert f"it would go back to {first} now, not to 4f2c-0000" in told["reason"]
    assert shop.live() == f"{second} mixed"
    told = page.ask("promote", deployment=first, seen=first)
    assert "refused" == told["outcome"], "another one is live than was seen"


def test_a_hold_says_why_and_by_whom_until_it_is_released(shop: Stack, page: Opened, tmp_path: Path) -> None:
    made(shop, tmp_path / "a", index_html="held")
    assert "on-hold" == page.ask("hold", reason="incident <17>")["outcome"]
    site = page.site(lambda site: site["hold"])
    assert ("incident <17>", getpass.getuser()) == (site["hold"]["reason"], site["hold"]["by"])
    assert "released" == page.ask("release")["outcome"]
    page.site(lambda site: not site["hold"])


def test_a_build_shows_its_stages_and_then_why_it_failed(shop: Stack, page: Opened) -> None:
    identity = execution(shop, str(uuid.uuid4()), "InProgress", ("Source", "Succeeded"), ("Build", "InProgress"))
    site = page.site(lambda site: [row for row in site["builds"] if row["id"] == identity])
    (row,) = (row for row in site["builds"] if row["id"] == identity)
    stages = [(stage["name"], stage["state"]) for stage in row["stages"]]
    assert [("Source", "succeeded"), ("Build", "running"), ("Upload", "waiting")] == stages
    assert ("running", "push", "Try <b>bold</b> prices", COMMIT) == tuple(
        row[name] for name in ("state", "trigger", "message", "commit")
    )
    assert "" == site["commit_url"], "what is local is at no host"

    execution(shop, identity, "Failed", ("Source", "Succeeded"), ("Build", "Failed"), log="tsc-type")
    page.site(lambda site: not [row for row in site["builds"] if row["id"] == identity])
    log = page.get("log", build=identity)
    assert ("Build", "npm run build (tsc -b && vite build)") == (log["action"], log["command"])
    assert "src/main.tsx(1,7): error TS2322" in log["why"][0]
    assert any("error TS2304" in line for line in log["lines"])
    assert log["complete"]
    rows = page.get("deployments")["rows"]
    (row,) = (row for row in rows if row["id"] == identity)
    assert ("failed", f"Build: {log['why'][0]}") == (row["state"], row["reason"])


def test_details_say_what_changed_against_what_is_live(shop: Stack, page: Opened, tmp_path: Path) -> None:
    old = made(shop, tmp_path / "a", index_html="old", same_txt="same", gone_txt="gone", message="one\n\nand more")
    now = made(shop, tmp_path / "b", index_html="new", same_txt="same", come_txt="come")
    page.site(live(now))
    told = page.get("deployment", id=old)
    changed = {name: told[name]["names"] for name in ("added", "changed", "removed")}
    assert {"added": ["gone.txt"], "changed": ["index.html"], "removed": ["come.txt"]} == changed
    assert (now, "one\n\nand more", [], "") == (told["against"], told["message"], told["extras"], told["complete"])
    assert [("publish", "local")] == [(one["how"], one["by"]) for one in told["lived"]]
    assert not told["removable"]
    told = page.ask("remove", deployment=old)
    assert ("stays", "previous") == (told["outcome"], told["reason"])
    assert 404 == page.get("deployment", id="upload-" + "0" * 16)["status"]


def test_the_chart_has_the_edges_own_counts_and_the_switches_between(shop: Stack, page: Opened, tmp_path: Path) -> None:
    now = made(shop, tmp_path / "a", index_html="counted")
    page.site(live(now))
    counts = Counts(shop)
    for status, cache in ((200, "miss"), (200, "hit"), (404, "hit"), (500, "function")):
        counts.add(Visit("GET", "/", status, cache, 0, "", "", "", "", {}))
    counts.tell()
    told = page.get("traffic", hours="1")
    sums = {name: sum(filter(None, told[name])) for name in ("requests", "errors_4xx", "errors_5xx", "errors", "hits")}
    assert {"requests": 4, "errors_4xx": 1, "errors_5xx": 1, "errors": 2, "hits": 2} == sums
    assert (60, "", "this machine") == (told["step"], told["note"], told["source"])
    assert (now, "publish", "local") == tuple(told["switches"][-1][name] for name in ("id", "how", "by"))
    assert 400 == page.get("traffic", hours="1000")["status"]


def test_removing_keeps_what_a_prune_keeps(shop: Stack, page: Opened, tmp_path: Path) -> None:
    never = made(shop, tmp_path / "a", live=False, index_html="never live")
    page.site(lambda site: never in [row["id"] for row in page.get("deployments").get("rows", [])])
    told = page.ask("remove", deployment=never)
    assert "stays" == told["outcome"]
    assert "among the newest 10" in told["text"] or "uploaded" in told["text"]


def test_what_nothing_keeps_is_removed_with_all_its_files(
    shop: Stack, page: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = made(shop, tmp_path / "old", live=False, index_html="old")
    newer = [made(shop, tmp_path / "newer", live=False, index_html=f"newer {number}") for number in range(10)]
    page.site(lambda _: {old, *newer} <= {row["id"] for row in rows(page)})
    assert "uploaded" in page.get("deployment", id=old)["kept_because"]
    later = timedelta(days=40)
    monkeypatch.setattr("pruner.looking.parsedate_to_datetime", lambda text: parsedate_to_datetime(text) + later)
    assert page.get("deployment", id=old)["removable"]
    assert "among the newest 10" == page.get("deployment", id=newer[0])["kept_because"]

    told = page.ask("remove", deployment=old)
    assert ("removed", "") == (told["outcome"], told["reason"])
    left = shop.emulator.client("s3").list_objects_v2(Bucket=shop.bucket)["Contents"]
    assert [] == [item["Key"] for item in left if old in item["Key"]]
    page.site(lambda _: old not in [row["id"] for row in rows(page)])
    assert set(newer) <= {row["id"] for row in rows(page)}
    assert 404 == page.get("deployment", id=old)["status"]
    assert "refused" == page.ask("promote", deployment=old)["outcome"]
    again = page.ask("remove", deployment=old)
    assert ("stays", "there is no such deployment") == (again["outcome"], again["reason"])


def test_while_the_ledger_is_unreadable_it_says_so_and_what_was_known(
    shop: Stack, page: Opened, tmp_path: Path
) -> None:
    known = made(shop, tmp_path / "a", index_html="ledger")
    page.site(live(known))
    store, arn = shop.emulator.client("cloudfront-keyvaluestore"), shop.outputs["StoreArn"]

    def write(text: str) -> None:
        etag = store.describe_key_value_store(KvsARN=arn)["ETag"]
        store.update_keys(KvsARN=arn, IfMatch=etag, Puts=[{"Key": "ledger", "Value": text}])

    whole = str(shop.stored("ledger"))
    write("{oops")
    site = page.site(lambda site: site["health"]["state"] == "refused")
    assert "the store's `ledger` is unreadable" in site["health"]["line"]
    assert known == site["live"]["id"]
    write(whole)
    page.site(lambda site: site["health"]["state"] == "ok")


def test_the_local_pipeline_tells_of_its_executions_what_codepipeline_would(
    shop: Stack, page: Opened, tmp_path: Path
) -> None:
    folder = tmp_path / "repository"
    shutil.copytree(ROOT / "tests" / "projects" / "plain", folder)
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "broken", "Break it")
    plan = Plan(Repository(folder), "main", watch=False, parameters={})
    with pytest.raises(LocalError):
        execute(shop, plan, plan.repository.commit("main"), Children())

    def broken() -> list[Any]:
        found = [row for row in rows(page) if row.get("message", "").startswith("Break it")]
        return [row for row in found if row["state"] != "running"]

    page.site(lambda _: broken())
    (failed,) = broken()
    assert ("build", "failed", "push") == (failed["kind"], failed["state"], failed["trigger"])
    log = page.get("log", build=failed["id"])
    assert [("Source", "succeeded"), ("Build", "failed"), ("Upload", "waiting")] == [
        (stage["name"], stage["state"]) for stage in log["stages"]
    ]
    assert log["lines"]

    mended = commit(folder, "two", "Mend it")
    now = execute(shop, plan, plan.repository.commit("main"), Children())
    site = page.site(live(now))
    assert ("push", mended) == (site["live"]["how"], site["live"]["commit"])
    page.site(lambda _: any(row["id"] == now and "by" in row for row in rows(page)))
    (row,) = (row for row in rows(page) if row["id"] == now)
    assert ("push", "deployment", site["live"]["build"]) == (row["trigger"], row["kind"], row["by"])
    assert page.get("log", build=row["build"])["complete"]


def rows(page: Opened) -> list[Any]:
    """The list as the page gets it; none before there is one."""
    listed: list[Any] = page.get("deployments").get("rows", [])
    return listed
