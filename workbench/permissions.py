"""What docs/permissions.md says and what a template grants, in the same words.

In the same words, so that a test can hold them against each other and neither can grow alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from workbench import ROOT
from workbench.resolve import STACK_UUID, TRUE, Resolved, resolve

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
    resolved = resolve({**template, "Outputs": {}}, **everything(template))
    statements = {
        (who, action, _plain(f"{resource}{condition}"))
        for title in resolved.resources
        for statement in resolved.statements(title)
        if statement["Effect"] == "Allow"
        for who in _who(title, statement)
        for action in statement["Action"]
        for resource in _listed(statement["Resource"])
        if _means_something(action, str(resource))
        for condition in _conditions(statement)
    }
    return statements | set(_invocations(resolved))


def _means_something(action: str, resource: str) -> bool:
    """Whether the action is about such a resource at all: of S3 it is about objects, or about a bucket.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
    """
    return not action.startswith("s3:") or bool(re.match(r"s3:\w*Object", action)) == ("/" in resource)


def everything(template: dict[str, Any]) -> dict[str, Any]:
    given = {name: value for title in template["Conditions"] for name, value in TRUE.get(title, {}).items()}
    return given | {name: value for name, value in LISTS.items() if name in template["Parameters"]}


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _who(title: str, statement: dict[str, Any]) -> list[str]:
    return [f"{title}, {statement['Principal']['Service']}"] if "Principal" in statement else [title]


def _conditions(statement: dict[str, Any]) -> list[str]:
    tests = [
        [f"{key} {operator} {value}" for value in _listed(values)]
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    ]
    return [" if " + " and ".join(together) if together else "" for together in product(*tests)]


def _invocations(resolved: Resolved) -> Iterator[tuple[str, str, str]]:
    for permission in resolved.of_type("AWS::Lambda::Permission").values():
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
