"""Which combinations of parameters are refused, and what the console says of them before anything is created."""

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
            {"Fn::Contains": [NODE_20_IMAGES, Ref("BuildImage")]},
            when=Equals(Ref("NodeVersion"), "20"),
        ),
    }


def _domain() -> Rules:
    empty = [Equals(Ref(name), "") for name in ("DomainNames", "CertificateArn")]
    return {
        "DomainHasCertificate": _rule(
            "DomainNames and CertificateArn need each other", Or(And(*empty), Not(Or(*empty)))
        )
    }


def _rule(description: str, assertion: object, *, when: AWSHelperFn | None = None) -> Mapping[str, object]:
    condition = {"RuleCondition": when} if when else {}
    return {**condition, "Assertions": [{"Assert": assertion, "AssertDescription": description}]}
