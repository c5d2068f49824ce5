"""How GitHub and GitLab are told, over HTTPS on loopback, by hosts that answer and refuse as those do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler

import pytest
from reporter import hosts as told_by
from reporter.hosts import NotTold, tell
from reporter.progress import Moment, Progress
from reporter.report import Report

from tests.webhook.happening import COMMIT, report
from tests.webhook.hosting import GITHUB, GITLAB, TOKEN, Hosts, Shown, hang_up, redirect, serve_hosts, slowly

# What a status must not say before its deployment is live, or when it never will be
WAITING, OVER = ("building", "built", "held"), ("overtaken", "stopped", "failed")
BOTH = pytest.mark.parametrize("host", ["github", "gitlab"])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    with serve_hosts(tmp_path_factory.mktemp("hosts")) as running:
        yield running


@pytest.fixture
def hosts(served: Hosts, monkeypatch: pytest.MonkeyPatch) -> Hosts:
    """The hosts, trusted, and asked again without pauses."""
    served.reset()
    monkeypatch.setenv("SSL_CERT_FILE", str(served.certificate))
    monkeypatch.setattr(told_by, "_PAUSE", 0.01)
    return served


def to(hosts: Hosts, host: str, **members: str) -> Report:
    return report(**{"status": host, "api": hosts.url + {"github": GITHUB, "gitlab": GITLAB}[host], **members})


def be(state: str, description: str = "as described") -> Progress:
    return Progress(state, description, "https://www.example.com/x", COMMIT, Moment(1, 1, "", is_decision=False))


def word(hosts: Hosts, host: str, state: str) -> str:
    """What the host shows of a commit in this state that it knew nothing of."""
    hosts.reset()
    assert tell(to(hosts, host), TOKEN, COMMIT, be(state)) == "told"
    shown = hosts.shown(COMMIT, host)
    assert shown
    assert shown == Shown(shown.state, "as described", "https://www.example.com/x", "instant-hosting/site")
    return shown.state


@BOTH
def test_a_commit_is_green_when_it_is_live_and_at_no_other_time(hosts: Hosts, host: str) -> None:
    assert word(hosts, host, "live") == "success"
    assert "success" not in {word(hosts, host, state) for state in (*WAITING, *OVER)}


def test_at_github_what_may_go_live_is_pending_and_what_will_not_is_an_error_but_a_failed_build_a_failure(
    hosts: Hosts,
) -> None:
    assert {word(hosts, "github", state) for state in WAITING} == {"pending"}
    words = {state: word(hosts, "github", state) for state in OVER}
    assert words == {"overtaken": "error", "stopped": "error", "failed": "failure"}


def test_at_gitlab_nothing_runs_that_waits_for_a_person_and_only_a_failure_is_red(hosts: Hosts) -> None:
    open_words = [word(hosts, "gitlab", state) for state in ("building", "built")]
    assert open_words == ["pending", "running"]  # of these GitLab takes each once, in this order
    assert word(hosts, "gitlab", "held") == "canceled"
    assert [state for state in (*WAITING, *OVER) if word(hosts, "gitlab", state) == "failed"] == ["failed"]


def test_a_project_in_a_group_is_one_name_to_gitlab(hosts: Hosts) -> None:
    tell(to(hosts, "gitlab", repository="group/sub/website"), TOKEN, COMMIT, be("live"))
    assert hosts.shown(COMMIT, "gitlab", "group/sub/website")
    assert hosts.asked[0].path == f"/api/v4/projects/group%2Fsub%2Fwebsite/statuses/{COMMIT}"


def test_github_is_asked_with_the_version_that_this_was_written_for(hosts: Hosts) -> None:
    tell(to(hosts, "github"), TOKEN, COMMIT, be("live"))
    assert hosts.asked[0].headers["x-github-api-version"] == "2022-11-28"
    assert hosts.asked[0].headers["accept"] == "application/vnd.github+json"


def test_what_gitlab_shows_already_is_no_failure(hosts: Hosts) -> None:
    gitlab = to(hosts, "gitlab")
    said = [tell(gitlab, TOKEN, COMMIT, be(state)) for state in ("building", "building", "built", "built", "building")]
    assert said == ["told", "unchanged", "told", "unchanged", "unchanged"]
    assert [tell(gitlab, TOKEN, COMMIT, be(state)) for state in ("held", "live")] == ["told", "told"]
    assert [shown.state for shown in hosts.statuses["gitlab", "example/website", COMMIT]] == [
        *("pending", "running", "canceled", "success"),
    ]


REFUSED = {
    "a wrong token": ("of-somebody-else", "example/website", "answered 401", "store a new one in the secret"),
    "another repository": (TOKEN, "example/private", "answered 404", "does not reach it"),
}


@BOTH
@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_names_the_host_what_it_said_and_the_remedy_and_is_not_repeated(
    hosts: Hosts, host: str, case: str
) -> None:
    token, repository, what, remedy = REFUSED[case]
    with pytest.raises(NotTold) as found:
        tell(to(hosts, host, repository=repository), token, COMMIT, be("live"))
    text = str(found.value)
    assert what in text
    assert remedy in text
    assert "\n" not in text
    assert token not in text
    assert len(hosts.asked) == 1


def test_a_commit_that_github_does_not_have_is_named_in_its_words(hosts: Hosts) -> None:
    commit = "dead" * 10
    with pytest.raises(NotTold, match=f"answered 422 for example/website: No commit found for SHA: {commit}$"):
        tell(to(hosts, "github"), TOKEN, commit, be("live"))
    assert len(hosts.asked) == 1


def test_a_right_that_is_missing_is_told_with_where_to_read_about_it(hosts: Hosts) -> None:
    hosts.before = [403]
    with pytest.raises(NotTold, match=r"answered 403 .* may not set statuses: docs/webhooks.md says which rights"):
        tell(to(hosts, "github"), TOKEN, COMMIT, be("live"))


@BOTH
@pytest.mark.parametrize("trouble", [409, 429, 500, 502, 503, 504, pytest.param(hang_up, id="hang-up")], ids=str)
def test_a_host_in_trouble_is_asked_again(hosts: Hosts, host: str, trouble: int) -> None:
    hosts.before = [trouble, trouble]
    assert tell(to(hosts, host), TOKEN, COMMIT, be("live")) == "told"
    assert len(hosts.asked) == told_by.TRIES
    shown = hosts.shown(COMMIT, host)
    assert shown
    assert shown.state == "success"


def test_a_host_that_stays_in_trouble_is_left_alone_for_a_while(hosts: Hosts) -> None:
    hosts.before = [503] * 9
    with pytest.raises(NotTold, match="answered 503 for example/website: scripted"):
        tell(to(hosts, "github"), TOKEN, COMMIT, be("live"))
    assert len(hosts.asked) == told_by.TRIES


def test_a_host_that_is_slow_or_not_there_is_not_waited_for(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_by, "PATIENCE", 0.2)
    hosts.before = [slowly(2)] * told_by.TRIES
    start = time.monotonic()
    with pytest.raises(NotTold, match=f"{hosts.url}/api/v3 did not answer for example/website: .*timed out"):
        tell(to(hosts, "github"), TOKEN, COMMIT, be("live"))
    assert time.monotonic() - start < 2
    with pytest.raises(NotTold, match=r"did not answer .*refused"):
        tell(report(api="https://127.0.0.1:1/api/v3"), TOKEN, COMMIT, be("live"))


@BOTH
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed_with_the_token(hosts: Hosts, host: str, status: int) -> None:
    hosts.before = [redirect(f"{hosts.url}/elsewhere", status)]
    with pytest.raises(NotTold, match=f"answered {status} .*a redirect is not followed: correct the report's"):
        tell(to(hosts, host), TOKEN, COMMIT, be("live"))
    assert len(hosts.asked) == 1


def test_no_proxy_hears_of_it(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert tell(to(hosts, "github"), TOKEN, COMMIT, be("live")) == "told"


def test_a_host_whose_certificate_is_not_trusted_gets_no_token(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(NotTold, match=r"did not answer .*certificate verify failed"):
        tell(to(hosts, "github"), TOKEN, COMMIT, be("live"))
    assert hosts.asked == []


def echo(request: BaseHTTPRequestHandler) -> None:
    request.reply(422, {"message": f"odd header {dict(request.headers.items())}"})  # type: ignore[attr-defined]


def page(request: BaseHTTPRequestHandler) -> None:
    request.send_response(400)
    request.end_headers()
    request.wfile.write(b"<html>" + b"x" * 100_000)


def bottomless(request: BaseHTTPRequestHandler) -> None:
    request.send_response(422)
    request.end_headers()
    request.wfile.write(b'{"message": ' + b"[" * 1900 + b"]" * 1900 + b"}")


@BOTH
@pytest.mark.parametrize("answer", [echo, page, bottomless])
def test_whatever_a_host_answers_the_token_is_not_repeated(
    hosts: Hosts, host: str, answer: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    hosts.before = [answer]
    with pytest.raises(NotTold) as found:
        tell(to(hosts, host), TOKEN, COMMIT, be("live"))
    assert TOKEN not in str(found.value)
    assert len(str(found.value)) < 700


@pytest.mark.parametrize("token", ["", '{"token": "x"}', "two words", "line\nbreak", "ümlaut"])
def test_a_secret_that_holds_no_token_is_said_to_and_nobody_is_asked(hosts: Hosts, token: str) -> None:
    with pytest.raises(NotTold) as found:
        tell(to(hosts, "github"), token, COMMIT, be("live"))
    assert str(found.value) == (
        "the secret instant-hosting/status/site holds no token: store the token alone, without JSON or blanks"
    )
    assert hosts.asked == []
