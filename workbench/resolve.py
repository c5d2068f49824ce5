"""Evaluates a template as CloudFormation would: conditions, mappings and functions, for given parameters.

What only AWS can know (physical IDs, attributes) becomes `<LogicalId>` and `<LogicalId.Attribute>`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

STACK_UUID = "01234567-89ab-cdef-0123-456789abcdef"


@dataclass(frozen=True)
class Resolved:
    """The resources and outputs that this combination of parameters has, with plain values."""

    resources: dict[str, dict[str, Any]]
    outputs: dict[str, Any]
    references: set[str]  # the resources that others name

    def properties(self, title: str) -> dict[str, Any]:
        properties: dict[str, Any] = self.resources[title].get("Properties", {})
        return properties

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Properties by logical ID of every resource of a type."""
        return {t: r.get("Properties", {}) for t, r in self.resources.items() if r["Type"] == kind}

    def statements(self, title: str) -> list[dict[str, Any]]:
        """The statements of a role's, a bucket's or another policy."""
        properties = self.properties(title)
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        documents += [properties["PolicyDocument"]] if "PolicyDocument" in properties else []
        return [statement for document in documents for statement in document["Statement"]]


class _Evaluator:
    def __init__(self, template: Mapping[str, Any], parameters: Mapping[str, str], partition: str) -> None:
        self.template = template
        self.conditions: Mapping[str, Any] = template.get("Conditions", {})
        self.references: set[str] = set()
        given = {name: str(parameter.get("Default", f"<{name}>")) for name, parameter in template["Parameters"].items()}
        unknown = set(parameters) - set(given)
        assert not unknown, f"no such parameters: {unknown}"
        self.values: dict[str, Any] = given | dict(parameters)
        self.values |= {
            "AWS::Partition": partition,
            "AWS::Region": "eu-central-1",
            "AWS::AccountId": "111122223333",
            "AWS::StackName": "site",
            "AWS::StackId": f"arn:{partition}:cloudformation:eu-central-1:111122223333:stack/site/{STACK_UUID}",
        }

    def condition(self, name: str) -> bool:
        return bool(self.evaluate(self.conditions[name]))

    def evaluate(self, node: Any) -> Any:
        if isinstance(node, list):
            return [item for item in map(self.evaluate, node) if item is not _ABSENT]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            function = getattr(self, "_" + re.sub(r"\W", "_", name).lower(), None)
            if function and (name.startswith("Fn::") or name == "Ref"):
                return function(argument)
            if name == "Condition" and isinstance(argument, str):
                return self.condition(argument)
        values = {key: self.evaluate(value) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not _ABSENT}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _ABSENT
        if name in self.values:
            return self.values[name]
        return self._reference(name, f"<{name}>")

    def _fn__getatt(self, argument: Any) -> str:
        title, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._reference(title, f"<{title}.{attribute}>")

    def _reference(self, title: str, value: str) -> str:
        found = self.template["Resources"].get(title)
        assert found is not None, f"{value} finds nothing"
        assert "Condition" not in found or self.condition(found["Condition"]), (
            f"{value} is not there in this combination"
        )
        self.references.add(title)
        return value

    def _fn__sub(self, argument: Any) -> str:
        text, values = argument if isinstance(argument, list) else (argument, {})

        def replace(match: re.Match[str]) -> str:
            name = match[1]
            if name in values:
                return str(self.evaluate(values[name]))
            return str(self._fn__getatt(name) if "." in name else self._ref(name))

        return re.sub(r"\$\{([^!}][^}]*)\}", replace, text)

    def _fn__if(self, argument: Any) -> Any:
        condition, yes, no = argument
        return self.evaluate(yes if self.condition(condition) else no)

    def _fn__equals(self, argument: Any) -> bool:
        left, right = self.evaluate(argument)
        return bool(left == right)

    def _fn__not(self, argument: Any) -> bool:
        return not self.evaluate(argument[0])

    def _fn__and(self, argument: Any) -> bool:
        return all(self.evaluate(argument))

    def _fn__or(self, argument: Any) -> bool:
        return any(self.evaluate(argument))

    def _fn__contains(self, argument: Any) -> bool:
        values, value = self.evaluate(argument)
        return value in values

    def _fn__join(self, argument: Any) -> str:
        separator, parts = self.evaluate(argument)
        return str(separator).join([parts] if isinstance(parts, str) else parts)  # one that stands for a list

    def _fn__split(self, argument: Any) -> list[str]:
        separator, text = self.evaluate(argument)
        return str(text).split(separator)

    def _fn__select(self, argument: Any) -> Any:
        index, values = self.evaluate(argument)
        return values[int(index)]

    def _fn__findinmap(self, argument: Any) -> Any:
        mapping, row, column = self.evaluate(argument)
        return self.template["Mappings"][mapping][row][column]


_ABSENT = object()


def resolve(template: Mapping[str, Any], partition: str = "aws", **parameters: str) -> Resolved:
    """The template for `parameters`, the others at their defaults; an `AssertionError` names what finds nothing."""
    evaluator = _Evaluator(template, parameters, partition)

    def exists(item: Mapping[str, Any]) -> bool:
        return "Condition" not in item or evaluator.condition(item["Condition"])

    resources = {title: r for title, r in template["Resources"].items() if exists(r)}
    outputs = {title: o for title, o in template["Outputs"].items() if exists(o)}
    return Resolved(
        {t: evaluator.evaluate({k: v for k, v in r.items() if k != "Condition"}) for t, r in resources.items()},
        {title: evaluator.evaluate(output["Value"]) for title, output in outputs.items()},
        evaluator.references,
    )


def dependencies(template: Mapping[str, Any], **parameters: str) -> dict[str, set[str]]:
    """For each resource of this combination of parameters what CloudFormation makes before it."""
    evaluator = _Evaluator(template, parameters, "aws")
    found: dict[str, set[str]] = {}
    for title, resource in template["Resources"].items():
        if "Condition" not in resource or evaluator.condition(resource["Condition"]):
            evaluator.references = set()
            evaluator.evaluate({key: value for key, value in resource.items() if key != "Condition"})
            depends = resource.get("DependsOn", [])
            found[title] = evaluator.references | {*([depends] if isinstance(depends, str) else depends)}
    assert all(named <= set(found) for named in found.values()), "a dependency is not there in this combination"
    return found


def broken_rules(template: Mapping[str, Any], **parameters: str) -> list[str]:
    """The descriptions of the assertions that CloudFormation would refuse these parameters with."""
    evaluator = _Evaluator(template, parameters, "aws")
    return [
        assertion["AssertDescription"]
        for rule in template.get("Rules", {}).values()
        if "RuleCondition" not in rule or evaluator.evaluate(rule["RuleCondition"])
        for assertion in rule["Assertions"]
        if not evaluator.evaluate(assertion["Assert"])
    ]


# For each condition, parameters that make it true; the defaults make it false.
TRUE = {
    "HasPathFilter": {"PathFilter": "apps/web/**,packages/**"},
    "ClonesFully": {"FullClone": "true"},
    "HasInstallCommand": {"InstallCommand": "make deps"},
    "HasBuildCommand": {"BuildCommand": "make site"},
    "HasOutputFolder": {"OutputFolder": "public"},
    "HasRouting": {"Routing": "mixed"},
    "UsesArm": {"BuildImage": "aws/codebuild/amazonlinux-aarch64-standard:4.0"},
    "UploadsInContainer": {"UploadCompute": "container"},
    "HasDomain": {
        "DomainNames": "www.example.com,example.com",
        "CertificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef",
    },
    "HasNotificationEmail": {"NotificationEmail": "team@example.com"},
    "HasRollbackAlarm": {"RollbackAlarmArn": "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:errors"},
}


# Each of these chooses between one value of a parameter and one of a mapping, in one place; a test holds that. So what
# holds for all four at once holds for each, in an eighth of the time.
ALIKE = ("HasInstallCommand", "HasBuildCommand", "HasOutputFolder", "HasRouting")


def combinations(template: Mapping[str, Any], true: Mapping[str, dict[str, str]] = TRUE) -> Iterator[dict[str, str]]:
    """Parameters for every combination of the template's conditions, true and false, those that are `ALIKE` at once."""
    choices: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, true[name]) for name in template["Conditions"] if name not in ALIKE
    ]
    alike = {key: value for name in ALIKE if name in template["Conditions"] for key, value in true[name].items()}
    choices += [({}, alike)] if alike else []
    for chosen in itertools.product(*choices):
        yield {name: value for parameters in chosen for name, value in parameters.items()}
