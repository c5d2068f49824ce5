"""How long a step usually takes at AWS, where somebody has published it; nothing here was measured.

Where no figure is public there is none: a guess would make people wait, or worry, for nothing.
"""

from __future__ import annotations

# AWS's DevOps blog on express mode, as quoted there: a CloudFront deployment takes 5 to 10 minutes, and is confirmed in
# less than one in express mode.
# https://cicd.deployment.to/cloudformation-express-mode-launches/
DISTRIBUTION = "usually 5 to 10 minutes"
_STANDARD = {
    "AWS::CloudFront::Distribution": DISTRIBUTION,
    # the same blog: a queue with a dead-letter queue takes 64 s, and 10 s in express mode
    # https://danguisinger.com/blog/cloudformation-express-mode-4x-faster-deployments/
    "AWS::SQS::Queue": "usually about a minute",
}


def usual(kind: str, *, express: bool) -> str:
    """How long CloudFormation usually takes with a resource of the type `kind`; "" if nobody says so."""
    return "" if express else _STANDARD.get(kind, "")
