"""docs/permissions.md against every template: no permission without its row, no row without its permission."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import pytest

from workbench import ROOT
from workbench.resolve import STACK_UUID, TRUE, Resolved, resolve
from workbench.templates import every_template

PAGE = (ROOT / "docs" / "permissions.md").read_text()
LISTS = {name: f"<{name}>" for name in ("PipelineArns", "PublisherArns", "StatusPipelineArns", "StatusTokenArns")}


class Row(NamedTuple):
    """A line of the page: who may do what on what, if AWS asks for it, if we grant it, and why."""

    who: str
    action: str
    on: str
    asked: str
    ours: str
    why: str


def sections() -> Iterator[tuple[str, str]]:
    for section in re.split(r"^### ", PAGE, flags=re.M)[1:]:
        title, _, text = section.partition("\n")
        yield title.strip("` "), text


def rows() -> list[Row]:
    """The lines of the page's tables, one for each action and what it is done on."""
    cell = r" *(.*?) *\|"
    return [
        Row(who, action, on, asked, ours, why)
        for who, text in sections()
        for actions, targets, asked, ours, why in re.findall(rf"^\|{cell}{cell}{cell}{cell}{cell}$", text, re.M)
        for action in re.findall(r"`(.*?)`", actions)
        for on in re.findall(r"`(.*?)`", targets)
    ]


def granted(template: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Who may do what on what, each alone, in the page's words."""
    found = resolve({**template, "Outputs": {}}, **_everything(template))
    statements = {
        (who, action, _plain(f"{resource}{condition}"))
        for title in found.resources
        for statement in found.statements(title)
        if statement["Effect"] == "Allow"
        for who in _who(title, statement)
        for action in statement["Action"]
        for resource in _listed(statement["Resource"])
        for condition in _conditions(statement)
    }
    return statements | set(_invocations(found))


def _everything(template: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for title in template["Conditions"] for name, value in TRUE.get(title, {}).items()}
    return given | {name: value for name, value in LISTS.items() if name in template["Parameters"]}


def _listed(found: object) -> list[object]:
    return found if isinstance(found, list) else [found]


def _who(title: str, statement: dict[str, Any]) -> list[str]:
    return [f"{title}, {statement['Principal']['Service']}"] if "Principal" in statement else [title]


def _conditions(statement: dict[str, Any]) -> list[str]:
    tests = [
        [f"{key} {operator} {value}" for value in _listed(values)]
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    ]
    return [" if " + " and ".join(together) if together else "" for together in product(*tests)]


def _invocations(found: Resolved) -> Iterator[tuple[str, str, str]]:
    for permission in found.of_type("AWS::Lambda::Permission").values():
        who = f"Functions, {permission['Principal']}"
        yield (
            who,
            permission["Action"],
            _plain(f"{permission['FunctionName']} if SourceArn is {permission['SourceArn']}"),
        )


def _plain(text: str) -> str:
    """Without what is the same everywhere: brackets, attributes, account, Region; a pipeline's name is the UUID."""
    text = re.sub(r"<(\w+?)(?:\.Arn)?>", r"\1", text).replace(
        f"codepipeline:eu-central-1:111122223333:{STACK_UUID}", ""
    )
    text = re.sub(r"^arn:aws:$", "Pipeline", text)
    return re.sub(r"arn:aws:[a-z]+:[a-z0-9-]*:111122223333:", "", text).replace("111122223333", "this account")


def test_every_permission_of_every_template_has_its_row_and_every_row_its_permission() -> None:
    given = {grant for template in every_template().values() for grant in granted(template)}
    written = {row[:3] for row in rows() if row.ours == "yes"}
    assert sorted(given - written) == [], "docs/permissions.md: these are granted and have no row"
    assert sorted(written - given) == [], "docs/permissions.md: these rows say yes, and no template grants them"
    assert sorted(given & {row[:3] for row in rows() if row.ours != "yes"}) == []


def test_every_row_says_whether_aws_asks_for_it_and_why_it_is_so() -> None:
    assert len({row[:3] for row in rows()}) == len(rows())
    for row in rows():
        assert row.asked in ("yes", "no"), row
        assert row.ours in ("yes", "no"), row
        # what is granted because AWS asks for it needs no other reason
        assert row.why or row.asked == row.ours == "yes", row


@pytest.mark.parametrize("text", [text for _, text in sections()], ids=[title for title, _ in sections()])
def test_every_table_names_the_page_of_aws_that_it_was_held_against(text: str) -> None:
    assert re.search(r"\]\(https://docs\.aws\.amazon\.com/", text)


def test_every_role_and_policy_of_every_template_has_a_table() -> None:
    kinds = {"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::SQS::QueuePolicy"}
    titles = {
        title
        for template in every_template().values()
        for title, resource in template["Resources"].items()
        if resource["Type"] in kinds | {"AWS::SNS::TopicPolicy"}
    }
    assert {title.partition(",")[0] for title, _ in sections()} >= titles


# What AWS's page on a pipeline's role lists for its artifacts: a pipeline without one of them ends in its first run.
# https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html
ARTIFACTS = {
    "ArtifactBucket": {"s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"},
    "ArtifactBucket/*": {
        *("s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging"),
        *("s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging"),
    },
}


def test_a_pipeline_may_do_with_its_artifacts_what_aws_says_that_it_needs() -> None:
    for template in every_template().values():
        if "Pipeline" in template["Resources"]:
            given = {(action, on) for who, action, on in granted(template) if who == "PipelineRole"}
            for on, actions in ARTIFACTS.items():
                assert actions == {action for action, where in given if where == on}
