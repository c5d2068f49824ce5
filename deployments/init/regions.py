"""Which Regions lack what a source needs: said before anything is made, with what can be done instead.

docs/regions-and-quotas.md has the same table, and a test holds the two together. A connection that is there works in
every Region that has the pipeline's action for it:
https://docs.aws.amazon.com/dtconsole/latest/userguide/welcome-connections-how-it-works-global.html
"""

from __future__ import annotations

from functools import cache

import boto3

from generator.settings import Source

# https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
WITHOUT_CONNECTIONS = frozenset(
    [
        *("af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-4"),
        *("ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "cn-north-1", "cn-northwest-1"),
        *("eu-central-2", "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1"),
    ]
)
WITHOUT_BUILDS = frozenset(["ap-east-2", "ca-west-1", "mx-central-1"])
WITHOUT_EDGE_FUNCTIONS = frozenset(["cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1"])


def problem_of(region: str, source: Source) -> str:
    """Why a site with this source cannot be in this Region; "" if it can."""
    if region not in known():
        near = [name for name in known() if name.rsplit("-", 1)[0] == region.rsplit("-", 1)[0]]
        meant = f": did you mean {', '.join(near)}?" if near else "; one is written like eu-central-1"
        return f"{region!r} is no Region of AWS{meant}"
    if region in WITHOUT_EDGE_FUNCTIONS:
        return f"{region} has no CloudFront Functions, which every site needs: choose another Region"
    edge = "Visitors are served from CloudFront's edges wherever the stack is"
    if source != "direct" and region in WITHOUT_BUILDS:
        return f"{region} has no CodeBuild: choose another Region, or the source direct. {edge}"
    if source == "git" and region in WITHOUT_CONNECTIONS:
        return f"{region} has no connections to Git hosts: choose another Region, or the source zip or direct. {edge}"
    return ""


@cache
def known() -> tuple[str, ...]:
    """All Regions that this version of boto3 knows."""
    session = boto3.session.Session()
    partitions = session.get_available_partitions()
    return tuple(name for one in partitions for name in session.get_available_regions("cloudformation", one))
