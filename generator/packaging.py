"""Turns the functions whose code the template carries into those that `sam build` packages.

Logical IDs, roles, logs and everything else stay as they are, so that a stack can change from one to the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from troposphere import AWSObject, Template
from troposphere.awslambda import Function

from generator.sections.pruning import PRUNER_ENTRY
from generator.sections.publishing import publisher_entry
from generator.sections.telling import messenger_entry
from generator.sections.workers import FunctionProperties, packaged_function
from generator.settings import Settings

TRANSFORM = "AWS::Serverless-2016-10-31"


def package(template: Template, settings: Settings) -> None:
    """Say in the template that SAM reads it first, and give it its functions as SAM has them."""
    # The modules with the handlers; inline all modules of a function are one, `index`. The compiler stays so: it needs
    # what codebuild/ has, and `sam build` sees one folder of a function.
    entries = {
        "Publisher": publisher_entry(has_pipeline=settings.has_pipeline, operations=settings.has_operations),
        "Pruner": PRUNER_ENTRY,
        "Messenger": messenger_entry(has_builds=settings.has_pipeline),
    }
    template.set_transform(TRANSFORM)
    for title, resource in template.resources.items():
        if isinstance(resource, Function) and title in entries:
            template.resources[title] = _packaged(resource, settings.tags, entries[title])


def _packaged(resource: Function, tags: Mapping[str, str], entry: str) -> AWSObject:
    """The same function for `sam build`."""
    kept = {name: value for name, value in resource.properties.items() if name not in {"Code", "Handler", "Tags"}}
    if tags:
        kept["Tags"] = dict(tags)
    properties = cast(FunctionProperties, {"Handler": f"{entry}.handler", **kept})
    return packaged_function(str(resource.title), properties)
