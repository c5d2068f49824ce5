"""Would CloudFormation take it? Validators that we did not write, on every template we ship.

No finding goes without a written reason, and each kind of validator is shown to find a mistake that was put in.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint.api
import pytest
from cfnlint.config import ManualArgs
from cloudformation_validate import EngineConfig, ExternalRuleSource, RegoEngine, ValidateConfig

from generator import Settings, build_template
from generator.render import to_yaml
from generator.settings import OPTIONS, PACKAGINGS, SOURCES, DistributionSettings, Packaging, RoleSettings, Source
from generator.webhook import build_webhook
from workbench import ROOT
from workbench.resolve import TRUE

HERE = Path(__file__).parent
TEMPLATES = ROOT / "templates"
SHIPPED = sorted(TEMPLATES.glob("*.yaml"))

# Findings that stay, each with its reason. (rule, a part of its message): reason
ACCEPTED = {
    ("I9001", "create-only"): "says what replaces a resource, not that something is wrong",
    (
        "I9040",
        "supports Tags",
    ): "CloudFormation tags everything with the stack; site.toml adds more where they are wanted",
    ("I4010", "Context"): "a hint for assistants, not a property of the template",
    (
        "I3011",
        "DeletionPolicy",
    ): "logs, topic and queue hold nothing that must outlive the stack; buckets and store are kept",
    ("I3011", "UpdateReplacePolicy"): "as above",
    ("W3005", "'Store' dependency"): "a reference waits until the store is made, only DependsOn until it is ready",
    ("W3005", "'PipelineRole' dependency"): "as above: a role is ready when CodePipeline can assume it",
    ("F6101", "WebhookUrl.FunctionUrl"): "SAM makes this resource of the function's FunctionUrlConfig",
    ("W2509", "SecretPrefix"): "it holds the beginning of names, no secret",
}
EVERYTHING = {**TRUE["HasDomain"], **TRUE["HasNotificationEmail"], **TRUE["HasPathFilter"]}
EVERYTHING |= {
    "PipelineArns": "arn:aws:codepipeline:us-east-1:111122223333:site",
    "PublisherArns": "arn:aws:lambda:us-east-1:111122223333:function:publisher",
    "StatusPipelineArns": "arn:aws:codepipeline:us-east-1:111122223333:site",
    "StatusTokenArns": "arn:aws:secretsmanager:us-east-1:111122223333:secret:token-AbCdEf",
    "NotificationTopicArn": "arn:aws:sns:us-east-1:111122223333:topic",
}


@cache
def lint(text: str) -> frozenset[tuple[str, str]]:
    """cfn-lint's findings in a template: rule and message."""
    configuration = ManualArgs(regions=["us-east-1", "eu-central-1", "ap-southeast-2"])
    return frozenset((match.rule.id, match.message) for match in cfnlint.api.lint(text, config=configuration))


@cache
def preflight_rules() -> list[dict[str, Any]]:
    """The rules and their libraries that the package cdk-preflight carries inside."""
    files = importlib.metadata.files("cdk-preflight") or []
    (archive,) = (file for file in files if file.name.endswith(".jsii.tgz"))
    with tarfile.open(str(archive.locate())) as packed:
        member = packed.extractfile("package/lib/rules.generated.js")
        assert member is not None
        text = member.read().decode()
    found = dict(re.findall(r"^exports\.(BUNDLED_\w+) = (.*?);$", text, re.M | re.S)[-2:])
    rules: list[dict[str, Any]] = json.loads(found["BUNDLED_RULES"])
    libraries: list[dict[str, Any]] = json.loads(found["BUNDLED_LIBS"])
    return [*({**library, "resourceTypes": None} for library in libraries), *rules]


def engine(types: set[str]) -> RegoEngine:
    """AWS's validator with the preflight rules for these resource types and our own Guard rules."""
    rego = [
        ExternalRuleSource(name=rule.get("id") or rule["name"], content=rule["rego"])
        for rule in preflight_rules()
        if rule["resourceTypes"] is None or types & set(rule["resourceTypes"])
    ]
    guard = HERE / "guard_rules.guard"
    return RegoEngine(
        EngineConfig(custom_rules=rego, guard_rules=[ExternalRuleSource(name=guard.name, content=guard.read_text())])
    )


def resource_types(text: str) -> set[str]:
    return set(re.findall(r"^  Type: (AWS::\S+)$", text, re.M))


@cache
def findings(text: str) -> frozenset[tuple[str, str]]:
    """The findings of AWS's validator: rule and message."""
    names = set(re.findall(r"^ (\w+):$", text, re.M))
    # empty defaults stand for what a condition leaves out, which the validator does not see: give what can be given
    given = ValidateConfig(parameter_overrides={k: v for k, v in EVERYTHING.items() if k in names})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.yaml"
        path.write_text(text)
        report = engine(resource_types(text)).validate_template(str(path), config=given)
    return frozenset((str(diagnostic.rule_id), str(diagnostic.message)) for diagnostic in report.diagnostics)


def unexplained(found: frozenset[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(rule, text) for rule, text in found if not any(r == rule and part in text for r, part in ACCEPTED)}


def test_every_template_that_ships_is_validated() -> None:
    assert {path.stem for path in SHIPPED} >= set(SOURCES)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_cfn_lint_finds_nothing(path: Path) -> None:
    assert lint(path.read_text()) == set()


def test_whoever_lints_a_template_elsewhere_sees_nothing(tmp_path: Path) -> None:
    command = [
        Path(sys.executable).with_name("cfn-lint"),
        *(TEMPLATES / f"{name}.yaml" for name in ("direct", "zip-sam")),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_aws_validator_with_guard_and_preflight_rules_finds_nothing_without_a_reason(path: Path) -> None:
    assert unexplained(findings(path.read_text())) == set()


ROLES = RoleSettings(permissions_boundary="boundaries/hosting", path="/hosting/")
ACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/hosting/01234567-89ab-cdef-0123-456789abcdef"
HEADERS = "11111111-2222-3333-4444-555555555555"
ALL = Settings(
    options=frozenset(OPTIONS),
    roles=ROLES,
    distribution=DistributionSettings(ACL, HEADERS, "PriceClass_100", "example-access-logs", "website/"),
    tags={"team": "web"},
)
DEMANDED = {
    "zip": build_template(replace(ALL, source="zip")),  # it has all the roles
    "webhook": build_webhook(Settings(roles=ROLES, tags={"team": "web"})),
}


# It takes GetAtt for Ref, and says to use GetAtt; cfn-lint's rule of this number sees the difference.
MISTAKEN = {
    "zip": {
        ("E3050", f"Ref to IAM role '{role}' with Path '/hosting/' - use GetAtt {role}.Arn instead")
        for role in ("BuildRole", "UploadRole")
    }
}


@pytest.mark.parametrize("name", DEMANDED)
def test_a_template_with_all_that_an_account_can_demand_has_no_finding_without_a_reason(name: str) -> None:
    text = to_yaml(DEMANDED[name])
    assert lint(text) == set()
    assert unexplained(findings(text)) == MISTAKEN.get(name, set())


@pytest.mark.parametrize("packaging", PACKAGINGS)
@pytest.mark.parametrize("source", SOURCES)
def test_cfn_lint_finds_nothing_in_what_else_can_be_generated(source: Source, packaging: Packaging) -> None:
    assert lint(to_yaml(build_template(replace(ALL, source=source, packaging=packaging)))) == set()


def test_every_accepted_finding_is_still_found() -> None:
    left = set(ACCEPTED)
    for path in sorted(SHIPPED, key=lambda path: path.stem not in ("git", "webhook")):  # they have them all today
        if left:
            found = findings(path.read_text())
            left -= {key for key in left if any(key[0] == rule and key[1] in text for rule, text in found)}
    assert not left


SEEDED = [
    ("cfn-lint: a dangling attribute", "!GetAtt Publisher.Arn", "!GetAtt Publisher.Arm"),
    ("guard: no SourceArn", "AWS:SourceArn:", "AWS:SourceArm:"),
    ("guard: no dead-letter queue", "DeadLetterConfig:", "DeadLetterKonfig:"),
    ("guard: a bucket that is not kept", "UpdateReplacePolicy: Retain", "UpdateReplacePolicy: Delete"),
    (
        "preflight or cfn-lint: a function that is too large",
        "FunctionCode: |\n",
        "FunctionCode: |\n" + "        //\n" * 1100,
    ),
]


@pytest.mark.parametrize(("right", "wrong"), [seed[1:] for seed in SEEDED], ids=[seed[0] for seed in SEEDED])
def test_a_mistake_put_into_the_template_is_found(right: str, wrong: str) -> None:
    text = (ROOT / "templates" / "git.yaml").read_text()
    assert right in text
    seeded = text.replace(right, wrong)
    assert (lint(seeded) | findings(seeded)) - (lint(text) | findings(text))


def test_a_rule_cannot_take_a_region_out_of_an_arn_so_the_webhooks_parameter_says_it() -> None:
    text = to_yaml(build_webhook())
    arn = "!Select [3, !Split [':', !Ref NotificationTopicArn]]"
    rule = f" IsHere: {{Assertions: [{{Assert: !Equals [{arn}, !Ref 'AWS::Region'], AssertDescription: no}}]}}\n"
    ((_, message),) = findings(text.replace("\nRules:\n", f"\nRules:\n{rule}")) - findings(text)
    assert "'Fn::Split' is not supported in the Rules section" in message
    description = build_webhook().to_dict()["Parameters"]["NotificationTopicArn"]["Description"]
    assert "in this stack's Region" in description
