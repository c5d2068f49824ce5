"""What the comparison of templates tells apart: code, words for people, and meaning, which needs a reason."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator import Settings, build_template
from generator.webhook import build_webhook
from workbench.compare.__main__ import main
from workbench.compare.differences import ABSENT, Difference, Kind, differences
from workbench.compare.meaning import Found, compare
from workbench.compare.report import Reason, load_reasons, report
from workbench.compare.variants import variants
from workbench.templates import every_template

BUILDSPEC = "version: 0.2\nenv: {{shell: {}}}\nphases: {{build: {{commands: [{}]}}}}\n"
CHANGES: list[tuple[str, Any, Any, list[Difference]]] = [
    ("nothing", {"A": [1, {"B": "x"}]}, {"A": [1, {"B": "x"}]}, []),
    ("a value", {"A": {"B": 1}}, {"A": {"B": 2}}, [Difference(("A", "B"), "1", "2", Kind.MEANING)]),
    ("a type", {"A": 1}, {"A": "1"}, [Difference(("A",), "1", "1", Kind.MEANING)]),
    ("true for 1", {"A": 1}, {"A": True}, [Difference(("A",), "1", "true", Kind.MEANING)]),
    ("a member more", {}, {"A": {}}, [Difference(("A",), ABSENT, "{}", Kind.MEANING)]),
    ("a member less", {"A": None}, {}, [Difference(("A",), "null", ABSENT, Kind.MEANING)]),
    ("an item more", {"A": [1]}, {"A": [2, 1]}, [Difference(("A", "+"), ABSENT, "2", Kind.MEANING)]),
    ("an item twice", {"A": [1]}, {"A": [1, 1]}, [Difference(("A", "+"), ABSENT, "1", Kind.MEANING)]),
    ("an item's member", [{"A": 1}], [{"A": 2}], [Difference(("0", "A"), "1", "2", Kind.MEANING)]),
    ("code", {"ZipFile": "a"}, {"ZipFile": "b"}, [Difference(("ZipFile",), "a", "b", Kind.CODE)]),
    ("words", {"Description": "a"}, {"Description": "b"}, [Difference(("Description",), "a", "b", Kind.WORDS)]),
    (
        "a build's command",
        {"BuildSpec": BUILDSPEC.format("bash", "a")},
        {"BuildSpec": BUILDSPEC.format("bash", "b")},
        [Difference(("BuildSpec", "phases", "build", "commands", "0"), "a", "b", Kind.CODE)],
    ),
    (
        "a build's shell",
        {"BuildSpec": BUILDSPEC.format("bash", "a")},
        {"BuildSpec": BUILDSPEC.format("sh", "a")},
        [Difference(("BuildSpec", "env", "shell"), "bash", "sh", Kind.MEANING)],
    ),
    (
        "a dashboard's metric",
        {"DashboardBody": '{"widgets": [{"a": 1}]}'},
        {"DashboardBody": '{"widgets": [{"a": 2}]}'},
        [Difference(("DashboardBody", "widgets", "0", "a"), "1", "2", Kind.MEANING)],
    ),
]


@pytest.mark.parametrize(("before", "after", "expected"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_a_change_is_told_with_its_place_and_kind(before: Any, after: Any, expected: list[Difference]) -> None:
    assert expected == list(differences(before, after))


def now() -> dict[str, Any]:
    """The template with the fewest combinations of conditions."""
    content: dict[str, Any] = json.loads(json.dumps(build_template(Settings(source="direct")).to_dict()))
    return content


def test_a_change_behind_a_condition_is_seen_in_the_combinations_that_have_it() -> None:
    changed = now()
    changed["Resources"]["NotificationSubscription"]["Properties"]["Protocol"] = "sms"
    found = compare("direct", now(), changed)
    place = ("Resources", "NotificationSubscription", "Properties", "Protocol")
    assert [(Difference(place, "email", "sms", Kind.MEANING), " (2 of 4 combinations)")] == [
        (one.difference, one.share) for one in found
    ]


def test_an_arn_without_its_partition_is_seen() -> None:
    changed = json.loads(json.dumps(now()).replace("arn:${AWS::Partition}:cloudfront", "arn:aws:cloudfront"))
    assert any("arn:aws-cn:cloudfront" in one.difference.before for one in compare("direct", now(), changed))


def test_what_reads_otherwise_and_means_the_same_is_no_difference() -> None:
    changed = now()
    topic = changed["Resources"]["NotificationTopicPolicy"]["Properties"]
    topic["PolicyDocument"] = {"Fn::If": ["HasDomain", topic["PolicyDocument"], topic["PolicyDocument"]]}
    assert changed != now()
    assert compare("direct", now(), changed) == []


def test_a_parameter_that_is_new_is_a_difference_of_its_own() -> None:
    changed = now()
    changed["Parameters"]["More"] = {"Type": "String", "Default": ""}
    assert [("Parameters", "More")] == [one.difference.place for one in compare("direct", now(), changed)]


@pytest.mark.parametrize(
    ("reason", "status", "said"),
    [
        (Reason("git*", "Resources.*.Timeout", "it waited too short"), 0, "because: it waited too short"),
        (Reason("zip*", "Resources.*.Timeout", "it waited too short"), 1, "NO REASON GIVEN"),
        (Reason("*", "Resources.*.Handler", "renamed"), 1, "This reason explains nothing here: * Resources.*.Handler"),
    ],
)
def test_a_difference_of_meaning_needs_a_reason(
    reason: Reason, status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = Difference(("Resources", "Publisher", "Properties", "Timeout"), "10", "20", Kind.MEANING)
    assert status == report([Found("git-operations", changed)], {}, [reason])
    assert said in capsys.readouterr().out


def test_code_and_words_need_none(capsys: pytest.CaptureFixture[str]) -> None:
    found = [Found("git", Difference(("A",), "long", ABSENT, kind)) for kind in (Kind.CODE, Kind.WORDS)]
    assert report(found, {"git": (10, 9)}, []) == 0
    assert "A: 4 -> 0 bytes in git" in capsys.readouterr().out


def test_the_table_of_reasons_can_be_read() -> None:
    assert all(reason.why for reason in load_reasons())


def test_every_template_is_compared() -> None:
    assert set(every_template()) == {variant.name for variant in variants()}


def test_the_webhooks_template_is_resolved_although_sam_makes_the_url_that_an_output_names() -> None:
    before, after = (json.loads(json.dumps(build_webhook().to_dict())) for _ in range(2))
    after["Resources"]["Webhook"]["Properties"]["Timeout"] = 21
    place = ("Resources", "Webhook", "Properties", "Timeout")
    assert {one.difference.place for one in compare("webhook", before, after)} == {place}


def test_a_revision_that_is_not_there_is_one_line() -> None:
    with pytest.raises(SystemExit, match=r"^compare: nosuch is no revision that git can check out: give a commit"):
        main(["nosuch"])
