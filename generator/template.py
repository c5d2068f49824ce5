"""The template's table of contents: its sections, in the order in which a commit becomes a page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from troposphere import AWSObject, Output, Template
from troposphere.codepipeline import Pipeline
from troposphere.events import Rule

from generator.account import as_demanded
from generator.order import put_last
from generator.packaging import package
from generator.parameters import Parameters, build_parameters
from generator.sections.alerts import Alerts, build_alerts, build_dead_letters
from generator.sections.building import Building, build_building
from generator.sections.compiling import build_compiler
from generator.sections.delivery import build_delivery, build_zip_source
from generator.sections.direct import build_direct
from generator.sections.edge import Edge, build_edge
from generator.sections.outputs import direct_outputs, pipeline_outputs, site_outputs
from generator.sections.pruning import build_pruner, build_pruning
from generator.sections.publishing import (
    Aliases,
    EventRule,
    build_aliases,
    build_publish_rule,
    build_publishing,
    build_request_rule,
)
from generator.sections.rollback import build_auto_rollback
from generator.sections.storage import Storage, build_storage
from generator.sections.telling import Telling, build_decision_rule, build_failure_rule, build_messenger
from generator.sections.uploading import Uploading, build_uploading
from generator.sections.watching import build_watching
from generator.sections.workers import Called, Worker, alias
from generator.settings import Settings
from generator.version import __version__

_DESCRIPTION = (
    "Instant Hosting %s (%s) makes each version of a static site live for everyone at once. Code with comments is in "
    "the repository"
)


Sections = Iterable[Iterable[AWSObject | None] | None]  # settings leave some out, and parts of some


class Builds(NamedTuple):
    """The projects that make deployments of sources."""

    building: Building
    compiler: Called
    uploading: Uploading


class Site(NamedTuple):
    """The sections of every site."""

    storage: Storage
    edge: Edge
    alerts: Alerts
    messenger: Worker | None
    publishing: Worker
    aliases: Aliases
    request_rule: EventRule | None
    decision_rule: Telling


class Way(NamedTuple):
    """The sections by which deployments come: of a pipeline, or of the user's own upload."""

    sections: Sections
    outputs: list[Output]


def build_template(settings: Settings | None = None) -> Template:
    """The template for `settings` (by default: a Git repository), ready to be rendered or extended."""
    settings = settings or Settings()
    template = Template(Description=_DESCRIPTION % (__version__, settings.source))
    template.set_version("2010-09-09")
    _add_parameters(template, build_parameters(settings))
    storage = build_storage()
    builds = _builds(settings, storage) if settings.has_pipeline else None
    site = _site(settings, storage, builds)
    way = _pipeline(settings, site, builds) if builds else _direct(settings, site)
    operations = _operations(site, builds) if settings.has_operations else ()
    _add_resources(template, settings, site.alerts, [*site, *way.sections, *operations])
    template.add_output([*site_outputs(storage, site.edge, site.alerts, site.publishing), *way.outputs])
    if settings.packaging == "sam":
        package(template, settings)
    return template


def _builds(settings: Settings, storage: Storage) -> Builds:
    building, compiler = build_building(settings), build_compiler()
    return Builds(building, compiler, build_uploading(settings, storage, building, compiler))


def _site(settings: Settings, storage: Storage, builds: Builds | None) -> Site:
    alerts = build_alerts()
    messenger = build_messenger(alerts, _projects(builds)) if settings.has_operations else None
    publishing = build_publishing(
        storage, alerts, has_pipeline=settings.has_pipeline, operations=settings.has_operations
    )
    return Site(
        storage=storage,
        edge=build_edge(storage, settings.distribution, settings.headers),
        alerts=alerts,
        messenger=messenger,
        publishing=publishing,
        aliases=build_aliases(publishing),
        request_rule=build_request_rule(publishing, alerts) if settings.requests_by_event else None,
        decision_rule=build_decision_rule(alerts, messenger),
    )


def _projects(builds: Builds | None) -> list[Building | Uploading]:
    """Those that have a build's log."""
    return [builds.building, builds.uploading] if builds else []


def _pipeline(settings: Settings, site: Site, builds: Builds) -> Way:
    publish_rule = build_publish_rule(site.publishing, site.alerts)
    failure_rule = build_failure_rule(settings.source, site.alerts, site.messenger)
    zip_source = build_zip_source(site.alerts) if settings.source == "zip" else None
    delivery = build_delivery(builds.building, builds.uploading, zip_source)
    sections = (*builds, publish_rule, failure_rule, zip_source, delivery)
    return Way(sections, pipeline_outputs(delivery, zip_source))


def _direct(settings: Settings, site: Site) -> Way:
    direct = build_direct(site.storage, site.aliases.ci)
    return Way([direct], direct_outputs(direct, settings.headers))


def _operations(site: Site, builds: Builds | None) -> Sections:
    storage, alerts, publishing = site.storage, site.alerts, site.publishing
    asked_by_pruner = alias(publishing, "pruner")
    pruner = build_pruner(storage, asked_by_pruner, alerts)
    return (
        [asked_by_pruner],
        pruner,
        build_pruning(pruner, alerts),
        build_auto_rollback(publishing, alerts),
        build_watching(storage, site.edge, alerts, publishing, pruner, _projects(builds)),
    )


def _add_resources(template: Template, settings: Settings, alerts: Alerts, sections: Sections) -> None:
    resources = [resource for section in sections if section for resource in section if resource]
    rules = [resource for resource in resources if isinstance(resource, Rule)]
    for resource in (*resources, build_dead_letters(alerts, rules)):
        template.add_resource(as_demanded(resource, settings))
    for pipeline in (resource for resource in resources if isinstance(resource, Pipeline)):
        put_last(pipeline, [resource for resource in template.resources.values() if resource is not pipeline])


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
