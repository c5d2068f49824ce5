"""A deployed site with the option `operations`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from generator import Settings, build_template
from generator.render import to_yaml
from local.cloud.emulator import Emulator
from workbench.site import GIT_PARAMETERS, VisitedStack, deployed

ALARM = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:errors"


@contextmanager
def operated(emulator: Emulator) -> Iterator[VisitedStack]:
    """The git template, a rollback alarm, and a pruner that keeps what was live within a day."""
    template = to_yaml(build_template(Settings(options=frozenset(["operations"]))))
    parameters = {**GIT_PARAMETERS, "Framework": "static", "RollbackAlarmArn": ALARM, "KeepDeployments": "0"}
    with deployed(emulator, template, parameters=parameters) as site:
        yield site
