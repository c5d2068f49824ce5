"""What deletes old deployments: the pruner, each day and after each switch, and the only one that may delete."""

from __future__ import annotations

from typing import NamedTuple

from awacs import awslambda, s3
from troposphere import GetAtt, Ref, Sub
from troposphere.awslambda import Alias, Permission
from troposphere.events import Rule

from contract import DEPLOYMENTS, LEASES, LOCK, MANIFESTS, POOL, PRUNE_SECONDS
from generator.iam import allow
from generator.sections.alerts import Alerts
from generator.sections.publishing import decision_events
from generator.sections.storage import Storage, objects_in
from generator.sections.workers import Worker, build_worker, invoked_by, worker_target

PRUNER_ENTRY = "pruner.daily"


class Pruning(NamedTuple):
    daily_rule: Rule
    daily_permission: Permission
    switch_rule: Rule
    switch_permission: Permission


def build_pruner(storage: Storage, publisher: Alias, alerts: Alerts) -> Worker:
    """The pruner with its role: it deletes, and asks the publisher before it does, through an alias of its own."""
    bucket = storage.site_bucket

    deleted = (DEPLOYMENTS, POOL, MANIFESTS, LEASES, LOCK)
    statements = [
        allow([s3.ListBucket], GetAtt(bucket, "Arn")),
        allow([s3.GetObject], *objects_in(bucket, MANIFESTS, LOCK)),
        allow([s3.PutObject], *objects_in(bucket, LOCK)),
        allow([s3.DeleteObject], *objects_in(bucket, *deleted)),
        allow([awslambda.InvokeFunction], Ref(publisher)),
    ]
    environment = {
        "SITE_BUCKET": Ref(bucket),
        "PUBLISHER": Ref(publisher),
        "KEEP": Ref("KeepDeployments"),
        "KEEP_DAYS": Ref("KeepDays"),
    }
    return build_worker(
        "Pruner",
        "deletes old deployments",
        PRUNER_ENTRY,
        statements,
        environment,
        alerts,
        memory=512,  # it reads ten manifests at once, and processor time comes with memory
        timeout=PRUNE_SECONDS,
    )


def build_pruning(pruner: Worker, alerts: Alerts) -> Pruning:
    """What makes the pruner run."""
    target = worker_target(pruner, alerts)
    daily = Rule(
        "PruneDailyRule",
        Description=Sub("${AWS::StackName}: old deployments are deleted each day"),
        ScheduleExpression="rate(1 day)",
        Targets=[target],
    )
    switch = Rule(
        "PruneSwitchRule",
        Description=Sub("${AWS::StackName}: old deployments are deleted after each switch"),
        EventPattern=decision_events("published"),
        Targets=[target],
    )
    return Pruning(
        daily,
        invoked_by("PruneDailyPermission", pruner, daily),
        switch,
        invoked_by("PruneSwitchPermission", pruner, switch),
    )
