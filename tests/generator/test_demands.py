"""What an account demands of roles and distribution: on every role, on every behavior, and nothing else changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from troposphere import Template

from generator import Settings, build_template
from generator.settings import OPTIONS, SOURCES, DistributionSettings, Option, RoleSettings, Source
from generator.webhook import build_webhook
from workbench.resolve import TRUE, Resolved, resolve

EVERY_SOURCE = pytest.mark.parametrize("source", SOURCES)
EVERY_OPTION = pytest.mark.parametrize("options", [frozenset(), frozenset(OPTIONS)], ids=["plain", "operations"])
ROLES = RoleSettings(permissions_boundary="boundaries/hosting", path="/hosting/")
WEB_ACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/hosting/01234567-89ab-cdef-0123-456789abcdef"
HEADERS = "11111111-2222-3333-4444-555555555555"
DISTRIBUTION = DistributionSettings(WEB_ACL, HEADERS, "PriceClass_100", "example-access-logs", "website/")


def resources(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(template.to_dict()["Resources"]))
    return found


def resolved(template: Template, partition: str = "aws", **parameters: str) -> Resolved:
    return resolve(json.loads(json.dumps(template.to_dict())), partition, **parameters)


@EVERY_SOURCE
@EVERY_OPTION
@pytest.mark.parametrize("packaging", ["inline", "sam"])
@pytest.mark.parametrize("partition", ["aws", "aws-us-gov"])
def test_every_role_has_the_path_and_the_boundary_of_the_account_in_which_the_stack_is(
    source: Source, options: frozenset[Option], packaging: Any, partition: str
) -> None:
    template = build_template(Settings(source=source, options=options, packaging=packaging, roles=ROLES))
    roles = resolved(template, partition).of_type("AWS::IAM::Role")
    assert roles
    for title, role in roles.items():
        boundary = f"arn:{partition}:iam::111122223333:policy/boundaries/hosting"
        assert (role["PermissionsBoundary"], role["Path"]) == (boundary, "/hosting/"), title


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Boundary", "arn:aws:iam::111122223333:policy/Boundary"),
        ("/team/Boundary", "arn:aws:iam::111122223333:policy/team/Boundary"),
        ("arn:aws:iam::444455556666:policy/Boundary", "arn:aws:iam::444455556666:policy/Boundary"),
    ],
)
def test_a_boundary_is_named_or_given_by_its_arn(given: str, expected: str) -> None:
    template = build_template(Settings(source="direct", roles=RoleSettings(permissions_boundary=given)))
    role = resolved(template).properties("PublisherRole")
    assert role["PermissionsBoundary"] == expected
    assert "Path" not in role


def test_the_webhooks_roles_have_them_too_and_all_of_it_has_the_tags() -> None:
    found = resources(build_webhook(Settings(roles=ROLES, tags={"team": "web"})))
    for title in ("WebhookRole", "StatusRole"):
        assert found[title]["Properties"]["Path"] == "/hosting/"
        assert found[title]["Properties"]["PermissionsBoundary"]["Fn::Sub"].endswith(":policy/boundaries/hosting")
        assert found[title]["Properties"]["Tags"] == [{"Key": "team", "Value": "web"}]
    assert found["Webhook"]["Properties"]["Tags"] == {"team": "web"}
    assert len([r for r in found.values() if r["Type"] == "AWS::IAM::Role"]) == 2


@EVERY_SOURCE
@pytest.mark.parametrize("parameters", [{}, TRUE["HasDomain"]], ids=["without a domain", "with a domain"])
def test_the_distribution_has_the_web_acl_the_price_class_and_the_logs(
    source: Source, parameters: dict[str, str]
) -> None:
    template = build_template(Settings(source=source, distribution=DISTRIBUTION))
    config = resolved(template, **parameters).properties("Distribution")["DistributionConfig"]
    assert (config["WebACLId"], config["PriceClass"]) == (WEB_ACL, "PriceClass_100")
    assert config["Logging"] == {"Bucket": "example-access-logs.s3.amazonaws.com", "Prefix": "website/"}


def test_logs_without_a_prefix_name_the_empty_one_which_cloudfront_demands() -> None:
    template = build_template(Settings(distribution=DistributionSettings(log_bucket="logs")))
    config = resolved(template).properties("Distribution")["DistributionConfig"]
    assert config["Logging"] == {"Bucket": "logs.s3.amazonaws.com", "Prefix": ""}


def test_a_teams_response_headers_are_on_every_behavior_in_place_of_the_managed_ones() -> None:
    template = build_template(Settings(distribution=DISTRIBUTION))
    config = resolved(template).properties("Distribution")["DistributionConfig"]
    behaviors = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    assert [behavior["ResponseHeadersPolicyId"] for behavior in behaviors] == [HEADERS] * len(behaviors)


@EVERY_SOURCE
@EVERY_OPTION
def test_nothing_but_roles_and_distribution_is_changed(source: Source, options: frozenset[Option]) -> None:
    plain = resources(build_template(Settings(source=source, options=options)))
    changed = resources(
        build_template(Settings(source=source, options=options, roles=ROLES, distribution=DISTRIBUTION))
    )
    assert list(plain) == list(changed)
    types = {resource["Type"] for title, resource in changed.items() if resource != plain[title]}
    assert types == {"AWS::IAM::Role", "AWS::CloudFront::Distribution"}
