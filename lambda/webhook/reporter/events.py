"""What reaches the reporter, as EventBridge hands it over: what a pipeline did, or what a publisher decided.

Only the members that are read. The rooms of the webhook ship without `documents`, where the publisher has its own.
https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
"""

from __future__ import annotations

from typing import TypedDict

# Of a pipeline `state` and `execution-id`, of a decision all else (docs/requests.md); `pipeline` of both
StatusDetail = TypedDict(
    "StatusDetail",
    {
        "pipeline": str,
        "state": str,
        "execution-id": str,
        "execution": str,
        "outcome": str,
        "reason": str,
        "action": str,
        "by": str,
        "commit": str,
        "after": str,
    },
    total=False,
)
StatusEvent = TypedDict(
    "StatusEvent",
    {"id": str, "source": str, "detail-type": str, "time": str, "region": str, "detail": StatusDetail},
)


class Revision(TypedDict, total=False):
    """Of what an execution was made: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ArtifactRevision.html"""

    name: str  # of the artifact
    revisionId: str
    revisionUrl: str
