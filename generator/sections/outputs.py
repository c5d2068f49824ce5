"""What the stack tells whoever deployed it: where the site is, and what to do next.

Apart from the other sections, because an output tells of several, and the commands find their way by these names.
"""

from __future__ import annotations

from troposphere import GetAtt, If, Join, Output, Ref, Select, Split, Sub

from contract import ZIP_KEY
from generator.parameters.conditions import HAS_DOMAIN
from generator.sections.alerts import Alerts
from generator.sections.delivery import Delivery, ZipSource
from generator.sections.direct import Direct
from generator.sections.edge import Edge
from generator.sections.publishing import pipeline_page
from generator.sections.storage import Storage
from generator.sections.workers import Worker
from generator.settings import HeaderSettings


def site_outputs(storage: Storage, edge: Edge, alerts: Alerts, publishing: Worker) -> list[Output]:
    """The outputs of every site; each name is a noun and what it is of the noun."""
    address = GetAtt(edge.distribution, "DomainName")
    name = If(HAS_DOMAIN, Select(0, Split(",", Ref("DomainNames"))), address)
    return [
        Output(
            "SiteUrl",
            Description="The site, or a note that nothing is live yet",
            Value=Join("", ["https://", name]),
        ),
        Output(
            "DnsTarget",
            Condition=HAS_DOMAIN,
            Description="Point each domain name here (alias A and AAAA in Route 53, CNAME elsewhere)",
            Value=address,
        ),
        Output("SiteBucketName", Description="Deployments, manifests and history", Value=Ref(storage.site_bucket)),
        Output("StoreArn", Description="Its key live says what is live", Value=GetAtt(storage.store, "Arn")),
        Output("PublisherName", Description="Makes deployments live", Value=Ref(publishing.function)),
        Output(
            "FailureQueueUrl",
            Description="What could not be published. Empty is good",
            Value=Ref(alerts.failure_queue),
        ),
        Output(
            "NotificationTopicArn",
            Description="Subscribe to hear of failures",
            Value=Ref(alerts.topic),
        ),
    ]


def pipeline_outputs(delivery: Delivery, zip_source: ZipSource | None) -> list[Output]:
    """The next steps of who has a pipeline."""
    page = Sub(pipeline_page(f"${{{delivery.pipeline.title}}}/view?region=${{AWS::Region}}"))
    if not zip_source:
        return [Output("PipelineUrl", Description="Next, push to the branch and watch it here", Value=page)]
    return [
        Output(
            "UploadCommand",
            Description="Next, zip the files of a site, built or not, and upload them with this command",
            Value=Sub(f"aws s3 cp {ZIP_KEY} s3://${{{zip_source.bucket.title}}}/{ZIP_KEY}"),
        ),
        Output("PipelineUrl", Description="Then watch the pipeline here", Value=page),
    ]


def direct_outputs(direct: Direct, headers: HeaderSettings) -> list[Output]:
    """The next step of who uploads without a pipeline, and what the command line must know of the stack."""
    assets = Output("RulesOnAssets", Description="Rules hold for stylesheets, images and scripts too", Value="true")
    return [
        *([assets] if headers.assets else []),
        Output(
            "DeployPolicyArn",
            Description="Next, attach it to the role of your CI and publish as the README says",
            Value=Ref(direct.deploy_policy),
        ),
    ]
