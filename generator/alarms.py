"""The one kind of alarm that the templates have: a count that should be zero is not.

Any such count is a fault that somebody must see, so there are no thresholds to choose.
"""

from __future__ import annotations

from troposphere import AWSHelperFn, If, Ref
from troposphere.cloudwatch import Alarm, MetricDimension

FIVE_MINUTES = 300  # how often Lambda's and SQS's metrics are looked at where a minute more does no harm
Actions = list[Ref] | If  # whom the alarm tells


def above_zero(
    title: str,
    description: AWSHelperFn,
    metric: tuple[str, str],
    dimension: tuple[str, AWSHelperFn],
    actions: Actions,
    *,
    statistic: str = "Sum",
    period: int = FIVE_MINUTES,
) -> Alarm:
    """An alarm on `metric` (namespace and name) of `dimension` (name and value); `period` in seconds."""
    namespace, name = metric
    return Alarm(
        title,
        AlarmDescription=description,
        Namespace=namespace,
        MetricName=name,
        Dimensions=[MetricDimension(Name=dimension[0], Value=dimension[1])],
        Statistic=statistic,
        Period=period,
        EvaluationPeriods=1,
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
        AlarmActions=actions,
    )


def messages_waiting(
    title: str, description: AWSHelperFn, queue_name: AWSHelperFn, actions: Actions, *, period: int
) -> Alarm:
    """An alarm on a queue that is not empty.

    None tells that it ended: whoever reads a message hides it, and the alarm would call that mended.
    """
    metric, dimension = ("AWS/SQS", "ApproximateNumberOfMessagesVisible"), ("QueueName", queue_name)
    return above_zero(title, description, metric, dimension, actions, statistic="Maximum", period=period)
