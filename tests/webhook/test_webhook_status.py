"""The function behind the events: one status for each, in an order that late and repeated events cannot change."""

from __future__ import annotations

import itertools
import json
import logging
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from io import StringIO
from typing import Any

import pytest
from reporter import hosts as told_by
from reporter import settings
from reporter.entry import handler
from reporter.events import StatusEvent
from reporter.hosts import NotTold
from shared import aws as surroundings
from shared.document import ConfigurationError

from local.cloud.emulator import Emulator
from tests.webhook.calling import Context
from tests.webhook.happening import COMMIT, EXECUTION, NEWER, REPORT, asked, decided, fetched, moved
from tests.webhook.hosting import GITHUB, GITLAB, TOKEN, Hosts, Shown, serve_hosts

SECRET_NAME = REPORT["token"]


class Teller:
    """The function with its surroundings: `happen` gives it an event as Lambda does."""

    def __init__(self, aws: Emulator, hosts: Hosts) -> None:
        self.aws, self.hosts = aws, hosts
        aws.client("dynamodb").create_table(
            TableName="deliveries",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.secret = aws.client("secretsmanager")
        self.secret.create_secret(Name=SECRET_NAME, SecretString=TOKEN)
        self.configure(site={**REPORT, "api": hosts.url + GITHUB})
        for execution in (EXECUTION, NEWER):
            self.execute(execution, COMMIT)

    def configure(self, **reports: object) -> None:
        text = json.dumps(reports)
        self.aws.client("ssm").put_parameter(Name="/webhook/routes", Type="String", Value=text, Overwrite=True)
        self.forget()

    def execute(self, execution: str, *commits: str) -> None:
        """What CodePipeline tells about an execution."""
        revisions = [{"name": "Source", "revisionId": commit} for commit in commits]
        content = {"pipelineExecutionId": execution, "artifactRevisions": revisions}
        self.aws.ask(f"/_local/executions/{execution}", "PUT", json.dumps(content).encode())

    def forget(self) -> None:
        """Empty what the process keeps, as a new one would have it."""
        for kept in (surroundings._made, surroundings.parameter_provider, settings._tokens):
            kept.cache_clear()

    def happen(self, *events: StatusEvent) -> None:
        for event in events:
            handler(event, Context())  # type: ignore[arg-type]

    @property
    def shown(self) -> str:
        """What a developer reads on the commit."""
        found = self.hosts.shown(COMMIT)
        return f"{found.state}: {found.description}" if found else ""

    @property
    def states(self) -> list[str]:
        """All that was told of it, oldest first."""
        return [shown.state for shown in self.hosts.statuses["github", "example/website", COMMIT]]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosts]:
    with serve_hosts(tmp_path_factory.mktemp("hosts")) as running:
        yield running


@pytest.fixture
def teller(aws: Emulator, served: Hosts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Teller]:
    served.reset()
    surroundings = {
        **aws.environment(),
        "SSL_CERT_FILE": str(served.certificate),
        "ROUTES_PARAMETER": "/webhook/routes",
        "TABLE": "deliveries",
    }
    for name, value in surroundings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(told_by, "_PAUSE", 0.01)
    made = Teller(aws, served)
    yield made
    made.forget()


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the function writes to its log."""
    (output,) = [h for h in logging.getLogger("status").handlers if isinstance(h, logging.StreamHandler)]
    text = StringIO()
    before = output.setStream(text)
    yield text
    output.setStream(before)


def lines(log: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


RUN = [
    moved("STARTED", "2026-05-01T12:00:00Z"),
    fetched("2026-05-01T12:00:04Z"),
    moved("SUCCEEDED", "2026-05-01T12:01:00Z"),
    decided("published", "2026-05-01T12:01:02Z"),
]


def test_a_push_becomes_pending_then_built_then_live_with_the_sites_address(teller: Teller) -> None:
    seen = []
    for event in RUN:
        teller.happen(event)
        seen.append(teller.shown)
    assert seen == ["pending: building", "pending: building", "pending: built, going live", "success: live"]
    shown = teller.hosts.shown(COMMIT)
    assert shown == Shown("success", "live", "https://www.example.com", "instant-hosting/site")


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_in_whatever_order_the_events_come_the_commit_ends_live(teller: Teller, order: tuple[int, ...]) -> None:
    teller.happen(*(RUN[place] for place in order))
    assert teller.shown == "success: live"


def test_an_event_that_comes_twice_is_told_once(teller: Teller, log: StringIO) -> None:
    teller.happen(RUN[1], RUN[1], RUN[3], RUN[1], RUN[3])
    assert [shown.state for shown in teller.hosts.statuses["github", "example/website", COMMIT]] == [
        "pending",
        "success",
    ]
    assert [line["message"] for line in lines(log)] == ["told", "duplicate", "told", "late", "duplicate"]


def test_a_failed_build_that_is_retried_is_pending_again_and_then_live(teller: Teller) -> None:
    teller.happen(RUN[0], moved("FAILED", "2026-05-01T12:00:30Z"))
    assert teller.shown == "failure: the pipeline failed"
    teller.happen(moved("RESUMED", "2026-05-01T12:00:40Z"))
    assert teller.shown == "pending: building again"
    teller.happen(*RUN[2:])
    assert teller.shown == "success: live"


def test_a_held_commit_says_so_until_it_is_released_and_live(teller: Teller) -> None:
    teller.happen(*RUN[:3], decided("held", "2026-05-01T12:01:02Z", reason="Launch at noon"))
    assert teller.shown == "pending: built, not live: held, Launch at noon"
    teller.happen(asked("published", "release", "2026-05-02T09:00:00Z"))
    assert teller.shown == "success: live: release by Ada"


def test_the_same_commit_built_again_is_pending_again(teller: Teller) -> None:
    teller.happen(*RUN, moved("STARTED", "2026-05-03T08:00:00Z", NEWER))
    assert teller.shown == "pending: building"
    teller.happen(
        decided("published", "2026-05-03T08:01:00Z", NEWER), moved("SUCCEEDED", "2026-05-03T08:01:01Z", NEWER)
    )
    assert teller.shown == "success: live"


def test_an_older_event_that_is_told_last_is_mended_by_whoever_told_it(teller: Teller) -> None:
    """Building is on its way to the host while live overtakes it: without a second look the commit stays pending."""
    arrived, proceed = threading.Event(), threading.Event()

    def wait(request: BaseHTTPRequestHandler) -> None:
        arrived.set()
        assert proceed.wait(10)
        asked_for = teller.hosts.asked[0]
        request.reply(*teller.hosts.answer(asked_for))  # type: ignore[attr-defined]

    teller.hosts.before = [wait]
    with ThreadPoolExecutor() as pool:
        older = pool.submit(teller.happen, RUN[1])
        assert arrived.wait(10)
        teller.happen(RUN[3])
        assert teller.shown == "success: live"
        proceed.set()
        older.result(20)
    assert teller.states == ["success", "pending", "success"]


def test_many_events_at_once_end_with_the_latest(teller: Teller) -> None:
    chance = random.Random(5)
    for day in range(1, 6):
        events = [
            {**event, "id": f"{day} {number}", "time": f"2026-06-0{day}T12:0{number}:00Z"}
            for number, event in enumerate(RUN)
        ] * 3
        chance.shuffle(events)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(teller.happen, events))
        assert teller.shown == "success: live"


def test_what_was_not_told_raises_and_is_told_when_lambda_tries_again(teller: Teller, log: StringIO) -> None:
    teller.hosts.before = [503] * 3
    with pytest.raises(NotTold, match="answered 503"):
        teller.happen(RUN[3])
    teller.happen(RUN[3])
    assert teller.shown == "success: live"
    failed, told = lines(log)
    assert (failed["level"], failed["message"], failed["commit"]) == ("ERROR", "failed", COMMIT)
    assert failed["reason"].startswith(f"{teller.hosts.url}/api/v3 answered 503 for example/website")
    assert (told["message"], told["state"], told["repository"], told["report"]) == (
        *("told", "live", "example/website", "site"),
    )


def test_a_new_token_is_used_within_a_minute(teller: Teller, monkeypatch: pytest.MonkeyPatch) -> None:
    teller.secret.put_secret_value(SecretId=SECRET_NAME, SecretString="an-expired-one")
    with pytest.raises(NotTold, match="store a new one in the secret instant-hosting/status/site"):
        teller.happen(RUN[3])
    teller.secret.put_secret_value(SecretId=SECRET_NAME, SecretString=f"{TOKEN}\n")
    monkeypatch.setattr(settings, "FRESH", 0)
    teller.forget()
    teller.happen(RUN[3])
    assert teller.shown == "success: live"


def test_a_secret_that_is_not_there_and_reports_that_are_wrong_are_named_in_one_line(
    teller: Teller, log: StringIO
) -> None:
    teller.configure(site={**REPORT, "api": teller.hosts.url + GITHUB, "token": "instant-hosting/status/sight"})
    with pytest.raises(NotTold, match=r"the secret instant-hosting/status/sight cannot be read: .*StatusTokenArns$"):
        teller.happen(RUN[3])
    teller.configure(site={**REPORT, "api": "http://api.example.com"})
    with pytest.raises(ConfigurationError):
        teller.happen(RUN[3])
    first, second = lines(log)
    assert first["reason"].startswith("the secret instant-hosting/status/sight cannot be read")
    assert second["reason"].startswith("report 'site': api is")
    assert teller.hosts.asked == []


def test_two_hosts_are_told_and_one_in_trouble_does_not_keep_the_other_from_it(teller: Teller) -> None:
    gitlab = {**REPORT, "status": "gitlab", "api": teller.hosts.url + GITLAB, "repository": "group/sub/website"}
    broken = {**REPORT, "api": teller.hosts.url + GITHUB, "repository": "example/gone"}
    teller.configure(broken=broken, gitlab=gitlab, site={**REPORT, "api": teller.hosts.url + GITHUB})
    with pytest.raises(NotTold, match="example/gone"):
        teller.happen(RUN[3])
    assert teller.shown == "success: live"
    shown = teller.hosts.shown(COMMIT, "gitlab", "group/sub/website")
    assert shown
    assert shown.state == "success"
    number = len(teller.hosts.asked)
    with pytest.raises(NotTold):
        teller.happen(RUN[3])
    assert len(teller.hosts.asked) == number + 1, "only the one that was not told is told again"


def test_what_concerns_no_report_or_no_commit_asks_nobody_and_says_why(teller: Teller, log: StringIO) -> None:
    teller.execute(EXECUTION)
    teller.happen(moved("STARTED"), moved("STARTED", pipeline="another"), decided("published", pipeline="another"))
    teller.happen(asked("refused", "promote"))
    assert teller.hosts.asked == []
    assert [line["reason"].partition(":")[0] for line in lines(log)] == [
        "the execution has no commit of example/website",
        "no report names its pipeline",
        "no report names its pipeline",
        "refused is an answer to whoever asked, not about a commit",
    ]


def test_no_token_is_in_the_log_the_table_or_an_error(teller: Teller, log: StringIO) -> None:
    teller.happen(*RUN)
    teller.hosts.before = [422, 500, 500, 500]
    for event in (asked("published", "promote", "2026-06-01T00:00:00Z"), moved("STARTED", "2026-06-02T00:00:00Z")):
        with pytest.raises(NotTold) as found:
            teller.happen(event)
        assert TOKEN not in str(found.value)
    items = json.dumps(teller.aws.client("dynamodb").scan(TableName="deliveries")["Items"])
    assert TOKEN not in log.getvalue() + items
    assert len(log.getvalue().splitlines()) == len(RUN) + 2


def test_a_status_is_forgotten_after_a_month_which_no_event_lives_to_see(teller: Teller) -> None:
    teller.happen(RUN[3])
    (item,) = teller.aws.client("dynamodb").scan(TableName="deliveries")["Items"]
    assert item["id"]["S"].startswith("status https://")
    seconds = int(item["expiration"]["N"]) - time.time()
    assert 29 * 24 * 3600 < seconds <= 30 * 24 * 3600
