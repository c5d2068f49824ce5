"""The template's table of contents: its sections, in the order in which a commit becomes a page."""

from __future__ import annotations

from collections.abc import Iterable

from troposphere import AWSObject, Template

from generator.account import as_demanded
from generator.order import put_last
from generator.packaging import package
from generator.parameters import Parameters, build_parameters
from generator.sections.alerts import build_alerts, build_dead_letters
from generator.sections.building import build_building
from generator.sections.delivery import build_delivery, build_zip_source
from generator.sections.direct import build_direct
from generator.sections.edge import build_edge
from generator.sections.outputs import build_outputs
from generator.sections.pruning import build_pruner, build_pruning
from generator.sections.publishing import build_publish_rule, build_publishing, build_request_rule
from generator.sections.rollback import build_auto_rollback
from generator.sections.storage import build_storage
from generator.sections.telling import build_decision_rule, build_failure_rule, build_messenger
from generator.sections.uploading import build_uploading
from generator.sections.watching import build_watching
from generator.sections.workers import alias
from generator.settings import Settings
from generator.version import __version__

_DESCRIPTION = (
    "Instant Hosting %s (%s) makes each version of a static site live for everyone at once. Code with comments is in "
    "the repository (codebuild, function, lambda)"
)


def build_template(settings: Settings | None = None) -> Template:
    """The template for `settings` (by default: a Git repository), ready to be rendered or extended."""
    settings = settings or Settings()
    template = Template(Description=_DESCRIPTION % (__version__, settings.source))
    template.set_version("2010-09-09")
    _add_parameters(template, build_parameters(settings))
    for section in _sections(settings):
        for resource in filter(None, section):
            template.add_resource(as_demanded(resource, settings))
    if settings.source != "direct":
        pipeline = template.resources["Pipeline"]
        put_last(pipeline, [resource for resource in template.resources.values() if resource is not pipeline])
    template.add_output(build_outputs(settings.source))
    if settings.packaging == "sam":
        package(template, settings)
    return template


def _sections(settings: Settings) -> Iterable[Iterable[AWSObject | None]]:
    operations, has_pipeline = "operations" in settings.options, settings.source != "direct"
    storage = build_storage()
    edge = build_edge(storage, settings.distribution)
    alerts = build_alerts()
    building = build_building(settings) if has_pipeline else None
    uploading = build_uploading(settings, storage, building) if building else None
    builds = [one for one in (building, uploading) if one]
    messenger = build_messenger(alerts, builds) if operations else None
    publishing = build_publishing(storage, alerts, has_pipeline=has_pipeline, operations=operations)
    ci, webhook = alias(publishing, "ci"), alias(publishing, "webhook")
    request_rule = build_request_rule(publishing, alerts) if settings.requests_by_event else None
    decision = build_decision_rule(alerts, messenger)
    yield from (storage, edge, alerts, messenger or (), publishing, (ci, webhook), request_rule or (), decision)
    rules = [*([request_rule.rule] if request_rule else []), decision.rule]
    if building and uploading:
        publish_rule = build_publish_rule(publishing, alerts)
        failure = build_failure_rule(settings.source, alerts, messenger)
        zip_source = build_zip_source(alerts) if settings.source == "zip" else None
        delivery = build_delivery(building, uploading, zip_source)
        yield from (building, uploading, publish_rule, zip_source or (), failure, delivery)
        rules += [publish_rule.rule, failure.rule, *([zip_source.rule] if zip_source else [])]
    else:
        yield build_direct(storage, ci)
    if operations:
        asked_by_pruner = alias(publishing, "pruner")
        pruner = build_pruner(storage, asked_by_pruner, alerts)
        pruning = build_pruning(pruner, alerts)
        auto_rollback = build_auto_rollback(publishing, alerts)
        yield from (
            [asked_by_pruner],
            pruner,
            pruning,
            auto_rollback,
            build_watching(settings.source, alerts, publishing, pruner),
        )
        rules += [pruning.daily_rule, pruning.switch_rule, auto_rollback.rule]
    yield [build_dead_letters(alerts, rules)]


def _add_parameters(template: Template, parameters: Parameters) -> None:
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
