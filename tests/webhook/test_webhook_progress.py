"""What an event says about a commit, which of two events is the later, and which reports can be used."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
import routes
from door import route as door_routes
from reporter.events import Revision, StatusEvent
from reporter.progress import LONGEST, Moment, NoChange, Progress, commit_of, concerns, follows, progress
from reporter.report import parse
from shared.document import ConfigurationError

from tests.webhook.happening import (
    COMMIT,
    DEPLOYMENT,
    EXECUTION,
    NEWER,
    OTHER,
    REPORT,
    asked,
    decided,
    fetched,
    moved,
    report,
)
from workbench import ROOT

CONSOLE = (
    "https://eu-central-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/site-pipeline/executions/"
    f"{EXECUTION}/timeline?region=eu-central-1"
)
URL = REPORT["url"]
SAID: dict[str, tuple[StatusEvent, str, str, str]] = {
    "a pipeline that started is building": (moved("STARTED"), "building", "building", CONSOLE),
    "one whose source was fetched too": (fetched(), "building", "building", CONSOLE),
    "a retried one is building again": (moved("RESUMED"), "building", "building again", CONSOLE),
    "one that succeeded is not live yet": (moved("SUCCEEDED"), "built", "built, going live", CONSOLE),
    "one that failed has failed": (moved("FAILED"), "failed", "the pipeline failed", CONSOLE),
    "a stopped one is no failure": (moved("STOPPED"), "stopped", "not built: the pipeline was stopped", CONSOLE),
    "a canceled one neither": (moved("CANCELED"), "stopped", "not built: the pipeline was changed", CONSOLE),
    "an overtaken one says so": (moved("SUPERSEDED"), "overtaken", "not built: a newer commit came first", CONSOLE),
    "published is live, and links to the site": (decided("published"), "live", "live", URL),
    "already live is live": (decided("duplicate", reason="already live"), "live", "live", URL),
    "held is not live, with the reason": (
        decided("held", reason="Launch at noon"),
        "held",
        "built, not live: held, Launch at noon",
        CONSOLE,
    ),
    "stale is not live": (
        decided("stale", reason="started 1, before 2 of what is live"),
        "overtaken",
        "built, not live: a newer one is",
        CONSOLE,
    ),
    "stale is live if another execution's deployment of the same commit is": (
        decided("stale", after=f"{COMMIT}-another000000000"),
        "live",
        "live",
        URL,
    ),
    "held is live if the same commit was before": (decided("held", after=DEPLOYMENT), "live", "live", URL),
    "what the publisher refused failed, with the reason": (
        decided("refused", deployment="", commit="", after="", reason="executions/x is missing"),
        "failed",
        "built, not live: executions/x is missing",
        CONSOLE,
    ),
    "what the publisher failed at failed, and its log says why": (
        decided("failed", after="", reason="AccessDenied: arn:aws:sts::111122223333:assumed-role/x"),
        "failed",
        "built, but the publisher failed",
        CONSOLE,
    ),
    "a held one that is released and published is live": (
        asked("published", "release"),
        "live",
        "live: release by Ada",
        URL,
    ),
    "a promoted one is live": (asked("published", "promote"), "live", "live: promote by Ada", URL),
    "what was rolled back to is live": (asked("rolled-back", "rollback"), "live", "live: rollback by Ada", URL),
}


@pytest.mark.parametrize("case", SAID)
def test_an_event_says_how_far_the_commit_has_come(case: str) -> None:
    event, state, description, target = SAID[case]
    found = progress(report(), event)
    assert isinstance(found, Progress)
    assert (found.state, found.target) == (state, target)
    assert found.description.startswith(description)
    assert found.commit == event["detail"].get("commit", "")


NOTHING: dict[str, tuple[StatusEvent, str]] = {
    "stopping": (moved("STOPPING"), "STOPPING changes nothing"),
    "a refused request": (asked("refused", "promote", after=""), "refused is an answer to whoever asked"),
    "not held": (asked("duplicate", "release", reason="not held"), "duplicate is an answer"),
    "a hold": (asked("on-hold", "hold"), "on-hold is an answer"),
    "a ZIP file": (decided("published", commit="zip", after="zip-0123456789abcdef"), "zip is not a commit"),
    "an unknown outcome": (decided("something", after=""), "something changes nothing"),
    "another's execution": (
        decided("published", execution="../x"),
        "the execution '../x' is not one of CodePipeline's",
    ),
}


@pytest.mark.parametrize("case", NOTHING)
def test_what_is_not_about_a_commit_changes_no_status(case: str) -> None:
    event, reason = NOTHING[case]
    found = progress(report(), event)
    assert isinstance(found, NoChange)
    assert found.reason.startswith(reason)


def test_a_report_is_about_its_own_pipeline_alone() -> None:
    assert concerns(report(), moved("STARTED"))
    assert concerns(report(), decided("published"))
    assert not concerns(report(pipeline="another"), moved("STARTED"))
    assert not concerns(report(pipeline="another"), decided("published"))
    assert not concerns(report(), decided("published", pipeline=""))  # of a site without a pipeline


def test_a_description_is_one_line_that_github_takes() -> None:
    found = progress(report(), decided("held", reason="ü\n" * 100))
    assert isinstance(found, Progress)
    assert len(found.description) == LONGEST
    assert "\n" not in found.description
    assert found.description.endswith("…")


# --- order


def moment(event: StatusEvent) -> Moment:
    found = progress(report(), event)
    assert isinstance(found, Progress)
    return found.moment


LATER = [
    moved("STARTED", "2026-05-01T12:00:00Z"),
    fetched("2026-05-01T12:00:04Z"),
    moved("FAILED", "2026-05-01T12:01:00Z"),
    moved("RESUMED", "2026-05-01T12:05:00Z"),
    moved("SUCCEEDED", "2026-05-01T12:06:00Z"),
    decided("held", "2026-05-01T12:06:02Z"),
    asked("published", "release", "2026-05-02T09:00:00Z"),
    moved("STARTED", "2026-05-02T10:00:00Z", NEWER),
    moved("SUCCEEDED", "2026-05-02T10:01:00Z", NEWER),
    decided("stale", "2026-05-02T10:01:01Z", NEWER),
]


def test_a_later_event_follows_an_earlier_one_and_never_the_other_way_round() -> None:
    for earlier, later in itertools.combinations([moment(event) for event in LATER], 2):
        assert follows(later, earlier), (later, earlier)
        assert not follows(earlier, later), (later, earlier)


def test_within_one_second_the_further_one_is_the_later() -> None:
    order = [moved("STARTED"), fetched(), moved("SUCCEEDED"), decided("held"), asked("published", "release")]
    for first, second in itertools.pairwise(order):
        assert follows(moment(second), moment(first))
        assert not follows(moment(first), moment(second))


def test_a_decision_follows_its_execution_whatever_the_clocks_say() -> None:
    success, published = moved("SUCCEEDED", "2026-05-01T12:00:05Z"), decided("published", "2026-05-01T12:00:03Z")
    assert follows(moment(published), moment(success))
    assert not follows(moment(success), moment(published))


def test_the_same_event_again_does_not_follow_itself() -> None:
    for event in LATER:
        assert not follows(moment(event), moment(event))


# --- which commit

CONNECTION = "https://us-east-1.console.aws.amazon.com/codesuite/settings/connections/redirect?connectionArn=arn:aws:x"
NAMED = CONNECTION + "&referenceType=COMMIT&FullRepositoryId={}&Commit=" + COMMIT


def revision(commit: str = COMMIT, address: str = "") -> Revision:
    """A revision as CodePipeline tells it; an `owner/name` stands for a connection's address."""
    full = address if "://" in address else NAMED.format(address)
    return {"revisionId": commit, "revisionUrl": full} if address else {"revisionId": commit}


REVISIONS: dict[str, tuple[list[Revision], str]] = {
    "of a connection": ([revision(address="example/website")], COMMIT),
    "of a connection, in other letters": ([revision(address="Example/Website")], COMMIT),
    "with another address": ([revision(address=f"https://github.com/a/b/commit/{COMMIT}")], COMMIT),
    "without an address": ([revision()], COMMIT),
    "of another repository": ([revision(address="somebody/else")], ""),
    "the second of two sources": ([revision(OTHER, "shared/theme"), revision(address="example/website")], COMMIT),
    "a ZIP file's version": ([revision("3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY")], ""),
    "not known yet": ([], ""),
    "empty": ([{"name": "Source"}], ""),
}


@pytest.mark.parametrize("case", REVISIONS)
def test_an_execution_names_the_commit_of_the_reports_repository(case: str) -> None:
    revisions, commit = REVISIONS[case]
    assert commit_of(revisions, "example/website") == commit


# --- the reports' schema

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"status": "bitbucket"}, "report 'site': status \"bitbucket\" is not one of github, gitlab"),
    ({"status": ["github"]}, 'status ["github"] is not one of'),
    ({"sender": "github"}, "report 'site' has sender; known: status, pipeline, repository"),
    ({"repository": "website"}, 'repository is "website"; it is a text like owner/name'),
    ({"repository": "a/b/c"}, "repository is"),
    ({"repository": "a/.."}, "repository is"),
    ({"repository": "../b"}, "repository is"),
    ({"repository": "a/b?x"}, "repository is"),
    ({"status": "gitlab", "repository": "website"}, "it is a text like group/project"),
    ({"status": "gitlab", "repository": "group/./x"}, "repository is"),
    ({"api": "http://api.example.com"}, 'api is "http://api.example.com"; it is a text like https://'),
    ({"api": "https://user:pass@api.example.com"}, "api is"),
    ({"api": "https://api.example.com/v3/"}, "api is"),
    ({"api": "https://api.example.com?x="}, "api is"),
    ({"api": "https://api.example.com\n"}, "api is"),
    ({"url": "www.example.com"}, 'url is "www.example.com"; it is a text like https://www.example.com'),
    ({"url": "javascript:alert(1)"}, "url is"),
    ({"url": "https://www.example.com/" + "x" * 200}, "url is"),
    ({"token": ""}, "token is"),
    ({"token": 7}, "token is 7"),
    ({"context": ""}, "context is"),
    ({"context": "x\ny"}, "context is"),
]


@pytest.mark.parametrize(("members", "message"), WRONG, ids=[f"{members}" for members, _ in WRONG])
def test_a_wrong_report_is_refused_in_one_line_that_names_it(members: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as found:
        parse(json.dumps({"site": {**REPORT, **members}}))
    assert message in str(found.value)
    assert "report 'site'" in str(found.value)
    assert "\n" not in str(found.value)


def test_a_report_needs_all_but_api_and_context() -> None:
    for member in set(REPORT) - {"status"}:
        with pytest.raises(ConfigurationError, match=f"report 'site': it needs {member}"):
            parse(json.dumps({"site": {name: value for name, value in REPORT.items() if name != member}}))
    assert (report().api, report().context) == ("https://api.github.com", "instant-hosting/site")
    assert report(status="gitlab").api == "https://gitlab.com/api/v4"


def test_a_mistake_in_a_report_stops_no_route_and_the_other_way_round() -> None:
    route = {"sender": "hook", "pipeline": "site-pipeline"}
    assert list(door_routes.parse(json.dumps({"hook": route, "site": {"status": "svn"}}))) == ["hook"]
    assert list(parse(json.dumps({"hook": {"sender": "svn"}, "site": REPORT}))) == ["site"]


def test_the_command_that_checks_routes_checks_reports_too(capsys: pytest.CaptureFixture[str], tmp_path: Any) -> None:
    file = tmp_path / "routes.json"
    file.write_text(json.dumps({"hook": {"sender": "hook", "pipeline": "p"}, "site": REPORT}))
    assert routes.main([str(file)]) == 0
    assert capsys.readouterr().out == "routes: hook, site\n"
    file.write_text(json.dumps({"site": {**REPORT, "api": "http://x"}}))
    assert routes.main([str(file)]) == 1
    assert capsys.readouterr().err.startswith("routes: report 'site': api is")


def test_the_reports_of_the_documentation_are_accepted() -> None:
    page = (ROOT / "docs" / "webhooks.md").read_text()
    documents = [block.partition("```")[0] for block in page.split("```json\n")[1:]]
    assert {found.host for document in documents for found in parse(document).values()} == {"github", "gitlab"}
