"""The template's text: what CloudFormation reads from it is what was built, and people can read it too."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from cfnlint.decode import cfn_yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from troposphere import Base64, Equals, GetAtt, If, Join, Output, Parameter, Ref, Sub, Template
from troposphere.s3 import Bucket

from generator import Settings, build_template
from generator.render import block_text, to_json, to_yaml
from generator.settings import SOURCES, Source
from workbench import ROOT


def read(text: str) -> Any:
    """What cfn-lint's reader, which keeps to CloudFormation's, sees in `text`."""
    return json.loads(json.dumps(cfn_yaml.loads(text)))


@pytest.mark.parametrize("source", SOURCES)
def test_what_is_read_is_what_was_built(source: Source) -> None:
    template = build_template(Settings(source=source))
    built = json.loads(json.dumps(template.to_dict()))
    assert built == read(to_yaml(template))
    assert built == json.loads(to_json(template))


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_stands_in_a_literal_block_without_escapes(source: Source) -> None:
    text = to_yaml(build_template(Settings(source=source)))
    blocks = [line.strip() for line in text.splitlines() if line.endswith(": |")]
    expected = {"FunctionCode: |": 2, "ZipFile: |": 1, "BuildSpec: |": 0}
    if source != "direct":
        expected |= {"ZipFile: |": 2, "BuildSpec: |": 2}
    assert {name: blocks.count(name) for name in expected} == expected
    texts = [token for token in yaml.scan(text) if isinstance(token, yaml.ScalarToken)]
    assert not [token.value for token in texts if "\n" in token.value.rstrip("\n") and token.style != "|"]
    assert "\t" not in text
    assert not [line for line in text.splitlines() if line != line.rstrip()]


def sources_in(text: str) -> set[int]:
    """The numbers of the lines that are another language's."""
    blocks = [token for token in yaml.scan(text) if isinstance(token, yaml.ScalarToken) and token.style == "|"]
    return {number for token in blocks for number in range(token.start_mark.line + 1, token.end_mark.line)}


def test_no_line_is_longer_than_a_page_is_wide_unless_it_is_a_source_or_one_word() -> None:
    for path in sorted((ROOT / "templates").glob("*.yaml")):
        text = path.read_text()
        sources = sources_in(text)
        long = [
            line
            for number, line in enumerate(text.splitlines())
            if len(line) > 120 and number not in sources and " " in re.sub(r"^ *(- )?(\S+: )?(!Sub )?", "", line)
        ]
        assert not long, f"{path.name}: {long[0]}"


def test_the_dashboards_text_is_laid_out_like_the_template() -> None:
    text = (ROOT / "templates" / "git-operations.yaml").read_text()
    body = text[text.index("DashboardBody: ") : text.index("- {Uuid: ")].splitlines()
    assert len(body) > 60
    assert not [line for line in body if len(line) > 120 and not re.search(r'^ *"(markdown|query)":"', line)]


def test_what_is_too_long_for_a_line_is_a_block_and_words_fill_lines() -> None:
    long = "x" * 60
    words = [f"word{number:02}" for number in range(30)]
    text = block_text({"A": " ".join(words), "B": words, "C": {"D": {"E": long, "F": [long, {"G": long}]}}})
    assert text.splitlines() == [
        "A: >-",
        f" {' '.join(words[:17])}",
        f" {' '.join(words[17:])}",
        f"B: [{', '.join(words[:14])},",
        f" {', '.join(words[14:29])},",
        f" {words[29]}]",
        "C:",
        " D:",
        f"  E: {long}",
        "  F:",
        f"  - {long}",
        f"  - {{G: {long}}}",
    ]


def test_sections_come_in_their_usual_order_and_a_resources_type_first() -> None:
    text = to_yaml(build_template())
    sections = [line.rstrip(":") for line in text.splitlines() if line[:1].isalpha() and line.endswith(":")]
    assert sections == ["Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs"]
    resources = text[text.index("\nResources:") : text.index("\nOutputs:")].splitlines()
    heads = [index for index, line in enumerate(resources) if line[:1] == " " and line[1:2].isalpha()]
    assert all(resources[index + 1].startswith("  Type: ") for index in heads)


WORDS = [
    "yes",
    "No",
    "on",
    "null",
    "~",
    "1.0",
    "0x1f",
    "1e3",
    "1_000",
    "2010-09-09",
    "11111111-1111-1111-1111-111111111111",
    "658327ea-f89d-4fab-a63d-7e88639e58f6",
    "12:30",
    "",
    " a",
    "a ",
    "a: b",
    "a #b",
]
WORDS += [
    "- a",
    "{a}",
    "[a]",
    "a, b",
    "*a",
    "&a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "'a'",
    '"a"',
    "a'b",
    "ä",
    "?",
    ": a",
    "a:",
    "|",
    ">",
    "=",
]


@pytest.mark.parametrize("word", WORDS)
def test_a_text_stays_the_text_it_was(word: str) -> None:
    template = Template()
    template.add_parameter(Parameter("P", Type="String", Default=word, AllowedValues=[word, "other"]))
    found = read(to_yaml(template))["Parameters"]["P"]
    assert {"Type": "String", "Default": word, "AllowedValues": [word, "other"]} == found


LEAVES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=90), st.booleans(), st.integers()
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(st.text("abcXYZ:-/. ", min_size=1, max_size=12), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(deadline=None)  # a busy machine is no mistake
@given(st.dictionaries(st.text("abcXYZ", min_size=1, max_size=8), TREES, min_size=1, max_size=4))
def test_any_tree_of_plain_values_survives_being_written(tree: dict[str, Any]) -> None:
    assert tree == yaml.safe_load(block_text(tree))


def test_functions_have_their_short_tags_and_the_long_form_where_yaml_cannot_nest_them() -> None:
    template = Template()
    bucket = template.add_resource(Bucket("B", BucketName=Join("", ["a", Ref("AWS::Region")])))
    template.add_condition("C", Equals(Ref("AWS::Region"), "x"))
    template.add_resource(Bucket("D", BucketName=If("C", GetAtt(bucket, "Arn"), Sub("${B}-x"))))
    template.add_output(Output("E", Value=Base64(Sub("x"))))
    text = to_yaml(template)
    assert "BucketName: !Join ['', [a, !Ref AWS::Region]]" in text
    assert "BucketName: !If [C, !GetAtt B.Arn, !Sub '${B}-x']" in text
    assert "Value: {Fn::Base64: !Sub x}" in text
    assert json.loads(json.dumps(template.to_dict())) == read(text)


@pytest.mark.parametrize("text", ["a\n\tb\n", "a \nb\n", "a\r\nb\n", "a\nb\n\n", " a\nb", "\n", "a\n\u2028"], ids=repr)
def test_a_text_of_several_lines_that_is_no_readable_block_stands_in_one_line_and_is_the_same(text: str) -> None:
    template = Template()
    template.add_parameter(Parameter("P", Type="String", Default=text))
    written = to_yaml(template)
    assert text == read(written)["Parameters"]["P"]["Default"]
    assert ["Default:"] == [line.split()[0] for line in written.splitlines() if "Default" in line or "\\" in line]
