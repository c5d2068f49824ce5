"""Puts what the sections made into one template: so that `template` says which sections there are, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from troposphere import AWSObject, Template
from troposphere.codepipeline import Pipeline
from troposphere.events import Rule

from generator.account import as_demanded
from generator.order import put_last
from generator.parameters import Parameters
from generator.sections.alerts import Alerts, build_dead_letters
from generator.settings import Settings

Sections = Iterable[Iterable[AWSObject | None] | None]  # settings leave some out, and parts of some


def add_resources(template: Template, settings: Settings, alerts: Alerts, sections: Sections) -> None:
    """Put in the resources of all sections, the dead letters of their rules, and the pipeline last."""
    resources = [resource for section in sections if section for resource in section if resource]
    rules = [resource for resource in resources if isinstance(resource, Rule)]
    for resource in (*resources, build_dead_letters(alerts, rules)):
        template.add_resource(as_demanded(resource, settings))
    for pipeline in (resource for resource in resources if isinstance(resource, Pipeline)):
        put_last(pipeline, [resource for resource in template.resources.values() if resource is not pipeline])


def add_parameters(template: Template, parameters: Parameters) -> None:
    """Put in what is decided when the template is deployed, and in which groups the console shows it."""
    for group in parameters.groups:
        for parameter in group.parameters:
            template.add_parameter(parameter)
    # No labels: the console would show them instead of the names that rules, messages and pages say.
    template.set_metadata(
        {
            "AWS::CloudFormation::Interface": {
                "ParameterGroups": [
                    {
                        "Label": {"default": group.title},
                        "Parameters": [parameter.title for parameter in group.parameters],
                    }
                    for group in parameters.groups
                ],
            }
        }
    )
    for title, rule in parameters.rules.items():
        template.add_rule(title, rule)
    for title, mapping in parameters.mappings.items():
        template.add_mapping(title, mapping)
    for title, condition in parameters.conditions.items():
        template.add_condition(title, condition)
