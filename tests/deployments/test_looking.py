"""What `list`, `show` and `status` tell of a site with a history."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest

from deployments.catalog import means, shorten
from tests.deployments.calling import Command, on_terminal
from workbench.history import put_many
from workbench.site import VisitedStack

Publish = Callable[..., str]


def test_list_shows_the_newest_first_with_where_it_came_from_and_when_it_was_live(
    site: VisitedStack, run: Command, publish: Publish
) -> None:
    source = "--branch", "main", "--message", "Say hello\n\nand more", "--author", "Ada"
    first = publish("one", "--commit", "a" * 40, *source)
    second = publish("two", "--commit", "b" * 40)
    newest, oldest = run("list", "--json").json
    assert [(second, True), (first, False)] == [(entry["id"], entry["live"]) for entry in (newest, oldest)]
    assert ("a" * 40, "main", "Ada") == tuple(oldest[name] for name in ("commit", "branch", "author"))
    assert (1, 3, 0) == tuple(oldest[name] for name in ("files", "bytes", "shared"))
    assert "publish" == oldest["action"]
    (lived,), (lives,) = oldest["lived"], newest["lived"]
    assert lived["until"] == lives["since"] > lived["since"]
    assert "" == lives["until"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", oldest["uploaded"])  # as `created`


def test_list_in_a_pipe_is_one_line_a_deployment_with_whole_ids_and_tabs(
    site: VisitedStack, run: Command, publish: Publish
) -> None:
    first = publish("one", "--message", "tab\there")
    second = publish("two")
    rows = run("list").rows
    assert [["*", second], ["", first]] == [row[:2] for row in rows]
    assert [12, 12] == [len(row) for row in rows]
    assert "tab here" == rows[1][4]


def test_list_shows_as_many_as_asked_for(site: VisitedStack, run: Command, publish: Publish) -> None:
    made = [publish(str(number)) for number in range(3)]
    assert [made[2], made[1]] == [row[1] for row in run("list", "--limit", "2").rows]
    assert 3 == len(run("list", "--all", "--limit", "1").rows)


def test_list_of_a_site_without_deployments_is_empty(site: VisitedStack, run: Command) -> None:
    assert ("", 0) == (run("list").out, run("list").status)
    assert [] == run("list", "--json").json


def test_show_takes_a_short_id_and_tells_each_time_that_it_was_live(
    site: VisitedStack, run: Command, publish: Publish
) -> None:
    first = publish("one", "--commit", "a" * 40, "--message", "Say hello\n\nand more")
    publish("two")
    run("rollback")
    shown = run("show", "aaaa", "--json").json
    assert (first, True, 2) == (shown["id"], shown["live"], len(shown["lived"]))
    assert "rollback" == shown["action"]
    facts = run("show", f"aaaa-{first[-16:-12]}").facts
    assert ("live", "Say hello and more") == (facts["state"], facts["message"])
    assert facts["lived"].endswith("to now")


def test_a_short_id_that_can_mean_several_is_refused_with_those(
    site: VisitedStack, run: Command, publish: Publish
) -> None:
    both = {publish("one", "--commit", "a" * 40), publish("two", "--commit", "a" * 40)}
    ended = run("show", "aaa")
    assert 2 == ended.status
    assert all(identity in ended.err for identity in both)
    assert 1 == len(ended.err.splitlines())


@pytest.mark.parametrize("name", ["nothing", "c" * 40 + "-" + "0" * 16])
def test_an_id_that_means_nothing_is_an_error(site: VisitedStack, run: Command, publish: Publish, name: str) -> None:
    publish("one")
    ended = run("show", name)
    assert (1, f"deployments: no deployment {name}: `list` shows those that exist\n") == (ended.status, ended.err)


def test_status_tells_live_previous_hold_and_who(site: VisitedStack, run: Command, publish: Publish) -> None:
    assert "nothing yet" == run("status").facts["live"]
    first, second = publish("one"), publish("two")
    run("hold", "--reason", "checkout is broken")
    state = run("status", "--json").json
    assert (second, first) == (state["live"], state["previous"])
    assert ("checkout is broken", "site") == (state["hold"]["reason"], state["stack"])
    facts = run("status").facts
    assert facts["hold"].startswith("checkout is broken (since 20")
    assert facts["url"] == site.outputs["SiteUrl"]


def test_short_names_are_unique_among_all_and_understood() -> None:
    known = [f"{'a' * 40}-{build:016x}" for build in range(300)] + ["upload-0123456789abcdef", "zip-0123456789abcdef"]
    names = shorten(known, known)
    for identity, name in names.items():
        assert [identity] == [other for other in known if means(name, other)]
    assert "upload-0123" == names["upload-0123456789abcdef"]


def test_listing_the_newest_costs_a_listing_and_what_is_shown_however_many_there_are(
    site: VisitedStack, run: Command, sent: list[tuple[str, str]]
) -> None:
    """bench/list.py measures the time; what decides it is how much is asked for."""
    put_many(site, 1100)
    sent.clear()
    ended = run("list")
    assert (20, "") == (len(ended.rows), ended.err)
    assert "pipeline run" == ended.rows[0][9]
    kinds = Counter("read" if ".json" in url else "list" if "prefix=" in url else method for method, url in sent)
    assert (40, 2) == (kinds["read"], kinds["POST"])  # manifest and history of each; stack and publisher
    assert 3 == kinds["list"]  # two pages of manifests, one of the history since the oldest one shown


@pytest.mark.parametrize("width", [80, 120])
def test_list_on_a_terminal_is_a_table_that_fits_with_short_ids_and_colour(
    site: VisitedStack, run: Command, publish: Publish, width: int
) -> None:
    first = publish("one", "--commit", "a" * 40, "--message", f"Say hello {'and more ' * 30}", "--branch", "main")
    second = publish("two", "--commit", "b" * 40)
    seen = on_terminal("list", width=width)
    assert "\x1b[36m" in seen
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen).replace("\r", "").splitlines()
    title, newest, oldest = plain
    assert all(len(line) <= width for line in plain)
    assert ["ID", "AGE", "MESSAGE", "BRANCH", *(["LIVE", "(UTC)"] if width == 120 else [])] == title.split()
    assert "AUTHOR" not in title  # nobody is known
    assert newest.startswith(f"live  {second[:8]}-{second[-16:-12]} ")
    assert oldest.startswith(f"      {first[:8]}-{first[-16:-12]} ")
    assert "…" in oldest
    if width == 120:
        assert newest.rstrip().endswith(", now")
        assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d, for \d+ s$", oldest.rstrip())
