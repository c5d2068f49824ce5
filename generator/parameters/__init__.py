"""What is decided when the template is deployed: parameters, the rules that check their combination, and conditions.

A wrong combination is explained before anything is created, in the words of whoever deploys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from troposphere import AWSHelperFn

from generator.parameters.conditions import build_conditions
from generator.parameters.groups import build_groups
from generator.parameters.mappings import build_mappings
from generator.parameters.rows import Group
from generator.parameters.rules import build_rules
from generator.settings import Settings


@dataclass(frozen=True)
class Parameters:
    """The deploy-time half of the template: all of it in `groups`, `rules`, `conditions` and `mappings`."""

    groups: tuple[Group, ...]
    rules: Mapping[str, Mapping[str, object]]
    conditions: Mapping[str, AWSHelperFn]
    mappings: Mapping[str, dict[str, dict[str, str]]]


def build_parameters(settings: Settings) -> Parameters:
    """The parameters of the template for `settings`, and what is decided by them."""
    return Parameters(
        groups=build_groups(settings),
        rules=build_rules(settings),
        conditions=build_conditions(settings),
        mappings=build_mappings(settings),
    )
