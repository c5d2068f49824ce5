"""What follows from what happened: filters, deletions, tags, forks, pings, and what a publisher may be asked."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

import pytest
from door import globs
from door.route import parse
from shared.document import ConfigurationError

from tests.webhook.calling import ROUTES, Door
from tests.webhook.sending import (
    COMMIT,
    NONE,
    OLD,
    SECRET,
    Sent,
    bitbucket,
    bitbucket_change,
    contentful,
    forgejo,
    gitea,
    github,
    gitlab,
    gitlab_push,
    gitlab_signed,
    hook,
    push,
    sanity,
    standard,
)
from workbench import ROOT

PIPELINE = {"pipeline": "site-pipeline"}


def bitbucket_push(*changes: dict[str, Any], **repository: Any) -> Sent:
    return bitbucket({"push": {"changes": list(changes)}, "repository": {"full_name": "a/b", **repository}})


def data_center(kind: str = "UPDATE", ref: str = "refs/heads/main", commit: str = COMMIT, **members: Any) -> Sent:
    change = {"ref": {"id": ref, "displayId": ref[11:], "type": "BRANCH"}, "fromHash": OLD, "toHash": commit}
    repository = {"slug": "website", "project": {"key": "EX"}, **members}
    return bitbucket(
        {"eventKey": "repo:refs_changed", "repository": repository, "changes": [{**change, "type": kind}]},
        "repo:refs_changed",
    )


DELETED = {"new": None, "old": {"type": "branch", "name": "main"}, "closed": True}
IGNORED = {
    "GitHub: a ping": (github({"zen": "Design for failure.", "hook_id": 1}, "ping"), "a ping"),
    "GitHub: a deleted branch": (github(push(commit=NONE, deleted=True, commits=[])), "the branch main was deleted"),
    "GitHub: a tag": (github({**push(), "ref": "refs/tags/v1"}), "a tag"),
    "GitHub: a deleted tag": (github({**push(commit=NONE), "ref": "refs/tags/v1"}), "a tag"),
    "GitHub: a note": (github({**push(), "ref": "refs/notes/x"}), "refs/notes/x is not a branch"),
    "GitHub: another branch": (github(push("feature")), "the branch feature is not one of main, release/*"),
    "GitHub: a branch below": (github(push("release/1/hotfix")), "the branch release/1/hotfix is not one of"),
    "GitHub: a branch that begins alike": (github(push("main2")), "the branch main2 is not"),
    "GitHub: a fork": (github(push(repository={"full_name": "x/y", "fork": True})), "x/y is a fork"),
    "GitHub: somebody forked": (github({"forkee": {}, "repository": {}}, "fork"), "the event fork is not one of push"),
    "GitHub: a pull request": (github({"action": "opened"}, "pull_request"), "the event pull_request is not"),
    "GitLab: a tag": (gitlab(gitlab_push(), "Tag Push Hook"), "a tag"),
    "GitLab: a deleted branch": (gitlab(gitlab_push(commit=NONE)), "the branch main was deleted"),
    "GitLab: a merge request": (gitlab({"object_kind": "merge_request"}, "Merge Request Hook"), "the event Merge"),
    "GitLab, signed: another branch": (lambda: gitlab_signed(gitlab_push("feature")), "the branch feature is not"),
    "Gitea: a tag": (gitea({**push(), "ref": "refs/tags/v1"}), "a tag"),
    "Gitea: a deletion": (gitea({"ref": "main", "ref_type": "branch"}, "delete"), "the event delete is not"),
    "Forgejo: a fork": (forgejo(push(repository={"full_name": "x/y", "fork": True})), "x/y is a fork"),
    "Bitbucket: a deleted branch": (bitbucket_push(DELETED), "the branch main was deleted"),
    "Bitbucket: a tag": (bitbucket_push(bitbucket_change("v1", kind="tag")), "a tag"),
    "Bitbucket: a deleted tag": (bitbucket_push({"new": None, "old": {"type": "tag", "name": "v1"}}), "a tag"),
    "Bitbucket: a fork": (bitbucket_push(bitbucket_change(), parent={"full_name": "c/d"}), "a/b is a fork"),
    "Bitbucket: two other branches": (
        bitbucket_push(bitbucket_change("x"), bitbucket_change("y")),
        "the branch x is not one of main, release/*; the branch y is not one of main, release/*",
    ),
    "Bitbucket: another event": (bitbucket({"repository": {}}, "repo:fork"), "the event repo:fork is not"),
    "Bitbucket Data Center: a ping": (bitbucket({"test": True}, "diagnostics:ping"), "a ping"),
    "Bitbucket Data Center: a deleted branch": (data_center("DELETE", commit=NONE), "the branch main was deleted"),
    "Bitbucket Data Center: a tag": (data_center(ref="refs/tags/v1"), "a tag"),
    "Bitbucket Data Center: a fork": (data_center(origin={}), "EX/website is a fork"),
    "Contentful: a draft": (
        lambda: contentful(event="ContentManagement.Entry.auto_save"),
        "the event ContentManagement.Entry",
    ),
}


@pytest.mark.parametrize(("sent", "reason"), IGNORED.values(), ids=IGNORED)
def test_what_starts_nothing_is_answered_200_with_why(door: Door, sent: Sent | Callable[[], Sent], reason: str) -> None:
    answer = door.send(sent() if callable(sent) else sent)  # what has a time in it is signed now
    assert (answer.status, answer.outcome) == (200, "ignored")
    assert answer.reason.startswith(reason)
    assert door.started == []
    assert door.items() == []


STARTED = {
    "GitHub: a branch of a pattern": github(push("release/2")),
    "GitHub: a new branch": github(push(created=True, commits=[], before=NONE)),
    "GitHub: forced": github(push(forced=True)),
    "Bitbucket: one of several branches": bitbucket_push(
        DELETED, bitbucket_change("x"), bitbucket_change("main", COMMIT)
    ),
    "Bitbucket Data Center: a branch": data_center(),
    "GitHub: a SHA-256 repository": github(push(commit="c" * 64)),
}


@pytest.mark.parametrize("sent", STARTED.values(), ids=STARTED)
def test_a_push_that_a_route_waits_for_starts_the_pipeline_with_its_commit(door: Door, sent: Sent) -> None:
    assert door.send(sent).status == 202
    assert door.started[0]["sourceRevisions"][0]["revisionValue"] in {COMMIT, "c" * 64}


PATHS = [
    (["apps/web/**"], ["apps/web/src/a.js"], True),
    (["apps/web/**"], ["apps/web2/a.js"], False),
    (["apps/*"], ["apps/web/a.js"], False),
    (["*.md", "docs/**"], ["src/a.js", "docs/x/y.md"], True),
    (["*.md"], ["docs/x.md"], False),
    (["**.md"], ["docs/x.md"], True),
    (["a?c"], ["abc"], True),
    (["a?c"], ["a/c"], False),
    (["a.c"], ["abc"], False),
    (["[ab]"], ["a"], False),
    (["src/ü/**"], ["src/ü/🚀.js"], True),
    (["**"], ["any/thing"], True),
    (["**/x"], ["x"], False),
    (["**/a/**"], ["b/a/c/d"], True),
    (["a*b*c"], ["aXbXbc"], True),
    (["a*b*c"], ["aXbXb"], False),
    (["***.js"], ["a/b.js"], True),
]


@pytest.mark.parametrize(("patterns", "files", "starts"), PATHS)
@pytest.mark.parametrize("name", ["github", "gitlab", "gitea"])
def test_a_path_filter_decides_by_the_files_of_the_push(
    door: Door, name: str, patterns: list[str], files: list[str], starts: bool
) -> None:
    door.configure({name: {**ROUTES[name], "paths": patterns}})
    sent = {
        "github": lambda: github(push("main", COMMIT, *files)),
        "gitlab": lambda: gitlab(gitlab_push("main", COMMIT, *files)),
        "gitea": lambda: gitea(push("main", COMMIT, *files, total_commits=1)),
    }[name]()
    assert door.send(sent).outcome == ("started" if starts else "ignored")


UNKNOWN = [
    github(push("main", COMMIT, "x", commits=[])),
    github(push("main", COMMIT, "x", forced=True)),
    github(push("main", COMMIT, "x", commits=[{"added": [], "removed": [], "modified": []}] * 2048)),
    github(push("main", COMMIT, "x", commits=[{"id": COMMIT}])),
    replace(gitlab(gitlab_push("main", COMMIT, "x", total_commits_count=21)), path="/github"),
]


@pytest.mark.parametrize("number", range(len(UNKNOWN)))
def test_where_not_all_changed_files_are_known_the_pipeline_is_started(door: Door, number: int) -> None:
    kind = "gitlab" if number == 4 else "github"
    door.configure({"github": {**ROUTES[kind], "secret": kind, "paths": ["apps/**"]}})
    assert door.send(UNKNOWN[number]).status == 202


def test_repositories_let_one_webhook_of_an_organization_start_for_some(door: Door) -> None:
    door.configure({"github": {**ROUTES["github"], "repositories": ["example/*", "forks/named"]}})
    assert door.send(github()).status == 202
    assert door.send(github(push(repository={"full_name": "other/website"}))).outcome == "ignored"
    assert door.send(github(push(repository={}))).outcome == "ignored"
    assert door.send(github(push(repository={"full_name": "forks/named", "fork": True}))).status == 202


def test_another_event_of_a_git_host_builds_the_newest(door: Door) -> None:
    door.configure({"github": {**ROUTES["github"], "events": ["push", "release"]}})
    assert door.send(github({"action": "published", "repository": {"full_name": "a/b"}}, "release")).status == 202
    assert "sourceRevisions" not in door.started[0]


def test_a_cms_is_filtered_by_its_events(door: Door) -> None:
    events = ["ContentManagement.Asset.publish"]
    door.configure(
        {
            "contentful": {"sender": "contentful", **PIPELINE, "events": events},
            "sanity": {"sender": "sanity", **PIPELINE, "events": ["create", "delete"]},
            "standard": {"sender": "standard", **PIPELINE, "events": ["content.*"]},
        }
    )
    statuses = [
        door.send(contentful(event="ContentManagement.Asset.publish")).status,
        door.send(contentful()).status,
        door.send(sanity(event="delete")).status,
        door.send(sanity(event="update")).status,
        door.send(standard()).status,
        door.send(standard({"type": "user.created", "data": {}})).status,
        door.send(standard({"data": {}})).status,
    ]
    assert statuses == [202, 200, 202, 200, 202, 200, 400]


def test_a_zip_pipeline_is_started_without_a_commit_if_the_route_has_no_source(door: Door) -> None:
    door.configure({"github": {**ROUTES["github"], "source": ""}})
    assert door.send(github()).status == 202
    assert "sourceRevisions" not in door.started[0]


def test_a_plain_hook_names_a_commit_and_a_branch_only_where_the_route_takes_them(door: Door) -> None:
    def sent(**members: object) -> Sent:
        return hook(json.dumps(members).encode(), Content_Type="application/json")

    assert (
        door.send(sent(commit=COMMIT)).reason == "the route takes no commit: leave it out, or give the route a source"
    )
    door.configure({"hook": {**ROUTES["hook"], "source": "Code", "branches": ["main"]}})
    assert door.send(sent(commit=COMMIT, branch="main")).content["commit"] == COMMIT
    assert door.started[0]["sourceRevisions"][0]["actionName"] == "Code"
    assert door.send(sent(commit=COMMIT, branch="feature")).outcome == "ignored"
    assert door.send(sent(commit=COMMIT)).outcome == "ignored", "a commit of an unknown branch"
    assert door.send(sent(commit="main", branch="main")).status == 400
    assert door.send(sent()).status == 202
    assert len(door.started) == 2


# --- the publisher


OPS = {"sender": "hook", "publisher": "publisher", "actions": ["hold", "release", "promote", "rollback"]}
ANSWERED = """
import json
def handler(event, context):
    if event.get("deployment") == "refused-deployment":
        return {"outcome": "refused", "reason": "no such deployment"}
    if event.get("reason") == "raise":
        raise ValueError("the publisher's own fault")
    return {"outcome": event["action"], "reason": json.dumps(event), "deployment": "d", "before": "b", "after": "a"}
"""


@pytest.fixture
def ops(door: Door) -> Door:
    """A route that asks a publisher; what it was asked is the answer's reason."""
    archive = BytesIO()
    with ZipFile(archive, "w") as packed:
        packed.writestr("index.py", ANSWERED)
    door.aws.client("iam").create_role(RoleName="publisher", AssumeRolePolicyDocument="{}")
    door.aws.client("lambda").create_function(
        FunctionName="publisher",
        Runtime="python3.13",
        Handler="index.handler",
        Role="arn:aws:iam::111122223333:role/publisher",
        Code={"ZipFile": archive.getvalue()},
    )
    door.aws.client("lambda").create_alias(FunctionName="publisher", Name="webhook", FunctionVersion="$LATEST")
    door.store_secret("ops", SECRET)
    door.configure({"ops": OPS, "standard": {**OPS, "sender": "standard", "actions": ["rollback"]}})
    return door


def ask(**members: object) -> Sent:
    return hook(json.dumps(members).encode(), path="/ops", Content_Type="application/json")


DEPLOYMENT = "a" * 40 + "-0123456789abcdef"
ASKED: list[tuple[dict[str, object], dict[str, object]]] = [
    ({"action": "hold", "reason": "Launch at noon"}, {"reason": "Launch at noon"}),
    ({"action": "release"}, {}),
    ({"action": "release", "publish": True}, {"publish": True}),
    ({"action": "release", "publish": False}, {"publish": False}),
    (
        {"action": "promote", "deployment": "a" * 40 + "-0123456789abcdef"},
        {"deployment": "a" * 40 + "-0123456789abcdef"},
    ),
    ({"action": "rollback"}, {}),
    ({"action": "rollback", "steps": 2}, {"steps": 2}),
]


@pytest.mark.parametrize(("wish", "members"), ASKED)
def test_the_publisher_is_asked_in_its_own_words_in_json_and_in_a_form(
    ops: Door, wish: dict[str, object], members: dict[str, object]
) -> None:
    form = urlencode(
        {name: str(value).lower() if value in {True, False} else str(value) for name, value in wish.items()}
    )
    kind = "application/x-www-form-urlencoded"
    for sent in (ask(**wish), hook(form.encode(), path="/ops", Content_Type=kind)):
        answer = ops.send(sent)
        assert (answer.status, answer.outcome) == (200, wish["action"])
        asked = json.loads(answer.reason)
        assert asked == {"action": wish["action"], **members, "by": "webhook ops"}
    assert ops.started == []


NONSENSE: list[tuple[dict[str, object], str]] = [
    ({}, "the action '' is not one of hold, release, promote, rollback"),
    ({"action": "retire", "deployments": []}, "the action 'retire' is not one of"),
    ({"action": "status"}, "the action 'status' is not one of"),
    ({"action": ["hold"]}, "the action '' is not one of"),
    ({"action": "hold"}, "hold needs reason"),
    ({"action": "hold", "reason": ""}, "reason is not a text of 1 to 200 bytes"),
    ({"action": "hold", "reason": "ü" * 101}, "reason is not a text of 1 to 200 bytes"),
    ({"action": "hold", "reason": 7}, "reason is not a text"),
    ({"action": "promote"}, "promote needs deployment"),
    ({"action": "promote", "deployment": "../x"}, "deployment is '../x'"),
    ({"action": "promote", "deployment": "refused-deployment"}, "no such deployment"),
    ({"action": "rollback", "steps": 0}, "steps is '0'"),
    ({"action": "rollback", "steps": -1}, "steps is '-1'"),
    ({"action": "rollback", "steps": True}, "steps is 'True'"),
    ({"action": "rollback", "steps": 1.5}, "steps is '1.5'"),
    ({"action": "release", "publish": "yes"}, "publish is 'yes'"),
    ({"action": "release", "force": True}, "release takes no force; it takes publish"),
    ({"action": "hold", "reason": "x", "by": "somebody else"}, "hold takes no by"),
]


@pytest.mark.parametrize(("wish", "reason"), NONSENSE, ids=[reason for _, reason in NONSENSE])
def test_a_wish_that_makes_no_sense_is_400_with_the_reason(ops: Door, wish: dict[str, object], reason: str) -> None:
    answer = ops.send(ask(**wish))
    assert (answer.status, answer.outcome) == (400, "refused")
    assert answer.reason.startswith(reason)


def test_a_route_allows_only_the_actions_that_it_names_and_each_delivery_is_asked_once(ops: Door) -> None:
    sent = standard({"type": "ops", "data": {"action": "rollback"}})
    assert [ops.send(sent).outcome, ops.send(sent).outcome] == ["rollback", "duplicate"]
    assert ops.send(standard({"type": "ops", "data": {"action": "hold", "reason": "x"}})).status == 400


def test_a_publisher_that_fails_is_500_and_may_be_asked_again(ops: Door) -> None:
    sent = ask(action="hold", reason="raise").but(Idempotency_Key="k")
    assert [ops.send(sent).status, ops.send(sent).status] == [500, 500]


# --- the routes' schema

GOOD = {"sender": "github", "pipeline": "p", "branches": ["main"]}
WRONG: list[tuple[object, str]] = [
    ({"Site": GOOD}, "route 'Site': a name is lower-case letters"),
    ({"site": []}, "route 'site' is []; it is an object"),
    ({"site": {**GOOD, "branch": "main"}}, "route 'site' has branch; known: sender, secret, pipeline"),
    ({"site": {**GOOD, "sender": "svn"}}, "sender 'svn' is not one of github, gitlab"),
    ({"site": {**GOOD, "sender": None}}, "sender None is not one of"),
    ({"site": {**GOOD, "branches": "main"}}, 'branches is "main"; it is a list of 1 to 100 texts'),
    ({"site": {**GOOD, "branches": []}}, "branches is []"),
    ({"site": {**GOOD, "branches": ["x" * 300]}}, "branches is"),
    ({"site": {**GOOD, "pipeline": "a b"}}, 'pipeline is "a b"; it is a text like'),
    ({"site": {**GOOD, "pipeline": ["p"]}}, "pipeline is"),
    ({"site": {**GOOD, "secret": "/x"}}, 'secret is "/x"; it is a text like'),
    ({"site": {"sender": "github", "branches": ["main"]}}, "it must name a pipeline or a publisher"),
    ({"site": {**GOOD, "publisher": "f", "actions": ["hold"]}}, "it must name a pipeline or a publisher"),
    ({"site": {"sender": "github", "pipeline": "p"}}, 'it needs branches, such as ["main"]'),
    ({"site": {"sender": "github", "publisher": "f", "actions": ["hold"]}}, "the sender github cannot ask"),
    ({"site": {"sender": "hook", "publisher": "f"}}, "a publisher, and nothing else, needs actions"),
    ({"site": {"sender": "hook", "publisher": "f", "actions": ["retire"]}}, "a publisher, and nothing else"),
    ({"site": {"sender": "hook", "pipeline": "p", "actions": ["hold"]}}, "a publisher, and nothing else"),
    ({"site": {"sender": "hook", "publisher": "f", "actions": ["hold"], "source": "S"}}, "source and branches belong"),
    ({"site": {"sender": "hook", "pipeline": "p", "events": ["x"]}}, "events cannot be filtered"),
    ({"site": {"sender": "bitbucket", "pipeline": "p", "branches": ["m"], "paths": ["x"]}}, "paths cannot be filtered"),
    ({"site": {"sender": "sanity", "pipeline": "p", "branches": ["main"]}}, "branches cannot be filtered"),
    ({"site": {"sender": "contentful", "pipeline": "p", "repositories": ["a/b"]}}, "repositories cannot be filtered"),
]


@pytest.mark.parametrize(("routes", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_routes_are_refused_in_one_line_that_names_the_route(routes: object, message: str) -> None:
    with pytest.raises(ConfigurationError) as found:
        parse(json.dumps(routes))
    assert message in str(found.value)
    assert "\n" not in str(found.value)
    assert "route '" in str(found.value)


def test_the_routes_of_the_documentation_are_accepted() -> None:
    page = (ROOT / "docs" / "webhooks.md").read_text()
    documents = [block.partition("```")[0] for block in page.split("```json\n")[1:]]
    names = [name for document in documents for name in parse(document)]
    assert {route.sender for document in documents for route in parse(document).values()} == set(ROUTES)
    assert len(names) >= len(ROUTES)


def test_routes_are_checked_by_a_command_that_needs_nothing_but_python(tmp_path: Path) -> None:
    command = [sys.executable, "-E", "-S", str(ROOT / "lambda" / "webhook" / "routes.py")]

    def check(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr

    file = tmp_path / "routes.json"
    file.write_text(json.dumps({"site": GOOD}))
    assert check(str(file)) == (0, "routes: site\n")
    file.write_text(json.dumps({"site": {**GOOD, "sender": "svn"}}))
    status, said = check(str(file))
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith("routes: route 'site': sender 'svn' is not one of")
    assert check(str(tmp_path / "missing.json"))[0] == 1
    assert check() == (1, "routes: give the file: routes.py routes.json\n")


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of the patterns' module run, which is the same on every machine."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename != globs.__file__:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


PATTERNS = ["apps/*/src/**", "**/*.md", "docs/**", "*.json", "**/a*b*c*d*.ts", "**/*.svelte", "src/??/**", "a*a*a*b"]


@pytest.mark.parametrize("patterns", [PATTERNS, PATTERNS * 12, ["*a*a*a*a*b"], ["**a" * 80 + "z"] * 100])
def test_a_character_of_a_changed_file_is_one_step_whatever_the_patterns_are(patterns: list[str]) -> None:
    files = [f"packages/module-{n}/src/{'a' * 100}/file-{n}.ts" for n in range(40)]
    globs.any_matches(["once, so that the patterns are read"], patterns)
    steps = lines_run(lambda: globs.any_matches(files, patterns))
    assert steps <= 4 * sum(len(file) for file in files) + 10 * len(files) + 10


def test_patterns_side_by_side_are_what_each_of_them_is_alone() -> None:
    chance = random.Random(7)

    def meant(text: str, pattern: str) -> bool:
        """By the definition: every way to divide the text among the pieces."""
        if not pattern:
            return not text
        stars = len(pattern) - len(pattern.lstrip("*"))
        if stars:
            ends = range(len(text) + 1)
            return any(meant(text[n:], pattern[stars:]) for n in ends if stars > 1 or "/" not in text[:n])
        fits = text[:1] == pattern[0] or (pattern[0] == "?" and text[:1] not in ("", "/"))
        return fits and meant(text[1:], pattern[1:])

    for _ in range(5000):
        patterns = ["".join(chance.choices("ab/*?*", k=chance.randrange(7))) for _ in range(chance.randrange(4))]
        text = "".join(chance.choices("ab/*\n", k=chance.randrange(7)))
        assert globs.matches(text, patterns) == any(meant(text, pattern) for pattern in patterns), (text, patterns)
