"""What the stack tells whoever deployed it: where the site is, and what to do next."""

from __future__ import annotations

from troposphere import GetAtt, If, Join, Output, Ref, Select, Split, Sub

from generator.sections.delivery import ZIP_KEY
from generator.settings import Source

_CONSOLE = "https://${AWS::Region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${Pipeline}/view?region=${AWS::Region}"


def build_outputs(source: Source) -> list[Output]:
    """The outputs; every name is a noun and what it is of the noun."""
    name = If("HasDomain", Select(0, Split(",", Ref("DomainNames"))), GetAtt("Distribution", "DomainName"))
    outputs = [
        Output(
            "SiteUrl",
            Description="The site, or a note that nothing is live yet",
            Value=Join("", ["https://", name]),
        ),
        Output(
            "DnsTarget",
            Condition="HasDomain",
            Description="Point each domain name here (alias A and AAAA in Route 53, CNAME elsewhere)",
            Value=GetAtt("Distribution", "DomainName"),
        ),
        Output("SiteBucketName", Description="Deployments, manifests and history", Value=Ref("SiteBucket")),
        Output("StoreArn", Description="Its key live says what is live", Value=GetAtt("Store", "Arn")),
        Output("PublisherName", Description="Makes deployments live", Value=Ref("Publisher")),
        Output("FailureQueueUrl", Description="What could not be published. Empty is good", Value=Ref("FailureQueue")),
        Output(
            "NotificationTopicArn",
            Description="Subscribe to hear of failures",
            Value=Ref("NotificationTopic"),
        ),
    ]
    return [*outputs, *_NEXT[source]()]


def _git() -> list[Output]:
    return [
        Output("PipelineUrl", Description="Next, push to the branch and watch it here", Value=Sub(_CONSOLE)),
    ]


def _zip() -> list[Output]:
    return [
        Output(
            "UploadCommand",
            Description="Next, zip the files of a site, built or not, and upload them with this command",
            Value=Sub(f"aws s3 cp {ZIP_KEY} s3://${{SourceBucket}}/{ZIP_KEY}"),
        ),
        Output("PipelineUrl", Description="Then watch the pipeline here", Value=Sub(_CONSOLE)),
    ]


def _direct() -> list[Output]:
    return [
        Output(
            "DeployPolicyArn",
            Description="Next, attach it to the role of your CI and publish as the README says",
            Value=Ref("DeployPolicy"),
        ),
    ]


_NEXT = {"git": _git, "zip": _zip, "direct": _direct}
