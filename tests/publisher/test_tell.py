"""The mails to people: each outcome's subject, and the next command, without what does not apply."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from contract import PIPELINE_EVENT
from messenger.decisions import decision
from messenger.executions import pipeline_ended

A, B = (f"{letter * 40}-{letter * 16}" for letter in "ab")
DECISION: Any = {
    "action": "pipeline",
    "by": "e1",
    "reason": "",
    "before": A,
    "after": B,
    "deployment": B,
    "waiting": "",
}

MAILS = {
    "stale": ({"outcome": "stale", "reason": "older"}, "bbbbbbbbbb is not live: a newer one is", f"promote {B}"),
    "a late request": (
        {"outcome": "stale", "action": "rollback", "deployment": "", "reason": "older"},
        "a rollback came too late",
        "status",
    ),
    "held": ({"outcome": "held", "reason": "fair"}, "bbbbbbbbbb waits: the site is held", "release --publish"),
    "rolled back": ({"outcome": "rolled-back"}, "rolled back to bbbbbbbbbb", "list"),
    "on hold": ({"outcome": "on-hold", "reason": "fair"}, "on hold", "release"),
    "released, one waits": ({"outcome": "released", "waiting": A}, "the hold has ended", "release --publish"),
    "released, nothing waits": ({"outcome": "released"}, "the hold has ended", "status"),
}


@pytest.mark.parametrize(("detail", "subject", "command"), MAILS.values(), ids=MAILS)
def test_a_mail_says_what_happened_and_what_to_run_next(
    monkeypatch: pytest.MonkeyPatch, detail: dict[str, str], subject: str, command: str
) -> None:
    monkeypatch.setenv("STACK", "site")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    found, body = decision(DECISION | detail)
    assert subject == found
    assert body.endswith(f"Next:\n  deployments {command} --stack site --region eu-central-1")
    assert ("Why: " in body) == bool(detail.get("reason"))


def test_a_mail_says_what_came_into_the_folder_later_and_what_takes_it_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK", "site")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    extra = {"count": 2, "names": ["404.html", "sw\u202e\n.js"]}
    subject, body = decision(DECISION | {"outcome": "published", "action": "promote", "extra": extra})
    assert subject == "bbbbbbbbbb is live, with files that are not its own"
    assert "Files came into its folder after it was complete (2). Visitors get them too: 404.html, sw??.js. " in body
    assert f"deployments prune {B} --extras --stack site --region eu-central-1" in body


@pytest.fixture(params=["silent", "saying nothing"])
def aws(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS of which nothing can be learned."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        port = 1 if request.param == "silent" else server.server_port
        variables = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_MAX_ATTEMPTS": "1"}
        variables |= {"AWS_ACCESS_KEY_ID": "1", "AWS_SECRET_ACCESS_KEY": "1", "AWS_DEFAULT_REGION": "eu-central-1"}
        for name, text in (variables | {"STACK": "site", "AWS_REGION": "eu-central-1"}).items():
            monkeypatch.setenv(name, text)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield
        server.shutdown()


ENDED = {
    "FAILED": ("the pipeline failed", False),
    "STOPPED": ("the pipeline was stopped", True),
    "CANCELED": ("the pipeline was canceled", True),
}


@pytest.mark.parametrize(("state", "subject", "again"), [(state, *told) for state, told in ENDED.items()], ids=ENDED)
@pytest.mark.usefixtures("aws")
def test_a_pipeline_that_ended_without_a_build_is_told_with_its_page_and_how_to_start_it_again_whatever_aws_says(
    state: str, subject: str, again: bool
) -> None:
    trigger = {"commit-id": "c" * 40, "commit-message": "Fix\n\nNext:\u2028run this \u202e"}
    detail: Any = {"state": state, "pipeline": "name", "execution-id": "e7", "execution-trigger": trigger}
    found, body = pipeline_ended({"detail-type": PIPELINE_EVENT, "detail": detail, "region": "eu-central-1"})
    assert subject == found
    assert "/pipelines/name/executions/e7/timeline?region=eu-central-1" in body
    assert f"Commit {'c' * 10}: Fix  Next: run this" in map(str.rstrip, body.split("\n"))
    assert ("deployments watch --start --stack site --region eu-central-1" in body) is again
