"""Which combinations of parameters are refused, and what the console says of them before anything is created.

A stack that fails later has taken minutes, and takes as many to be rolled back. No rule asks for the Region: AWS
documents rules of parameters only, so `deployments init` and `up` do (deployments/init/regions.py).
"""

from __future__ import annotations

from collections.abc import Mapping

from troposphere import And, AWSHelperFn, Equals, Not, Or, Ref

from generator.compute import NODE_20_IMAGES
from generator.parameters.conditions import given
from generator.settings import Settings

Rules = dict[str, Mapping[str, object]]


def build_rules(settings: Settings) -> Rules:
    """The rules of the template for `settings`."""
    return {**(_build() if settings.has_pipeline else {}), **_domain()}


def _build() -> Rules:
    return {
        "CustomIsComplete": _rule(
            "A custom framework needs BuildCommand, OutputFolder and Routing. If there is nothing to build, set "
            "BuildCommand to none",
            And(given("BuildCommand"), given("OutputFolder"), given("Routing")),
            when=Equals(Ref("Framework"), "custom"),
        ),
        "ImageHasNode": _rule(
            f"Node.js 20 is only on {', '.join(image.removeprefix('aws/codebuild/') for image in NODE_20_IMAGES)}. "
            "Set BuildImage to one of them",
            _contains(NODE_20_IMAGES, "BuildImage"),
            when=Equals(Ref("NodeVersion"), "20"),
        ),
        "FallbackIsForAnApp": _rule(
            "Fallback is the page of an app. Set Routing to spa, or Fallback to auto",
            _contains(["", "spa"], "Routing"),
            when=Not(Equals(Ref("Fallback"), "auto")),
        ),
    }


def _domain() -> Rules:
    empty = [Equals(Ref(name), "") for name in ("DomainNames", "CertificateArn")]
    return {
        "DomainHasCertificate": _rule(
            "DomainNames and CertificateArn need each other", Or(And(*empty), Not(Or(*empty)))
        )
    }


def _contains(values: list[str], parameter: str) -> Mapping[str, object]:
    """A function that only rules have, so troposphere has no class for it."""
    return {"Fn::Contains": [values, Ref(parameter)]}


def _rule(description: str, assertion: object, *, when: AWSHelperFn | None = None) -> Mapping[str, object]:
    condition = {"RuleCondition": when} if when else {}
    return {**condition, "Assertions": [{"Assert": assertion, "AssertDescription": description}]}
