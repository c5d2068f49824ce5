"""Every question of `doctor` can come out otherwise: in a world that is made to differ, the difference is found."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from deployments import findings, guarantees, precedence
from deployments.cloud import connect
from deployments.command import Site
from deployments.finding import Finding, answers
from deployments.output import Output
from deployments.probe import Probe
from deployments.stack import find_stack
from deployments.visitor import Answer
from local.cloud.emulator import Emulator
from workbench.site import VisitedStack

if TYPE_CHECKING:
    from aws_types import CloudFrontKeyValueStoreClient, FunctionTest


@pytest.fixture
def there(environment: Emulator, site: VisitedStack) -> Probe:
    """A probe whose bucket has no policy that anybody enforces."""
    cloud = connect("us-east-1", None)
    return Probe(Site(cloud, find_stack(cloud, site.name), Output(as_json=False)))


def verdicts(results: list[Finding]) -> dict[str, str]:
    return {one.question: one.verdict for one in results}


def test_a_put_and_a_copy_that_are_taken_are_found(there: Probe) -> None:
    live = there.publish(findings.pages("first"), "folders")
    results = guarantees.of_the_bucket(there, live)
    assert ["taken", "taken"] == [one.seen for one in results]
    assert {"different: a mistake, or a stolen build, can change files of a deployment that is live"} == {
        one.verdict for one in results
    }


def test_a_platform_whose_headers_win_over_the_sites_rules_is_found(there: Probe) -> None:
    """Where rules come first, the page that has them looks as if it had none."""
    there.publish({**findings.pages("first", "ruled.html"), "_headers": "/ruled\n  X-Doctor: ruled\n"}, "mixed")
    for one in precedence.of_header_rules(there):
        assert one.verdict.startswith("different: visitors get the "), one
        assert "response_headers_policy" in one.verdict
    there.publish(findings.pages("second", "ruled.html"), "mixed")
    assert {"not answered"} == {one.verdict for one in precedence.of_header_rules(there)}


class Store:
    """A store whose reads are behind its writes, or whose writes are lost against others."""

    def __init__(self, *, old_values: bool = False, old_etags: bool = False, lost: int = 0) -> None:
        self.old_values, self.old_etags, self.lost = old_values, old_etags, lost
        self.etags, self.values = ["e0"], ["none"]

    def describe_key_value_store(self, **_: object) -> dict[str, str]:
        return {"ETag": self.etags[-2 if self.old_etags and len(self.etags) > 1 else -1]}

    def get_key(self, **_: object) -> dict[str, str]:
        return {"Value": self.values[-2 if self.old_values else -1]}

    def update_keys(self, *, IfMatch: str, Puts: list[dict[str, str]], **_: object) -> dict[str, str]:
        if self.lost or (IfMatch != self.etags[-1] and not self.old_etags):
            self.lost -= 1
            raise ClientError({"Error": {"Code": "ConflictException"}}, "UpdateKeys")
        self.values.append(Puts[0]["Value"])
        self.etags.append(f"e{len(self.etags)}")
        return {"ETag": self.etags[-1]}


def as_client(store: Store) -> CloudFrontKeyValueStoreClient:
    return cast("CloudFrontKeyValueStoreClient", store)


@pytest.mark.parametrize(
    ("store", "results"),
    [
        (Store(), (0, 0)),
        (Store(old_values=True), (5, 0)),
        (Store(old_etags=True), (0, 5)),
        (Store(old_values=True, old_etags=True), (0, 5)),
        (Store(lost=3), (0, 0)),
    ],
)
def test_an_old_value_under_a_new_etag_is_found_and_an_old_etag_does_no_harm(
    store: Store, results: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarantees, "_PAUSE", 0)
    assert results == guarantees.newness(as_client(store), "arn", 5)


def test_old_values_are_told_with_what_follows_from_them(there: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarantees, "ROUNDS", 2)
    assert [True] == [one.kept for one in guarantees.of_the_store(there)]
    there.store = as_client(Store(old_values=True))
    (one,) = guarantees.of_the_store(there)
    assert "in 2 rounds 2 old values under a new ETag, 0 old ETags" == one.seen
    assert one.verdict.startswith("different: of two publishes at the same moment one can be lost")


Change = Callable[[str, Answer], Answer]


class Elsewhere:
    """A visitor of an edge that behaves otherwise: `change` makes another answer of each."""

    def __init__(self, visitor: Any, change: Change) -> None:
        self._visitor, self._change = visitor, change

    def get(self, path: str, **headers: str) -> Answer:
        return self._change(path, self._visitor.get(path, **headers))

    def navigate(self, path: str, **headers: str) -> Answer:
        answer = self._visitor.navigate(path, **headers)
        return self._change(f"{path} {headers}", answer)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._visitor, name)


def bare(status: int, body: bytes = b"") -> Change:
    return lambda _, __: Answer(status, Message(), body)


def not_modified(asked: str, answer: Answer) -> Answer:
    return Answer(304, Message(), b"") if "If_None_Match" in asked else answer


def listing(asked: str, answer: Answer) -> Answer:
    return Answer(200, Message(), b"<ListBucketResult><Contents>") if asked.startswith("/_errors/?list") else answer


def without_pins(_: str, answer: Answer) -> Answer:
    del answer.headers["Set-Cookie"]
    return answer


def test_an_old_pin_that_gets_a_304_is_found(there: Probe) -> None:
    before = there.publish(findings.pages("first"), "folders")
    there.publish(findings.pages("second"), "folders")
    assert [True] == [one.kept for one in guarantees.of_old_pins(there, before)]
    for change in (not_modified, without_pins):
        with elsewhere(there, change):
            (one,) = guarantees.of_old_pins(there, before)
            assert "different: such a browser has the new page and asks for the old one's files" == one.verdict or (
                change is without_pins and one.kept
            )


def test_a_listing_that_a_visitor_can_have_is_found(there: Probe) -> None:
    there.publish(findings.pages("first"), "folders")
    assert [True] == [one.kept for one in guarantees.of_listings(there)]
    with elsewhere(there, listing):
        (one,) = guarantees.of_listings(there)
    assert "/_errors/?list-type=2: 200 and a listing" in one.seen
    assert one.verdict.startswith("different: anybody can read the names of all files")


LOOKS: dict[str, tuple[Callable[[Probe], list[Finding]], Change, int]] = {
    "before anything": (findings.before_anything, bare(200), 2),
    "a redirect": (findings.with_folders, bare(302), 1),
    "what is missing": (findings.of_what_is_missing, bare(403), 1),
    "odd names": (findings.of_odd_names, bare(500), 3),
}


@pytest.mark.parametrize(("look", "change", "different"), LOOKS.values(), ids=LOOKS)
def test_an_edge_that_answers_otherwise_is_found_with_what_follows(
    there: Probe, look: Callable[[Probe], list[Finding]], change: Change, different: int
) -> None:
    with elsewhere(there, change):
        results = look(there)
    assert different == len([one for one in results if one.verdict.startswith("different: ")])
    assert "different: the product does not do what it promises" not in verdicts(results).values()


def test_a_switch_that_no_visitor_sees_is_found(there: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "SEEN_WITHIN", 0.1)
    there.publish(findings.pages("first"), "folders")
    with elsewhere(there, bare(503)):
        monkeypatch.setattr(there.site.visitor, "wait_for", lambda *_: None, raising=False)
        monkeypatch.setattr(there.site.visitor, "deployment", lambda: "", raising=False)
        _, results = findings.of_the_switch(there)
    assert [True, False, False] == [one.kept for one in results]


def test_a_pin_that_is_not_set_is_found(there: Probe) -> None:
    live = there.publish(findings.pages("first"), "mixed")
    with elsewhere(there, without_pins):
        results = verdicts(findings.of_the_pin(there, live))
    assert "different: files of two versions can meet in one page" == results["the pin's cookie on a 200"]


# https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_TestResult.html
TESTED: list[tuple[FunctionTest, bool]] = [
    ({"ComputeUtilization": "21", "FunctionErrorMessage": ""}, True),
    ({"ComputeUtilization": "70"}, True),
    ({"ComputeUtilization": "71"}, False),
    ({"ComputeUtilization": "3", "FunctionErrorMessage": "SyntaxError: Unexpected token"}, False),
]


@pytest.mark.parametrize(("result", "kept"), TESTED)
def test_a_function_that_is_near_its_limit_or_fails_is_found(result: FunctionTest, kept: bool) -> None:
    one = guarantees.utilization("router, a page", result)
    assert (kept, result["ComputeUtilization"]) == (one.kept, one.seen.split(" ")[0])
    assert result.get("FunctionErrorMessage", "") in one.seen


@pytest.mark.parametrize(
    ("store", "seen"),
    [
        ("uuid", "its name: "),
        ("arn:aws:cloudfront::1:key-value-store/i", "its ARN: "),
        ("i", "its ID: "),
        ("?", "some"),
    ],
)
def test_the_physical_id_is_told_whatever_it_is(there: Probe, store: str, seen: str) -> None:
    there.uuid, there.outputs["StoreArn"] = "uuid", "arn:aws:cloudfront::1:key-value-store/i"
    there.resources |= {"Store": store, "RouterFunction": "arn:aws:cloudfront::1:function/router-uuid"}
    results = guarantees.of_physical_ids(there)
    assert results[0].seen.startswith(seen)
    assert [True, True] == [one.kept for one in results]
    there.resources["RouterFunction"] = "E123"
    assert guarantees.of_physical_ids(there)[1].kept is False


def test_a_question_that_cannot_be_asked_has_no_answer_and_the_others_have() -> None:
    def refused() -> list[Finding]:
        error = {"Error": {"Code": "AccessDenied", "Message": "User: x is not authorized to perform: cloudfront:Y"}}
        raise ClientError(error, "TestFunction")

    (one,) = answers("compute utilization", refused)
    assert ("not answered", True) == (one.verdict, "not allowed: cloudfront:Y" in one.seen)


class elsewhere:  # a context, as of contextlib
    """For a while `there` is visited by whom `change` answers."""

    def __init__(self, there: Probe, change: Change) -> None:
        self._site, self._change = there.site, change

    def __enter__(self) -> None:
        self._before = self._site.visitor
        self._site.visitor = Elsewhere(self._before, self._change)  # type: ignore[assignment]

    def __exit__(self, *_: object) -> None:
        self._site.visitor = self._before


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "_STEADY", 0.1)
