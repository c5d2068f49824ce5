"""What a person may choose: parameters, the values that they take, and the rules between them."""

from __future__ import annotations

import re

import pytest

from tests.generator.variants import EVERY_SOURCE, template
from workbench.resolve import broken_rules


@EVERY_SOURCE
def test_the_console_explains_every_parameter(source: str) -> None:
    assert [] == [name for name, found in template(source)["Parameters"].items() if not found.get("Description")]


RULES = [
    ({}, []),
    ({"DomainNames": "a.example.com"}, ["DomainNames and CertificateArn"]),
    ({"CertificateArn": "arn"}, ["DomainNames and CertificateArn"]),
    ({"DomainNames": "a.example.com", "CertificateArn": "arn"}, []),
    ({"Framework": "custom"}, ["A custom framework"]),
    ({"Framework": "custom", "BuildCommand": "none", "OutputFolder": "x"}, ["A custom framework"]),
    ({"Framework": "custom", "BuildCommand": "none", "OutputFolder": "x", "Routing": "spa"}, []),
    ({"NodeVersion": "20"}, ["Node.js 20"]),
    ({"NodeVersion": "20", "BuildImage": "aws/codebuild/standard:7.0"}, []),
    ({"Fallback": "200.html"}, []),
    ({"Fallback": "200.html", "Routing": "spa"}, []),
    ({"Fallback": "200.html", "Routing": "folders"}, ["Fallback is the page of an app"]),
]


@pytest.mark.parametrize(("parameters", "expected"), RULES, ids=[" ".join(p) or "defaults" for p, _ in RULES])
def test_a_wrong_combination_is_explained_before_anything_is_created(
    parameters: dict[str, str], expected: list[str]
) -> None:
    found = broken_rules(template(), **parameters)
    assert [text[: len(start)] for text, start in zip(found, expected, strict=True)] == expected


PATTERNS = [
    (
        "ConnectionArn",
        "arn:aws:codeconnections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef",
        True,
    ),
    (
        "ConnectionArn",
        "arn:aws:codestar-connections:eu-west-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef",
        True,
    ),
    ("ConnectionArn", "my-connection", False),
    ("Repository", "example/website", True),
    ("Repository", "group/sub/website", True),
    ("Repository", "https://github.com/example/website", False),
    ("Branch", "feature/a-b_c.d", True),
    ("Branch", "release/*", False),
    ("PathFilter", "", True),
    ("PathFilter", "a/**,b/**", True),
    ("PathFilter", "a, b", False),
    ("PathFilter", ",".join("abcdefghi"), False),
    ("AppRoot", "apps/web", True),
    ("AppRoot", "apps/my web", False),
    ("OutputFolder", "dist/*/browser", True),
    ("OutputFolder", "$(reboot)", False),
    ("DomainNames", "www.example.com,example.com", True),
    ("DomainNames", "example.com,*.example.com", True),
    ("DomainNames", "*.example.com", False),  # the output SiteUrl must be an address
    ("DomainNames", "https://example.com", False),
    ("DomainNames", "www.example.com, example.com", False),
    ("CertificateArn", "arn:aws:acm:us-east-1:111122223333:certificate/abc", True),
    ("CertificateArn", "arn:aws:acm:eu-west-1:111122223333:certificate/abc", False),
    ("NotificationEmail", "team@example.com", True),
    ("NotificationEmail", "team", False),
]


@pytest.mark.parametrize(("name", "value", "allowed"), PATTERNS, ids=[f"{n}={v}"[:60] for n, v, _ in PATTERNS])
def test_a_parameter_takes_what_it_can_use_and_refuses_the_rest(name: str, value: str, allowed: bool) -> None:
    pattern = template()["Parameters"][name]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, value)) is allowed


@EVERY_SOURCE
def test_every_parameter_stands_in_one_group_under_the_name_that_rules_and_docs_say(source: str) -> None:
    content = template(source)
    interface = content["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert grouped == list(content["Parameters"])
    assert "ParameterLabels" not in interface  # a label would hide the name


@EVERY_SOURCE
def test_every_default_is_a_value_that_the_parameter_allows(source: str) -> None:
    for name, parameter in template(source)["Parameters"].items():
        if "Default" not in parameter:
            assert name in {"ConnectionArn", "Repository"}
            continue
        default = str(parameter["Default"])
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), default), name
        assert default in map(str, parameter.get("AllowedValues", [default])), name
