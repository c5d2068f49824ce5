"""What two templates mean, resolved for every combination of their conditions, and what differs.

Resolved, because templates whose texts differ may mean the same, and a condition can hide what they do not share.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from workbench.compare.differences import Difference, differences
from workbench.resolve import TRUE, combinations, resolve

_ARN = "arn:aws:{}:eu-central-1:111122223333:{}"
# For each condition of the webhook's template, parameters that make it true
_WEBHOOK_TRUE = {
    "HasStatus": {"StatusPipelineArns": _ARN.format("codepipeline", "site")},
    "HasPipelines": {"PipelineArns": _ARN.format("codepipeline", "site")},
    "HasPublishers": {"PublisherArns": _ARN.format("lambda", "function:site:webhook")},
    "HasConcurrencyLimit": {"ConcurrencyLimit": "5"},
    "HasNotificationTopic": {"NotificationTopicArn": _ARN.format("sns", "operations")},
}


class Found(NamedTuple):
    """A difference, in which template it is, and in how many of the combinations of its conditions."""

    template: str
    difference: Difference
    seen: int = 1
    of: int = 1

    @property
    def share(self) -> str:
        return "" if self.seen == self.of else f" ({self.seen} of {self.of} combinations)"


def compare(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Found]:
    """What two templates do not share, as they are written and as they are resolved."""
    if json.dumps(before) == json.dumps(after):
        return []
    found = [Found(name, one) for one in differences(_written(before), _written(after))]
    chosen = list(_choices(before, after))
    seen: dict[Difference, int] = {}
    for parameters in chosen:
        # the partition in which `arn:aws:` written out shows
        for one in differences(_resolved(before, parameters), _resolved(after, parameters)):
            seen[one] = seen.get(one, 0) + 1
    return found + [Found(name, one, times, len(chosen)) for one, times in seen.items()]


def _written(template: Mapping[str, Any]) -> dict[str, Any]:
    """All but what is resolved."""
    outputs = {
        title: {key: value for key, value in output.items() if key != "Value"}
        for title, output in template["Outputs"].items()
    }
    return {**{key: value for key, value in template.items() if key != "Resources"}, "Outputs": outputs}


def _resolved(template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    own = {key: value for key, value in parameters.items() if key in template["Parameters"]}
    found = resolve(_with_what_sam_makes(template), "aws-cn", **own)
    for resource in found.resources.values():
        if isinstance(resource.get("DependsOn"), list):
            resource["DependsOn"] = sorted(resource["DependsOn"])  # they have no order
    return {"Resources": found.resources, "Outputs": {title: {"Value": one} for title, one in found.outputs.items()}}


def _with_what_sam_makes(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template with the function URLs, which SAM makes of a function's property and an output may name."""
    resources = template["Resources"]
    urls = {f"{title}Url": {"Type": "AWS::Lambda::Url"} for title, one in resources.items() if _has_url(one)}
    return {**template, "Resources": {**resources, **urls}}


def _has_url(resource: Mapping[str, Any]) -> bool:
    return "FunctionUrlConfig" in resource.get("Properties", {})


def _choices(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    conditions = {**before.get("Conditions", {}), **after.get("Conditions", {})}
    unknown = set(conditions) - set(TRUE) - set(_WEBHOOK_TRUE)
    if unknown:
        raise SystemExit(f"compare: say in TRUE what makes these conditions true: {', '.join(sorted(unknown))}")
    return combinations({"Conditions": conditions}, TRUE | _WEBHOOK_TRUE)
