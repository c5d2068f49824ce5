"""Where failures go so that none is lost: a queue that keeps them, an alarm on it, and a topic that tells people."""

from __future__ import annotations

from typing import NamedTuple

from awacs import sns, sqs
from awacs.aws import Allow, ArnEquals, Condition, Principal, Statement, StringEquals
from troposphere import AWSHelperFn, GetAtt, If, NoValue, Ref, Sub
from troposphere.cloudwatch import Alarm
from troposphere.events import Rule
from troposphere.sns import SubscriptionResource, Topic, TopicPolicy
from troposphere.sqs import Queue, QueuePolicy

from generator.alarms import messages_waiting
from generator.iam import document
from generator.parameters.conditions import HAS_NOTIFICATION_EMAIL

_FOURTEEN_DAYS = 14 * 24 * 3600  # the longest that SQS keeps a message


class Failures(NamedTuple):
    failure_queue: Queue
    failure_alarm: Alarm


class Alerts(NamedTuple):
    topic: Topic
    subscription: SubscriptionResource
    topic_policy: TopicPolicy
    failure_queue: Queue
    failure_alarm: Alarm


def build_alerts() -> Alerts:
    """The failure queue with its alarm, and the topic with its optional e-mail subscription."""
    # Not encrypted with alias/aws/sns: that key's policy makes messages of CloudWatch and EventBridge disappear.
    # https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
    topic = Topic("NotificationTopic")
    from_alarms = Statement(
        Sid="Alarms",
        Effect=Allow,
        Principal=Principal("Service", "cloudwatch.amazonaws.com"),
        Action=[sns.Publish],
        Resource=[Ref(topic)],
        Condition=Condition(StringEquals("aws:SourceAccount", Ref("AWS::AccountId"))),
    )
    # No condition: EventBridge sends none of its keys to SNS, and a policy that asks for them drops every message.
    # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html
    from_rules = Statement(
        Sid="Rules",
        Effect=Allow,
        Principal=Principal("Service", "events.amazonaws.com"),
        Action=[sns.Publish],
        Resource=[Ref(topic)],
    )
    failures = build_failures(
        "FailureAlarm",
        Sub("A deployment could not start or go live. ${FailureQueue.QueueName} and the publisher log say why"),
        [Ref(topic)],
        period=60,
    )
    return Alerts(
        topic=topic,
        subscription=SubscriptionResource(
            "NotificationSubscription",
            Condition=HAS_NOTIFICATION_EMAIL,
            TopicArn=Ref(topic),
            Protocol="email",
            Endpoint=Ref("NotificationEmail"),
        ),
        topic_policy=TopicPolicy(
            "NotificationTopicPolicy", Topics=[Ref(topic)], PolicyDocument=document([from_alarms, from_rules])
        ),
        failure_queue=failures.failure_queue,
        failure_alarm=failures.failure_alarm,
    )


def build_failures(alarm: str, text: Sub, actions: list[Ref] | If, *, period: int) -> Failures:
    """The failure queue, and the alarm on it with the title `alarm`; `period` in seconds."""
    queue = Queue("FailureQueue", MessageRetentionPeriod=_FOURTEEN_DAYS, SqsManagedSseEnabled=True)
    return Failures(queue, messages_waiting(alarm, text, GetAtt(queue, "QueueName"), actions, period=period))


def build_dead_letters(alerts: Alerts | Failures, rules: list[Rule]) -> QueuePolicy:
    """What lets `rules`, and nothing else, put into the failure queue what they could not deliver."""
    send = Statement(
        Effect=Allow,
        Principal=Principal("Service", "events.amazonaws.com"),
        Action=[sqs.SendMessage],
        Resource=[GetAtt(alerts.failure_queue, "Arn")],
        Condition=Condition(ArnEquals("aws:SourceArn", [_arn(rule) for rule in rules])),
    )
    return QueuePolicy("FailureQueuePolicy", Queues=[Ref(alerts.failure_queue)], PolicyDocument=document([send]))


def _arn(rule: Rule) -> AWSHelperFn:
    arn = GetAtt(rule, "Arn")
    condition = rule.resource.get("Condition")
    return If(condition, arn, NoValue) if condition else arn
