"""What goes back by itself: a rule hands an alarm to the publisher, which decides if it concerns what is live."""

from __future__ import annotations

from typing import NamedTuple

from troposphere import Ref, Sub
from troposphere.awslambda import Alias, EventInvokeConfig, Permission
from troposphere.events import InputTransformer, Rule

from generator.parameters.conditions import HAS_ROLLBACK_ALARM
from generator.sections.alerts import Alerts
from generator.sections.workers import Worker, alias, invoked_by, retries, worker_target


class AutoRollback(NamedTuple):
    alias: Alias
    retries: EventInvokeConfig
    rule: Rule
    permission: Permission


def build_auto_rollback(publishing: Worker, alerts: Alerts) -> AutoRollback:
    """The rule on the alarm that the parameter RollbackAlarmArn names.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
    """
    through = alias(publishing, "alarm")
    config = retries("Rollback", publishing.function, alerts, "alarm")
    config.DependsOn = through.title
    request = Sub('{"action": "auto-rollback", "at": <at>, "minutes": ${RollbackMinutes}, "by": <by>}')
    paths = {"at": "$.time", "by": "$.detail.alarmName"}
    rule = Rule(
        "RollbackRule",
        Condition=HAS_ROLLBACK_ALARM,
        Description=Sub("${AWS::StackName}: an alarm soon after a switch undoes it"),
        EventPattern={
            "source": ["aws.cloudwatch"],
            "detail-type": ["CloudWatch Alarm State Change"],
            "resources": [Ref("RollbackAlarmArn")],
            "detail": {"state": {"value": ["ALARM"]}},
        },
        Targets=[
            worker_target(
                publishing,
                alerts,
                through,
                InputTransformer(InputPathsMap=paths, InputTemplate=request),
            )
        ],
    )
    permission = invoked_by("RollbackPermission", publishing, rule, through)
    for resource in (through, config, permission):
        resource.Condition = HAS_ROLLBACK_ALARM
    return AutoRollback(through, config, rule, permission)
