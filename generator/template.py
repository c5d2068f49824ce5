"""The template's table of contents: its sections, in the order in which a commit becomes a page."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Output, Template

from generator.assembly import Sections, add_parameters, add_resources
from generator.packaging import package
from generator.parameters import build_parameters
from generator.sections.alerts import Alerts, build_alerts
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


class Source(NamedTuple):
    """The sections by which deployments come: of a pipeline, or of the user's own upload."""

    sections: Sections
    outputs: list[Output]


def build_template(settings: Settings | None = None) -> Template:
    """The template for `settings` (by default: a Git repository), ready to be rendered or extended."""
    settings = settings or Settings()
    template = Template(Description=_DESCRIPTION % (__version__, settings.source))
    template.set_version("2010-09-09")
    add_parameters(template, build_parameters(settings))
    storage = build_storage()
    builds = _builds(settings, storage) if settings.has_pipeline else None
    site = _site(settings, storage, builds)
    source = _pipeline(settings, site, builds) if builds else _direct(settings, site)
    operations = _operations(site, builds) if settings.has_operations else ()
    add_resources(template, settings, site.alerts, [*site, *source.sections, *operations])
    template.add_output([*site_outputs(storage, site.edge, site.alerts, site.publishing), *source.outputs])
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


def _pipeline(settings: Settings, site: Site, builds: Builds) -> Source:
    publish_rule = build_publish_rule(site.publishing, site.alerts)
    failure_rule = build_failure_rule(settings.source, site.alerts, site.messenger)
    zip_source = build_zip_source(site.alerts) if settings.source == "zip" else None
    delivery = build_delivery(builds.building, builds.uploading, zip_source)
    sections = (*builds, publish_rule, failure_rule, zip_source, delivery)
    return Source(sections, pipeline_outputs(delivery, zip_source))


def _direct(settings: Settings, site: Site) -> Source:
    direct = build_direct(site.storage, site.aliases.ci)
    return Source([direct], direct_outputs(direct, settings.headers))


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
