"""Whatever text a `site.toml` says and the generator takes is in the template, letter by letter, for every reader."""

from __future__ import annotations

import json
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from troposphere import Template

from generator import Settings, SettingsError, build_template, load_settings
from generator.render import block_text, to_json, to_yaml
from generator.webhook import build_webhook
from workbench.read_yaml import as_yaml_1_1, as_yaml_1_2

AWKWARD = [
    "\t",
    "\r",
    "\n",
    " ",
    "\u2028",
    "\u2029",
    "\x85",
    "\xa0",
    "\x7f",
    "\x00",
    "\x1b",
    "\ufeff",
    "\ufffe",
    "\U0001f600",
]
AWKWARD += [
    "a",
    "A: b",
    "a:",
    " #b",
    "- ",
    "? ",
    "| ",
    "> ",
    "'",
    '"',
    "\\",
    "\\n",
    "{{x}}",
    "{{resolve:ssm:/a}}",
    "${A}",
]
AWKWARD += [
    "yes",
    "NO",
    "null",
    "~",
    "=",
    "<<",
    ".5e+3",
    ".5",
    ".",
    "..",
    "...",
    "---",
    ".inf",
    "-.INF",
    "1e3",
    "0x1f",
    "0o17",
]
AWKWARD += [
    "1_000",
    "12:30",
    "2026-11-29",
    "*a",
    "&a",
    "!a",
    "%a",
    "@",
    "`",
    "[",
    "]",
    "{",
    "}",
    ",",
    "ä",
    "e\u0301",
    "\U0010ffff",
]
TEXTS = st.one_of(
    st.lists(st.sampled_from(AWKWARD), max_size=5).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=80),
    st.text("ab \n\t'\":#", max_size=30),
)
TAGS = st.text(st.characters(categories=["L", "N", "Z"], include_characters="_.:/=+-@"), min_size=1, max_size=60)
TAGS = st.one_of(TAGS, st.sampled_from(["yes", "=", ".5e+3", "1", "\u2028", "a: b", " a ", "-", "@"]))
WORDS = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="@"), min_size=1, max_size=40)
NAMES = st.from_regex(r"[A-Za-z0-9+=,.@_-]{1,20}", fullmatch=True)
PATHS = st.lists(NAMES, max_size=4).map(lambda names: "".join(f"{name}/" for name in names))
KINDS = {
    "git": Settings(source="git"),
    "zip for SAM, with operations": Settings(source="zip", packaging="sam", options=frozenset({"operations"})),
}


def toml(text: str) -> str:
    """`text` as a string of TOML, in which whatever could mean something stands as its number."""
    return '"' + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in text) + '"'


def table(name: str, values: Mapping[str, str]) -> str:
    return f"[{name}]\n" + "".join(f"{toml(key)} = {toml(value)}\n" for key, value in values.items())


def load(text: str, base: Settings | None = None, usable: tuple[str, ...] | None = None) -> Settings:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.toml"
        path.write_text(text)
        return load_settings(path, base, usable) if usable else load_settings(path, base)


def read(template: Template) -> dict[str, Any]:
    """The template as all readers agree to see it."""
    built: dict[str, Any] = json.loads(json.dumps(template.to_dict()))
    text = to_yaml(template)
    assert built == as_yaml_1_1(text)
    assert built == as_yaml_1_2(text)
    assert built == json.loads(to_json(template))
    return built


def of_type(template: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    """The properties of each resource of a type."""
    for resource in template["Resources"].values():
        if resource["Type"] == kind:
            yield resource["Properties"]


def tags_of(properties: Mapping[str, Any]) -> dict[str, str]:
    tags = properties["Tags"]
    return tags if isinstance(tags, dict) else {tag["Key"]: tag["Value"] for tag in tags}


def is_refused(text: str) -> bool:
    """What a variable cannot be: other control characters than tab and line breaks, or what CloudFormation replaces."""
    return "{{resolve:" in text or any(unicodedata.category(c) == "Cc" and c not in "\t\r\n" for c in text)


@settings(deadline=None, max_examples=60)
@given(st.lists(TEXTS, min_size=1, max_size=30))
@example(AWKWARD)
def test_a_variable_is_taken_unless_it_cannot_stay_as_it_is_and_that_is_one_line(texts: list[str]) -> None:
    for text in texts:
        source = f"\n[build.variables]\nA = {toml(text)}\n"
        if not is_refused(text):
            assert text == load(source).variables[0].value
            continue
        with pytest.raises(SettingsError, match=r"\A[^\n]*site\.toml:3: 'A' has [^\n]*\Z"):
            load(source)


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=5)
@given(
    texts=st.lists(TEXTS.filter(lambda text: not is_refused(text)), min_size=10, max_size=40),
    tags=st.dictionaries(TAGS.filter(lambda key: not key.lower().startswith("aws:")), TAGS, min_size=3, max_size=20),
    address=st.tuples(WORDS, WORDS, WORDS).map(lambda words: "{}@{}.{}".format(*words)),
    path=PATHS,
    name=NAMES,
    json_key=TEXTS.filter(lambda text: ":" not in text and not is_refused(text)),
    prefix=st.from_regex(r"[A-Za-z0-9!_.*'()=-][A-Za-z0-9!_.*'()/=-]{0,99}", fullmatch=True),
)
@example(
    texts=[text for text in AWKWARD if not is_refused(text)],
    tags={"yes": "no", "=": "\u2028", ".5e+3": "1"},
    address="'\"#@-.{a}",
    path="no/.5/",
    name="1e3",
    json_key="\t a\n\n",
    prefix="'.5'",
)
def test_every_text_of_a_site_file_comes_back_from_its_place_in_the_template(
    kind: str, texts: list[str], tags: dict[str, str], address: str, path: str, name: str, json_key: str, prefix: str
) -> None:
    variables = {f"V{number}": text for number, text in enumerate(texts)}
    source = table("build.variables", variables)
    source += f"P = {{ parameter = 'a/yes' }}\nS = {{ secret = {toml('.5e3:' + json_key)} }}\n"
    source += table("tags", tags) + table("notification", {"email": address})
    source += table("roles", {"path": f"/{path}", "permissions_boundary": f"{path}{name}"})
    bucket = {"log_bucket": "1.5", "log_prefix": prefix, "price_class": "PriceClass_All"}
    found = read(build_template(load(source + table("distribution", bucket), KINDS[kind])))

    project = next(of_type(found, "AWS::CodeBuild::Project"))
    given = {one["Name"]: one["Value"] for one in project["Environment"]["EnvironmentVariables"]}
    assert variables | {"P": "a/yes", "S": f".5e3:{json_key}"} == {key: given[key] for key in (*variables, "P", "S")}
    assert address == found["Parameters"]["NotificationEmail"]["Default"]
    for role in of_type(found, "AWS::IAM::Role"):
        assert f"/{path}" == role["Path"]
        assert role["PermissionsBoundary"]["Fn::Sub"].endswith(f":policy/{path}{name}")
        assert tags == tags_of(role)
    tagged = [one["Properties"] for one in found["Resources"].values() if "Tags" in one.get("Properties", {})]
    assert all(tags.items() <= tags_of(properties).items() for properties in tagged)
    logging = next(of_type(found, "AWS::CloudFront::Distribution"))["DistributionConfig"]["Logging"]
    assert {"Bucket": "1.5.s3.amazonaws.com", "Prefix": prefix} == logging


@settings(deadline=None, max_examples=3)
@given(st.dictionaries(TAGS.filter(lambda key: not key.lower().startswith("aws:")), TAGS, min_size=3), PATHS)
def test_the_webhooks_template_has_every_tag_and_path_as_it_was_given(tags: dict[str, str], path: str) -> None:
    source = table("tags", dict(list(tags.items())[:50])) + table("roles", {"path": f"/{path}"})
    found = read(build_webhook(load(source, usable=("roles", "tags"))))
    for role in of_type(found, "AWS::IAM::Role"):
        assert f"/{path}" == role["Path"]
        assert dict(list(tags.items())[:50]) == tags_of(role)


LEAVES = st.one_of(TEXTS, st.booleans(), st.integers())
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5), st.dictionaries(TEXTS.map(lambda text: text[:80]), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.dictionaries(st.text("abcXYZ", min_size=1, max_size=8), TREES, min_size=1, max_size=4))
def test_any_tree_of_any_texts_is_the_same_for_readers_of_both_versions_of_yaml(tree: dict[str, Any]) -> None:
    text = block_text(tree)
    assert tree == as_yaml_1_1(text)
    assert tree == as_yaml_1_2(text)
