"""The template's table of contents: its sections, in the order in which a commit becomes a page."""

from __future__ import annotations

from collections.abc import Iterable

from troposphere import AWSObject, Tags, Template

from generator.sections.alerts import build_alerts, build_dead_letters
from generator.sections.building import build_building
from generator.sections.delivery import build_delivery, build_zip_source
from generator.sections.direct import build_direct
from generator.sections.edge import build_edge
from generator.sections.outputs import build_outputs
from generator.sections.parameters import Parameters, build_parameters
from generator.sections.publishing import (
    build_decision_rule,
    build_publish_rule,
    build_publishing,
    build_request_rule,
)
from generator.sections.storage import build_storage
from generator.settings import Settings
from generator.version import __version__

_DESCRIPTION = (
    "Instant Hosting %s (%s): a static site whose new version is live at once, for everyone. Comments were taken out "
    "of the Python inside; the commented sources are in lambda/ and codebuild/ of the version's repository."
)


def build_template(settings: Settings | None = None) -> Template:
    """The template for `settings` (by default: a Git repository), ready to be rendered or extended."""
    settings = settings or Settings()
    template = Template(Description=_DESCRIPTION % (__version__, settings.source))
    template.set_version("2010-09-09")
    _add_parameters(template, build_parameters(settings))
    for section in _sections(settings):
        for resource in section:
            template.add_resource(_tagged(resource, settings))
    template.add_output(build_outputs(settings.source))
    return template


def _sections(settings: Settings) -> Iterable[Iterable[AWSObject]]:
    storage = build_storage()
    edge = build_edge(storage)
    alerts = build_alerts()
    publishing = build_publishing(storage, alerts, has_pipeline=settings.source != "direct")
    request_rule = build_request_rule(publishing, alerts)
    decision_rule = build_decision_rule(alerts)
    own_rules = [request_rule.rule, decision_rule]
    core = storage, edge, alerts, publishing, request_rule, [decision_rule]
    if settings.source == "direct":
        return *core, [build_dead_letters(alerts, own_rules)], build_direct(storage, publishing)

    building = build_building(settings, storage)
    publish_rule = build_publish_rule(storage, publishing, alerts)
    zip_source = build_zip_source(storage, alerts) if settings.source == "zip" else None
    delivery = build_delivery(settings, storage, alerts, building, publish_rule, zip_source)
    rules = [*own_rules, publish_rule.rule, delivery.failure_rule, *([zip_source.rule] if zip_source else [])]
    dead_letters = build_dead_letters(alerts, rules)
    return *core, building, publish_rule, zip_source or (), [dead_letters], delivery


def _add_parameters(template: Template, parameters: Parameters) -> None:
    labels = {}
    for group in parameters.groups:
        for parameter, label in group.parameters:
            template.add_parameter(parameter)
            labels[parameter.title] = {"default": label}
    template.set_metadata(
        {
            "AWS::CloudFormation::Interface": {
                "ParameterGroups": [
                    {
                        "Label": {"default": group.title},
                        "Parameters": [parameter.title for parameter, _ in group.parameters],
                    }
                    for group in parameters.groups
                ],
                "ParameterLabels": labels,
            }
        }
    )
    for title, rule in parameters.rules.items():
        template.add_rule(title, rule)
    for title, mapping in parameters.mappings.items():
        template.add_mapping(title, mapping)
    for title, condition in parameters.conditions.items():
        template.add_condition(title, condition)


def _tagged(resource: AWSObject, settings: Settings) -> AWSObject:
    if settings.tags and "Tags" in resource.props:
        resource.Tags = Tags(dict(settings.tags))
    return resource
