"""The commands of docs/stacksets.md, held against AWS's own description of each operation and our templates."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from generator import Settings, build_template
from workbench import ROOT

PAGE = (ROOT / "docs" / "stacksets.md").read_text()
BLOCKS = [block.partition("```")[0] for block in PAGE.split("```sh\n")[1:]]
LINES = [line for block in BLOCKS for line in re.sub(r"\\\n\s*", "", block).splitlines()]
COMMANDS = [line for line in LINES if line.startswith(("aws cloudformation ", "aws cloudfront "))]
EVERYWHERE = {"region", "query", "output"}


@cache
def described(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def shape(service: str, command: str) -> Any:
    model = described(service)
    (operation,) = [name for name in model.operation_names if xform_name(name, "-") == command]
    return model.operation_model(operation).input_shape


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_names_an_operation_with_all_that_it_requires_and_nothing_else(command: str) -> None:
    _, service, operation, *words = shlex.split(command)
    given = {word.removeprefix("--") for word in words if word.startswith("--")} - EVERYWHERE
    if operation == "delete-stack-instances":
        given = {name.removeprefix("no-") for name in given}
    found = shape(service, operation)
    members = {xform_name(name, "-"): member for name, member in found.members.items()}
    assert given <= set(members)
    assert {xform_name(name, "-") for name in found.required_members} <= given
    for option, value in itertools.pairwise(words):
        member = members.get(option.removeprefix("--")) if option.startswith("--") else None
        if member is not None and member.type_name == "structure":
            assert {part.partition("=")[0] for part in value.split(",")} <= set(member.members)
            enums = {name: part.enum for name, part in member.members.items() if getattr(part, "enum", None)}
            for name, _, text in (part.partition("=") for part in value.split(",")):
                assert text in enums.get(name, [text])


def test_each_parameter_of_the_page_is_one_of_the_templates() -> None:
    names = set(re.findall(r"ParameterKey=(\w+)", PAGE))
    assert names <= set(build_template(Settings(source="git")).parameters)


def test_each_output_and_the_capability_of_the_page_are_the_templates() -> None:
    for source, output in re.findall(r"^\| `(direct|zip)` .* output `(\w+)`", PAGE, re.MULTILINE):
        assert output in build_template(Settings(source=source)).outputs
    roles = json.loads(json.dumps(build_template(Settings(source="git")).to_dict()))["Resources"].values()
    assert not [role for role in roles if role["Type"] == "AWS::IAM::Role" and "RoleName" in role["Properties"]]
