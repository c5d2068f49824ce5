"""What people mend by hand comes in any form: the promised sentence, one line in the log, and nothing written back."""

from __future__ import annotations

import copy
import json
import random
import re
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest

from publisher.intent import Intent, Refused
from publisher.ledger import Ledger, read_ledger, write_ledger
from tests.publisher.surroundings import A, B, BucketAndStore, joined, succeeded
from workbench.invoked import BY_NAME

Logged = Callable[[], list[Mapping[str, Any]]]
NOW = "2026-03-01T10:09:00.000Z"
SENTENCE = r"^the store's `ledger` is unreadable \(.*\): mend or delete it$"
WHOLE = {
    "mark": f"{NOW} 0a1b2c",
    "published": [[A, NOW, "publish", "ci", 7, NOW], [B, NOW, "pipeline", "e1", None]],
    "hold": ["fire", NOW, "Ada"],
    "waiting": [NOW, B],
    "retiring": [A],
}
WRONG: tuple[Any, ...] = (
    None,
    True,
    7,
    -1.5,
    [],
    {},
    [[]],
    [None],
    "x",
    ["x"],
    [7, 7, 7],
    {"x": 1},
    [["x"]],
    "\ud800",
    10**400,
)


def mended(value: Any) -> Iterator[Any]:
    """The value with each of its parts in turn of every wrong kind, missing, or there twice."""
    yield from WRONG
    places = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for place in places:
        for part in mended(value[place]):
            twin = copy.copy(value)
            twin[place] = part
            yield twin
    if isinstance(value, list):
        yield value[:-1]
        yield [*value, *value[-1:]]


def readable(text: str) -> bool:
    """Whether the ledger is read; if so then whole, and it is written as it was read."""
    said = ""
    try:
        ledger = read_ledger(text)
    except Refused as error:
        said = str(error)
    if said:
        assert re.match(SENTENCE, said)
        return False
    for group in (ledger.hold, ledger.waiting, ledger.retiring):
        assert type(group) is tuple
        assert {*map(type, group)} <= {str}
    assert (3, str) == (len(ledger.hold), type(ledger.mark))
    for entry in ledger.published:
        assert type(entry) is Intent
        assert [str] * 4 == [*map(type, entry[:4])]
        assert type(entry.sequence) in (int, type(None))
    assert read_ledger(write_ledger(ledger)) == ledger
    return True


def test_a_ledger_is_read_as_it_should_be_or_refused_whatever_a_person_made_of_it() -> None:
    assert readable(json.dumps(WHOLE))
    tried = {json.dumps(value) for value in mended(WHOLE)} | {json.dumps({**WHOLE, "later": 1}), "{", "[", "nul", "\0"}
    taken = [text for text in tried if readable(text)]
    assert len(tried) > 300
    assert len(taken) < len(tried) / 4  # other texts and shorter lists


def test_a_ledger_of_the_version_before_is_read_and_goes_on() -> None:
    old = {
        "mark": NOW,
        "published": [[A, NOW, "publish", "ci", 7], [B, NOW, "pipeline", "e1", None]],
        "hold": ["fire", NOW, "Ada"],
        "waiting": [NOW, B],
        "retiring": [B],
    }
    entries = Intent(A, NOW, "publish", "ci", 7), Intent(B, NOW, "pipeline", "e1", None)
    assert Ledger(NOW, entries, ("fire", NOW, "Ada"), (NOW, B), (B,)) == read_ledger(json.dumps(old))
    del old["hold"]
    assert ("", "", "") == read_ledger(json.dumps(old)).hold


def test_an_unreadable_ledger_is_told_in_one_line_and_left_as_it_is(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged
) -> None:
    site.upload(A, "e1")
    site.upload(B)
    values: tuple[Any, ...] = {"hold": 7}, {"published": [[A]]}, [], {**WHOLE, "mark": None}
    texts = [json.dumps(value) for value in values]
    for text in [*texts, "{oops"]:
        site.store_values(ledger=text, live=f"{B} spa")
        before = site.etag(), site.keys("published/")
        asked: list[dict[str, Any]] = [
            {"action": "status"},
            {"action": "promote", "deployment": A},
            {"action": "rollback"},
        ]
        asked += [{"action": "hold", "reason": "fire"}, {"action": "release"}, {"action": "retire", "deployments": [A]}]
        for request in asked:
            logged()
            answer = publisher.handler(request, BY_NAME)
            assert (answer["outcome"], [answer]) == ("refused", logged())
        with pytest.raises(publisher.Refused, match=SENTENCE):
            publisher.handler(succeeded("e1"), BY_NAME)
        assert ["refused"] == [line["outcome"] for line in logged()]
        assert (site.etag(), site.keys("published/"), site.stored("ledger")) == (*before, text)


MANIFESTS: list[Any] = [
    *("7", "null", "[]", '"x"', "[[1, 2]]", "{", "\udcff", "[" * 5000, '{"id": 7}'),
    *({"files": True}, {"files": 2.0}, {"bytes": None}, {"also": [7]}, {"also": [None]}, {"index": [["a"]]}),
    *({"immutable": {}}, {"routing": ["spa"]}, {"id": None}, {"live": 7}, {"live": "single"}, {"live": "spa "}),
    *({"live": "spa lines=a:0::0 +\n"}, {"live": f"spa x={'x' * 1000}"}, {"lines": 7}, {"lines": {"live": "x"}}),
    *({"lines": {"t:a:0": 7}}, {"lines": {"t:a:0": "x" * 1025}}, {"lines": {"ledger": "{}"}}, {"lines": ["t:a:0"]}),
    *({"also": ["a\0b"]}, {"also": ["a\x1bb"]}, {"index": ["a\x7fb"]}, {"index": ["a\ud800b"]}, {"also": ["a\u202eb"]}),
]


def test_a_manifest_of_wrong_types_is_refused_in_one_line_that_says_to_build_again(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged
) -> None:
    for number, made in enumerate(MANIFESTS):
        deployment = f"upload-{number:016}"
        site.upload(deployment)
        key = f"manifests/{deployment}.json"
        whole = json.loads(site.read(key))
        text = made if isinstance(made, str) else json.dumps({**whole, **made})
        site.s3.put_object(Bucket="site-bucket", Key=key, Body=text.encode(errors="surrogateescape"))
        before = site.etag()
        logged()
        answer = publisher.handler({"action": "publish", "deployment": deployment}, BY_NAME)
        assert (made, "refused", [answer]) == (made, answer["outcome"], logged())
        assert answer["reason"].startswith(f"{key} lacks or misstates ")
        assert (before, "") == (site.etag(), site.stored("live"))


@pytest.mark.parametrize("content", ["x", "../../manifests/x", f"{A}\n{B}", f"{A} {B}", "\xff" * 20, "ä" * 20])
def test_an_execution_whose_record_is_no_deployment_is_refused_in_one_line(
    publisher: types.ModuleType, site: BucketAndStore, logged: Logged, content: str
) -> None:
    site.s3.put_object(Bucket="site-bucket", Key="executions/e1", Body=content.encode("latin-1"))
    with pytest.raises(
        publisher.Refused, match=r"^executions/e1 says .*, which is no deployment: run the build again$"
    ):
        publisher.handler(succeeded("e1"), BY_NAME)
    assert [("refused", "e1")] == [(line["outcome"], line["execution"]) for line in logged()]


def test_a_start_in_the_future_makes_nothing_stale_that_starts_later(
    publisher: types.ModuleType, site: BucketAndStore
) -> None:
    for deployment, execution in ((A, "e1"), (B, "e2")):
        site.upload(deployment, execution)
    assert publisher.handler(succeeded("e1", "2099-01-01T00:00:00Z"), BY_NAME)["outcome"] == "published"
    assert site.ledger["mark"] < "2099"
    later = site.ledger["mark"][:19] + ".999Z"
    assert publisher.handler(succeeded("e2", later), BY_NAME)["outcome"] == "published"
    site.store_values(ledger=json.dumps({**site.ledger, "mark": "2099-01-01T00:00:00.000Z"}))
    assert publisher.handler(succeeded("e1", later), BY_NAME)["outcome"] == "published"


def test_events_of_any_shape_are_one_line_and_leave_a_ledger_that_can_be_read(
    site: BucketAndStore, logged: Logged
) -> None:
    module = joined()
    site.upload(A)
    chance = random.Random(5)
    ids: list[Any] = [None, 7, "", 'a"b', "a b", "ü", "\ud800", ["x"], "x" * 999, "0A1B-2c3d"]
    details: list[Any] = [{"stack": "site", "action": "publish", "deployment": A}, {"action": "hold", "reason": "x"}]
    details += [{"action": "release"}, {"action": "rollback"}, [], None, "x"]
    times: list[Any] = [None, 7, "", "never", "2026-03-01T10:00:00Z", "2098-01-01T00:00:00Z", "0001-01-01T00:00:00Z"]
    for _ in range(150):
        event = {"detail-type": "Deployment Request", "id": chance.choice(ids), "detail": chance.choice(details)}
        event["time"] = chance.choice(times)
        logged()
        with suppress(Exception):
            module.handler(event, None)
        assert (event, 1) == (event, len(logged()))
        assert readable(site.stored("ledger"))
