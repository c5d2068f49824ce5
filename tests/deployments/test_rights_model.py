"""The policies in front of a model of CloudFormation: they are enough, and nothing in them can be left out.

CloudFormation's own requests can be made by nobody else, so they are put to the emulator's evaluation of IAM.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, cast

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from deployments.rights.documents import LIMIT, Statement, document, documents, size
from deployments.rights.grants import Stack
from deployments.rights.places import Place
from deployments.rights.policies import PURPOSES, of_person, of_role
from deployments.rights.template import Template
from generator.settings import SOURCES, Source
from local.cloud.emulator import ACCOUNT
from tests.deployments.projects import first
from workbench.formation import BOUNDARY, CONNECTION, REGION, VIA, Formation
from workbench.policies import Policies, Request
from workbench.read_yaml import as_yaml_1_1
from workbench.templates import DEMANDED, every_template

# the plain ones, and those that have all that there is; with and without a boundary
NAMES = [f"{source}{more}" for source in SOURCES for more in ("", "-operations", f"-operations{DEMANDED}")]
TEMPLATES = {name: cast("Template", every_template()[name]) for name in NAMES}
EACH = pytest.mark.parametrize("name", TEMPLATES)


def stack_of(name: str, stack: str = "shop", **more: Any) -> Stack:
    place = Place(stack, REGION, ACCOUNT, connection=CONNECTION)._replace(**more)
    return Stack(TEMPLATES[name], place, BOUNDARY if name.endswith(DEMANDED) else "")


@cache
def requests(name: str, stack: str = "shop") -> list[Request]:
    return sorted(set(Formation(TEMPLATES[name], stack).requests()))


def refused(policies: Policies, asked: list[Request]) -> list[str]:
    return [f"{one.action} on {one.on}" for one in asked if not policies.allow(one)]


@EACH
def test_cloudformation_may_do_all_that_it_does_for_a_stack(name: str) -> None:
    policies = Policies(documents(stack_of(name).grants()))
    assert refused(policies, requests(name)) == []


@pytest.mark.parametrize("source", ["git", "direct"])
def test_a_stack_of_the_first_version_can_be_brought_to_this_one(source: Source) -> None:
    """What that version made is changed or deleted."""
    policies = Policies(documents(stack_of(source).grants()))
    before = Formation(as_yaml_1_1(first(source))).requests()
    assert refused(policies, list(before)) == []


@EACH
def test_nobody_may_do_any_of_it_but_by_cloudformation(name: str) -> None:
    policies = Policies(documents(stack_of(name).grants()))
    alone = [one.without_key("aws:CalledVia") for one in requests(name)]
    assert refused(policies, alone) == [f"{one.action} on {one.on}" for one in requests(name)]


@EACH
def test_a_role_of_cloudformations_may_do_it_by_itself_and_the_person_no_more_than_look(name: str) -> None:
    found = of_role(stack_of(name))
    role = Policies(one for title, one in found.items() if ".cloudformation." in title and ".trust" not in title)
    assert refused(role, [one.without_key("aws:CalledVia") for one in requests(name)]) == []
    person = Policies([found["rights.shop.up"]])
    may = {one.action for one in requests(name) if person.allow(one)}
    assert may <= {"cloudfront:GetDistribution", "codepipeline:GetPipelineState"}


def without_one(statement: Statement) -> Iterator[tuple[str, list[Statement]]]:
    """A statement without an action, an ARN or the value of a condition, each in its turn; none if nothing is left."""
    for part, values in parts(statement):
        for value in values:
            less = copy.deepcopy(statement)
            kept = dict(parts(less))[part]
            kept.remove(value)
            yield f"{value} of {statement['Action'][0]}...", [less] if kept else []


def parts(statement: Statement) -> Iterator[tuple[str, list[str]]]:
    yield "Action", statement["Action"]
    yield "Resource", statement["Resource"]
    for keys in statement.get("Condition", {}).values():
        yield from keys.items()


@EACH
def test_no_action_and_no_resource_of_a_policy_can_be_left_out(name: str) -> None:
    (whole,) = documents(stack_of(name).grants(), limit=100_000)
    needless = []
    for statement in whole["Statement"]:
        actions = set(statement["Action"])
        others = [one for one in whole["Statement"] if one != statement and actions & set(one["Action"])]
        asked = [one for one in requests(name) if one.action in actions]
        for what, less in without_one(statement):
            if all(map(Policies([document([*others, *less])]).allow, asked)):
                needless.append(what)
    assert needless == []


@EACH
def test_another_stack_is_out_of_reach_where_its_resources_have_its_name(name: str) -> None:
    policies = Policies(documents(stack_of(name).grants()))
    mine = {one.on for one in requests(name)}
    theirs = [one for one in requests(name, "blog") if one.on not in mine]
    assert len({one.on for one in theirs}) >= 10
    assert [f"{one.action} on {one.on}" for one in theirs if policies.allow(one)] == []


@pytest.mark.parametrize(("region", "account"), [("eu-west-1", ACCOUNT), (REGION, "999999999999")])
def test_another_region_and_another_account_are_out_of_reach(region: str, account: str) -> None:
    policies = Policies(documents(stack_of("git-operations", region=region, account=account).grants()))
    reached = {one.on for one in requests("git-operations") if policies.allow(one)}
    elsewhere = {on for on in reached if f":{REGION}:{ACCOUNT}:" in on or (account != ACCOUNT and ACCOUNT in on)}
    assert elsewhere - {CONNECTION} == set()


@EACH
def test_a_role_is_passed_to_the_services_that_it_trusts_and_to_no_other(name: str) -> None:
    policies = Policies(documents(stack_of(name).grants()))
    passed = [one for one in requests(name) if one.action == "iam:PassRole"]
    assert passed
    for service in ("ec2.amazonaws.com", "cloudformation.amazonaws.com", "glue.amazonaws.com"):
        assert not any(policies.allow(one.with_key("iam:PassedToService", service)) for one in passed)


@pytest.mark.parametrize("name", [one for one in TEMPLATES if one.endswith(DEMANDED)])
def test_no_role_is_made_or_changed_without_the_boundary_and_none_loses_it(name: str) -> None:
    policies = Policies(documents(stack_of(name).grants()))
    held = [one for one in requests(name) if "iam:PermissionsBoundary" in dict(one.keys)]
    assert {"iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"} <= {one.action for one in held}
    other = BOUNDARY.replace("boundaries/hosting", "AdministratorAccess")
    assert not any(policies.allow(one.without_key("iam:PermissionsBoundary")) for one in held)
    assert not any(policies.allow(one.with_key("iam:PermissionsBoundary", other)) for one in held)
    assert not any(policies.allow(one._replace(action="iam:DeleteRolePermissionsBoundary")) for one in held)
    assert not any(policies.allow(one._replace(action="iam:AttachRolePolicy")) for one in held)


LENGTHS = 1, 20, 21, 22, 23, 24, 25, 26, 30, 40, 64, 127, 128


@pytest.mark.parametrize("stack", [*(("Shop-" * 26)[:length] for length in LENGTHS), "a--b", "shop-", "a---" * 20])
def test_a_stacks_name_may_have_any_length(stack: str) -> None:
    for one in ("git-operations-demanded", "zip-operations", "direct-operations"):
        policies = Policies(documents(stack_of(one, stack).grants()))
        assert refused(policies, requests(one, stack)) == []


@pytest.mark.parametrize("stack", ["shop", "rights", "r", "rights-shop", "rights" * 20, "s" * 128])
def test_no_stack_has_a_right_on_what_says_its_peoples_rights(stack: str) -> None:
    found = of_role(stack_of("direct-operations", stack)) | of_person("up", stack_of("direct-operations", stack))
    policies = Policies(one for title, one in found.items() if not title.endswith(".trust"))
    requests = [
        Request(f"iam:{action}", f"arn:aws:iam::{ACCOUNT}:{kind}/{title}", (VIA,))
        for title in found
        for action, kind in [
            *((action, "policy") for action in ("CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion")),
            *((action, "role") for action in ("PutRolePolicy", "UpdateAssumeRolePolicy", "DeleteRole")),
        ]
    ]
    assert [one for one in requests if policies.allow(one)] == []


@EACH
def test_every_policy_is_within_iams_limit(name: str) -> None:
    for stack in ("s", "shop", "s" * 128):
        wanted = stack_of(name, stack, region="ap-southeast-1", partition="aws")
        found = [one for purpose in PURPOSES for one in of_person(purpose, wanted).values()]
        assert all(size(one) <= LIMIT for one in [*found, *of_role(wanted).values()])
        assert len(of_person("up", wanted)) <= 3  # a role takes ten
        names = [title for title in of_role(wanted) if title.endswith(".trust")]
        assert all(re.fullmatch(r"[\w.-]{1,64}", one.removesuffix(".trust")) for one in names)


def test_cfn_lint_finds_nothing_in_a_policy() -> None:
    """It knows IAM's grammar, and which actions go with which resources."""
    names = "git-operations-demanded", "direct"
    found = [one for name in names for purpose in PURPOSES for one in of_person(purpose, stack_of(name)).values()]
    resources = {
        f"Policy{number}": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": one}}
        for number, one in enumerate(found)
    }
    text = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})
    said = {one.message for one in lint(text, config=ManualArgs(regions=[REGION], include_checks=["I", "E", "W"]))}
    # a connection has the prefix of its day, and CloudFormation asks by the older one
    assert {one for one in said if "'codestar-connections:PassConnection' requires" not in one} == set()
