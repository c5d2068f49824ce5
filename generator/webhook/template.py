"""The webhook template's table of contents; it is a stack of its own, as one door serves many sites."""

from __future__ import annotations

from troposphere import GetAtt, Output, Ref, Sub, Template

from generator.account import as_demanded
from generator.packaging import TRANSFORM
from generator.settings import Settings
from generator.version import __version__
from generator.webhook.door import build_door
from generator.webhook.parameters import CONDITIONS, HAS_STATUS, RULES, build_parameters
from generator.webhook.reporter import build_reporter

_DESCRIPTION = (
    "Instant Hosting %s (webhook): verifies what Git hosts, CMSs and deploy hooks send, and starts the named pipelines."
)


def build_webhook(settings: Settings | None = None) -> Template:
    """The template, ready to be rendered; of `settings` it takes the roles' and the tags."""
    # not by `assembly`: that adds groups of parameters, a site's dead letters and the pipeline, which are not in this
    settings = settings or Settings()
    template = Template(Description=_DESCRIPTION % __version__)
    template.set_version("2010-09-09")
    template.set_transform(TRANSFORM)
    for parameter in build_parameters():
        template.add_parameter(parameter)
    for title, rule in RULES.items():
        template.add_rule(title, rule)
    for title, condition in CONDITIONS.items():
        template.add_condition(title, condition)
    door = build_door()
    for resource in (*door, *build_reporter(door.table)):
        template.add_resource(as_demanded(resource, settings))
    template.add_output(_outputs())
    return template


def _outputs() -> list[Output]:
    return [
        Output(
            "WebhookUrl",
            Description="Senders post to this address, with the route's name behind it",
            Value=GetAtt("WebhookUrl", "FunctionUrl"),
        ),
        Output(
            "RoutesCommand",
            Description="Next step: write routes.json as docs/webhooks.md describes it, and store it with this command",
            Value=Sub(
                "aws ssm put-parameter --name ${RoutesParameter} --type String --overwrite --value file://routes.json"
            ),
        ),
        Output(
            "StatusLogName",
            Condition=HAS_STATUS,
            Description="This log says what Git hosts were told about commits, and why not",
            Value=Ref("StatusLog"),
        ),
        Output(
            "DeliveryTableName",
            Description="This table remembers for a year what was carried out",
            Value=Ref("DeliveryTable"),
        ),
    ]
