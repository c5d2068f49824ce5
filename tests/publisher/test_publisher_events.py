"""What the publisher does with a pipeline's event, against the emulator's S3 and store."""

import json
import types
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.stub import Stubber

from contract import MISSING_SECONDS
from tests.publisher.surroundings import BUCKET, EVENTS, PIPELINE, A, B, BucketAndStore, C, joined, succeeded
from workbench.invoked import BY_NAME

Logged = Callable[[], list[Mapping[str, Any]]]
EARLY, LATE = "2026-03-01T10:00:00Z", "2026-03-01T10:00:01.5Z"  # AWS gives either precision


def test_a_succeeded_execution_makes_its_deployment_live(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged
) -> None:
    site.upload(A, "e1")
    answer = publisher.handler(succeeded("e1"), BY_NAME)
    expected = {"outcome": "published", "execution": "e1", "commit": "a" * 40, "deployment": A, "reason": ""}
    assert {**expected, "action": "pipeline", "by": "e1", "before": "", "after": A} == answer
    assert [answer] == logged()
    assert f"{A} spa" == site.stored("live")
    assert [entry[0] for entry in site.ledger["published"]] == [A]


def test_the_next_execution_replaces_it_and_the_history_tells_both(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    for deployment, execution, start in ((A, "e1", EARLY), (B, "e2", LATE)):
        site.upload(deployment, execution)
        answer = publisher.handler(succeeded(execution, start), BY_NAME)
    assert (answer["before"], answer["after"]) == (A, B)
    told = [(entry["deployment"], entry["before"], entry["action"], entry["by"]) for entry in site.history]
    assert told == [(A, "", "pipeline", "e1"), (B, A, "pipeline", "e2")]


def test_an_older_execution_changes_nothing_and_is_logged_as_stale(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged
) -> None:
    for deployment, execution in ((A, "e1"), (B, "e2")):
        site.upload(deployment, execution)
    publisher.handler(succeeded("e2", LATE), BY_NAME)
    before = site.etag(), site.keys(), logged()
    answer = publisher.handler(succeeded("e1", EARLY), BY_NAME)
    assert (answer["outcome"], answer["after"]) == ("stale", B)
    assert (site.etag(), site.keys()) == before[:2]
    assert [line["outcome"] for line in logged()] == ["stale"]


def test_a_duplicate_changes_nothing(publisher: types.ModuleType, site: BucketAndStore) -> None:
    site.upload(A, "e1")
    event = succeeded("e1")
    publisher.handler(event, BY_NAME)
    before = site.etag(), site.keys()
    assert publisher.handler(event, BY_NAME)["after"] == A
    assert (site.etag(), site.keys()) == before
    assert publisher.handler(succeeded("e1"), BY_NAME)["outcome"] == "duplicate"
    assert (site.live, site.keys()) == (A, before[1])


def test_a_retried_stage_of_the_same_execution_goes_live(publisher: types.ModuleType, site: BucketAndStore) -> None:
    for deployment in (A, B):  # a retry keeps execution ID and start time, and makes another deployment
        site.upload(deployment, "e1")
        publisher.handler(succeeded("e1", EARLY), BY_NAME)
    assert site.live == B


def test_while_held_a_success_waits_and_nothing_goes_live(publisher: types.ModuleType, site: BucketAndStore) -> None:
    site.upload(A, "e1")
    publisher.handler(succeeded("e1", EARLY), BY_NAME)
    site.store_values(ledger=json.dumps({**site.ledger, "hold": ["fire", "2026-03-01T10:00:00.100Z", "Ada"]}))
    site.upload(B, "e2")
    answer = publisher.handler(succeeded("e2", LATE), BY_NAME)
    assert (answer["outcome"], answer["reason"], answer["after"]) == ("held", "fire", A)
    assert (site.live, site.ledger["waiting"][1]) == (A, B)


def test_also_and_index_stand_in_the_store_for_the_function(publisher: types.ModuleType, site: BucketAndStore) -> None:
    site.upload(A, "e1", routing="files", also=["glb", "pf_meta"], index=["docs", "blog/archive"])
    publisher.handler(succeeded("e1"), BY_NAME)
    assert f"{A} files also=glb,pf_meta index=docs,blog/archive" == site.stored("live")


def rollback_answer(publisher: types.ModuleType, execution: str, **found: Any) -> Stubber:
    stubber = Stubber(publisher.client("codepipeline"))
    asked = {"pipelineName": PIPELINE, "pipelineExecutionId": execution}
    stubber.add_response("get_pipeline_execution", {"pipelineExecution": found}, asked)
    return stubber


def test_a_rollback_execution_without_an_upload_publishes_its_target_s_deployment(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    for deployment, execution, start in ((A, "e1", EARLY), (B, "e2", LATE)):
        site.upload(deployment, execution)
        publisher.handler(succeeded(execution, start), BY_NAME)
    target = {"rollbackTargetPipelineExecutionId": "e1"}
    with rollback_answer(publisher, "e3", executionType="ROLLBACK", rollbackMetadata=target):
        publisher.handler(succeeded("e3", "2026-03-01T11:00:00Z"), BY_NAME)
    assert site.live == A


def test_a_rollback_execution_that_uploaded_publishes_its_own(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    site.upload(A, "e1")
    site.upload(C, "e3")
    with Stubber(publisher.client("codepipeline")):  # would raise if it were asked
        publisher.handler(succeeded("e3"), BY_NAME)
    assert site.live == C


def test_an_execution_that_left_nothing_raises_and_says_what_to_do(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged
) -> None:
    with (
        rollback_answer(publisher, "e1", executionType="STANDARD"),
        pytest.raises(publisher.Refused, match=r"^executions/e1 is missing: .*run the build again$"),
    ):
        publisher.handler(succeeded("e1"), BY_NAME)
    assert [(line["outcome"], line["execution"]) for line in logged()] == [("refused", "e1")]


INCOMPLETE: dict[str, tuple[dict[str, Any], str]] = {
    "files": ({"files": 3}, r"are 2 and \d+, not the 3 and "),
    "bytes": ({"bytes": 1}, r"are 2 and \d+, not the 2 and 1 of its manifest: "),
    "another id": ({"id": B}, "misstates id"),
    "unknown routing": ({"routing": "single"}, "misstates what the router reads, '.* single'"),
    "wrong types": ({"files": "2", "immutable": "x"}, "misstates immutable, files"),
    "a sign that the store's value cannot have": ({"index": ["a\tb"]}, "misstates what the router reads"),
    "over the store's limit": ({"index": ["x" * 80] * 12}, "misstates what the router reads"),
    "a key of the store that is another's": ({"lines": {"live": f"{B} spa"}}, "misstates the store's key 'live'"),
}


@pytest.mark.parametrize(("members", "reason"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_a_deployment_that_is_not_as_its_manifest_says_is_not_published(
    publisher: types.ModuleType, site: BucketAndStore, members: dict[str, Any], reason: str
) -> None:
    site.upload(A, "e1", **members)
    with pytest.raises(publisher.Refused, match=reason):
        publisher.handler(succeeded("e1"), BY_NAME)
    assert (site.stored("live"), site.keys("_errors/")) == ("", [])


def test_missing_members_of_a_manifest_are_named(publisher: types.ModuleType, site: BucketAndStore) -> None:
    site.upload(A, "e1")
    manifest = json.loads(site.read(f"manifests/{A}.json"))
    site.put(f"manifests/{A}.json", json.dumps({k: v for k, v in manifest.items() if k not in ("routing", "bytes")}))
    with pytest.raises(publisher.Refused, match="lacks or misstates routing, bytes:"):
        publisher.handler(succeeded("e1"), BY_NAME)


def test_a_missing_manifest_is_refused(publisher: types.ModuleType, site: BucketAndStore) -> None:
    site.upload(A, "e1")
    site.s3.delete_object(Bucket=BUCKET, Key=f"manifests/{A}.json")
    with pytest.raises(publisher.Refused, match=f"^manifests/{A}.json is missing"):
        publisher.handler(succeeded("e1"), BY_NAME)


def test_a_folder_of_more_than_one_page_is_counted_whole(publisher: types.ModuleType, site: BucketAndStore) -> None:
    for number in range(1001):
        site.put(f"deployments/{A}/{number}.txt", "x")
    site.upload(A, "e1")
    manifest = json.loads(site.read(f"manifests/{A}.json"))
    complete = {"files": 1003, "bytes": manifest["bytes"] + 1001}
    site.put(f"manifests/{A}.json", json.dumps({**manifest, **complete}))
    assert publisher.handler(succeeded("e1"), BY_NAME)["outcome"] == "published"


def test_the_404_page_follows_the_live_deployment_in_any_encoding(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    page = "<h1>perdu à jamais</h1>".encode("latin-1")
    site.upload(A, "e1", page=page.decode("latin-1"))
    site.s3.put_object(Bucket=BUCKET, Key=f"deployments/{A}/404.html", Body=page + b" ")
    publisher.handler(succeeded("e1"), BY_NAME)
    found = site.s3.get_object(Bucket=BUCKET, Key="_errors/404.html")
    assert page + b" " == found["Body"].read()
    expected = "text/html; charset=utf-8", f"public, max-age=0, s-maxage={MISSING_SECONDS}"
    assert expected == (found["ContentType"], found["CacheControl"])


def test_a_deployment_without_404_page_gets_a_plain_one(publisher: types.ModuleType, site: BucketAndStore) -> None:
    site.upload(A, "e1", page="<h1>of A</h1>")
    site.upload(B, "e2")
    publisher.handler(succeeded("e1", EARLY), BY_NAME)
    publisher.handler(succeeded("e2", LATE), BY_NAME)
    assert "<h1>Not found</h1>" in site.read("_errors/404.html")


FOREIGN: dict[str, dict[str, Any]] = {
    "another pipeline": {"pipeline": "other"},
    "a failure": {"state": "FAILED"},
    "no pipeline at all": {"pipeline": None},
}


@pytest.mark.parametrize("detail", FOREIGN.values(), ids=FOREIGN)
def test_an_event_that_is_no_success_of_the_pipeline_is_logged_and_changes_nothing(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged, detail: dict[str, Any]
) -> None:
    site.upload(A, "e1")
    answer = publisher.handler(succeeded("e1", **detail), BY_NAME)
    assert (answer["outcome"], site.stored("live")) == ("refused", "")
    assert [answer] == logged()


def test_without_a_pipeline_of_its_own_every_pipeline_event_is_refused(
    publisher: types.ModuleType, site: BucketAndStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIPELINE")
    site.upload(A, "e1")
    assert publisher.handler(succeeded("e1"), BY_NAME)["outcome"] == "refused"


def test_the_direct_templates_publisher_knows_no_pipeline(site: BucketAndStore) -> None:
    module = joined("publisher.direct")
    site.upload(A, "e1")
    answer = module.handler(succeeded("e1"), BY_NAME)
    assert (answer["outcome"], site.stored("live")) == ("refused", "")
    assert not hasattr(module, "succeeded")


def test_a_succeeded_stage_is_no_succeeded_pipeline(publisher: types.ModuleType, site: BucketAndStore) -> None:
    site.upload(A, "e1")
    event = json.loads((EVENTS / "stage-succeeded.json").read_text())
    event["detail"]["execution-id"] = "e1"
    assert publisher.handler(event, BY_NAME)["outcome"] == "refused"
    assert site.stored("live") == ""


def test_an_event_with_its_trigger_is_understood_too(publisher: types.ModuleType, site: BucketAndStore) -> None:
    event = json.loads((EVENTS / "pipeline-succeeded-with-trigger.json").read_text())
    site.upload(A, event["detail"]["execution-id"])
    assert publisher.handler(event, BY_NAME)["outcome"] == "published"


def test_a_failure_is_logged_in_one_line_and_raised(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.upload(A, "e1")
    monkeypatch.setenv("STORE_ARN", site.arn[:-1] + ("0" if site.arn[-1] != "0" else "1"))
    with pytest.raises(Exception, match="ResourceNotFound"):
        publisher.handler(succeeded("e1"), BY_NAME)
    assert [(line["outcome"], line["deployment"]) for line in logged()] == [("failed", A)]


def test_an_unreadable_ledger_stops_publishing_with_the_remedy(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    site.upload(A, "e1")
    site.store_values(ledger="{oops", live=f"{B} spa")
    with pytest.raises(publisher.Refused, match="mend or delete it"):
        publisher.handler(succeeded("e1"), BY_NAME)
    assert site.live == B


@pytest.mark.parametrize("action", ["publish", "promote"])
def test_a_request_makes_the_named_deployment_live(
    publisher: types.ModuleType, site: BucketAndStore, action: str
) -> None:
    for deployment in (A, B):
        site.upload(deployment)
        answer = publisher.handler({"action": action, "deployment": deployment, "by": "Ada"}, BY_NAME)
    assert (answer["outcome"], answer["before"], answer["after"]) == ("published", A, B)
    assert [(entry["deployment"], entry["by"]) for entry in site.history] == [(A, "Ada"), (B, "Ada")]


def test_of_two_numbered_publishes_the_higher_number_stays(publisher: types.ModuleType, site: BucketAndStore) -> None:
    for deployment in (A, B):
        site.upload(deployment)
    publisher.handler({"action": "publish", "deployment": B, "sequence": 8}, BY_NAME)
    answer = publisher.handler({"action": "publish", "deployment": A, "sequence": 7}, BY_NAME)
    assert (answer["outcome"], site.live) == ("refused", B)


def test_a_request_wins_over_an_execution_that_started_before_it(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    site.upload(A)
    site.upload(B, "e2")
    publisher.handler({"action": "promote", "deployment": A}, BY_NAME)
    assert publisher.handler(succeeded("e2", LATE), BY_NAME)["outcome"] == "stale"
    assert publisher.handler(succeeded("e2", "2099-01-01T00:00:00Z"), BY_NAME)["outcome"] == "published"


@pytest.mark.parametrize("name", ["x" * 3000, "ü" * 300, '"' * 300, "\0" * 300], ids=["x", "ü", "quote", "NUL"])
def test_a_long_name_of_who_asks_is_cut_to_what_the_ledger_has_room_for(
    publisher: types.ModuleType, site: BucketAndStore, name: str
) -> None:
    site.upload(A)
    publisher.handler({"action": "publish", "deployment": A, "by": name}, BY_NAME)
    by = site.ledger["published"][0][3]
    assert name.startswith(by)
    assert 30 < len(json.dumps(by, ensure_ascii=False).encode()) - 2 <= 40
