"""What each resource of a template is to its owner, and what somebody notices when a new one takes its place.

It is a table, because CloudFormation says `Modify, Replacement: True` of a lost cache and of a lost site alike.
"""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """A resource in a person's words.

    what: what it is, and what for
    replaced: what is noticed when a new one takes its place; "" if nothing is
    removed: what is noticed when it is taken away; "" if nothing is
    helper: whether it only serves another one, so that a list of what is new need not name it
    """

    what: str
    replaced: str = ""
    removed: str = ""
    helper: bool = False


# By logical ID: what only this one is.
_NAMED: dict[str, Meaning] = {
    "SiteBucket": Meaning(
        "the site's bucket, in which all deployments lie",
        "the new one is empty: visitors get 404 until you publish again, and no rollback reaches the old deployments",
        "visitors get errors",
    ),
    "Store": Meaning(
        "the store, which says what is live",
        "the new one is empty: nothing is live, and visitors read `No deployment yet` until you publish or promote",
        "visitors read `No deployment yet`",
    ),
    "Distribution": Meaning(
        "the distribution, through which visitors come",
        "the new one has another address (...cloudfront.net): DNS records must point there, and the old address ends",
        "the site's address ends",
    ),
    "RouterFunction": Meaning("the function that finds the file for an address"),
    "PinFunction": Meaning("the function that keeps an open page with its own version"),
    "SiteAccess": Meaning("the access of CloudFront to the bucket"),
    "Publisher": Meaning(
        "the publisher, which makes deployments live",
        "it has another name: give it to whatever asks it by name. What is live stays",
        "nothing can be made live any more",
    ),
    "Compiler": Meaning("the compiler, which reads the site's rules"),
    "Pipeline": Meaning(
        "the pipeline",
        "the new one runs at once and begins its own history. Whatever names its ARN, such as a webhook, needs the new "
        "one. What is live stays",
        "pushes and uploads are not published any more. What is live stays",
    ),
    "BuildProject": Meaning("the build", removed="nothing is built any more"),
    "UploadProject": Meaning("the upload after a build", removed="nothing is uploaded any more"),
    "ArtifactBucket": Meaning(
        "the bucket for what a pipeline hands from stage to stage",
        "old runs of the pipeline cannot be retried, and the first build has no cache",
        "old runs of the pipeline cannot be retried",
    ),
    "SourceBucket": Meaning(
        "the bucket that you upload site.zip to",
        "it has another name: the output UploadCommand says it. Upload site.zip again",
        "site.zip cannot be uploaded any more",
    ),
    "DeployPolicy": Meaning(
        "the policy for your CI",
        "it has another ARN: attach it to your CI's role again, or it cannot publish",
        "your CI cannot publish any more",
    ),
    "NotificationTopic": Meaning(
        "the topic for messages to you",
        "what you subscribed to the old one hears nothing: subscribe again, and confirm the mail",
        "nobody is told of failures any more",
    ),
    "NotificationSubscription": Meaning(
        "your subscription by mail", "you must confirm a new mail", "mails about failures end"
    ),
    "FailureQueue": Meaning(
        "the queue for what could not be published", "what waits in the old one is lost", "failures are kept nowhere"
    ),
    "FailureAlarm": Meaning("the alarm on failures", removed="nobody is told of failures any more"),
    "PublishRule": Meaning("the rule that publishes after a green build", removed="green builds are not published"),
    "RequestRule": Meaning("the rule that lets events ask the publisher", removed="requests by event are not heard"),
    "DecisionRule": Meaning("the rule that tells you of decisions", removed="nobody is told of decisions any more"),
    "FailureRule": Meaning("the rule that tells you of failed builds", removed="nobody is told of failed builds"),
    "SourceRule": Meaning("the rule that starts the pipeline after an upload", removed="uploads start nothing"),
    "PublisherCi": Meaning("the way by which your CI asks the publisher", removed="your CI cannot publish any more"),
    "PublisherWebhook": Meaning("the way by which a webhook asks the publisher", removed="webhooks are refused"),
    "PublisherPruner": Meaning("the way by which the pruner asks the publisher", helper=True),
    "PublisherAlarm": Meaning("the way by which an alarm asks the publisher", removed="alarms roll nothing back"),
    # operations
    "Pruner": Meaning("the pruner, which deletes old deployments", removed="old deployments are not deleted any more"),
    "Messenger": Meaning("the messenger, which writes mails that people read", removed="mails are AWS's own again"),
    "Dashboard": Meaning("the dashboard in CloudWatch", "it has another address", "its graphs are gone"),
    "PruneDailyRule": Meaning("the rule that prunes each day", removed="nothing is pruned by day"),
    "PruneSwitchRule": Meaning("the rule that prunes after a switch", removed="nothing is pruned after a switch"),
    "RollbackRule": Meaning("the rule that rolls back on your alarm", removed="your alarm rolls nothing back"),
    "PublisherErrorAlarm": Meaning("the alarm on the publisher's errors", removed="nobody is told of its errors"),
    "PrunerErrorAlarm": Meaning("the alarm on the pruner's errors", removed="nobody is told of its errors"),
    # the webhook's stack
    "Webhook": Meaning("the webhook", "it has another address: give it to each sender", "senders get an error"),
    "Status": Meaning("the reporter of a commit's status", removed="commits show no status any more"),
    "DeliveryTable": Meaning("the table of deliveries", "a delivery that is sent twice counts twice for once"),
    "WebhookAlarm": Meaning("the alarm on the webhook's errors", removed="nobody is told of its errors"),
    "StatusAlarm": Meaning("the alarm on the reporter's errors", removed="nobody is told of its errors"),
}

# By what the name ends with: what serves another resource. `%s` is that one.
_SERVING: dict[str, Meaning] = {
    "Role": Meaning("the rights of %s", helper=True),
    "Log": Meaning("the log of %s", "old lines are in the old log only, which goes", "its old lines go", helper=True),
    "Retries": Meaning("how often %s is tried again", helper=True),
    "Permission": Meaning("the leave for events to reach %s", helper=True),
    "Policy": Meaning("who may use %s", helper=True),
    "StatusRule": Meaning("the rule that tells the reporter of %s", helper=True),
}

# By type: what no table of ours names, because an older or a newer template made it.
_KINDS: dict[str, Meaning] = {
    "AWS::S3::Bucket": Meaning("a bucket", "the new one is empty", "what lies in it goes, unless it is kept"),
    "AWS::IAM::Role": Meaning("a role", helper=True),
    "AWS::Logs::LogGroup": Meaning("a log", "its old lines go", "its old lines go", helper=True),
}


def meaning(name: str, kind: str) -> Meaning:
    """What the resource `name` of the type `kind` is; of one that no table knows its name and type."""
    if found := _NAMED.get(name):
        return found
    for end, serving in _SERVING.items():
        if name.endswith(end) and name != end:
            return serving._replace(what=serving.what % _served(name.removesuffix(end)))
    return _KINDS.get(kind, Meaning("a resource"))._replace(what=f"{name} ({kind.removeprefix('AWS::')})")


def rank(name: str) -> int:
    """How near the resource is to visitors: the tables begin with what they see."""
    return list(_NAMED).index(name) if name in _NAMED else len(_NAMED)


def _served(name: str) -> str:
    """The resource that another one serves, in words."""
    named = _NAMED.get(name) or _NAMED.get(f"{name}Project") or _NAMED.get(f"{name}Rule") or _NAMED.get(f"{name}Alarm")
    return named.what.partition(",")[0] if named else f"{name.lower()}"
