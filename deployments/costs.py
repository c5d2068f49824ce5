"""What an examination by `doctor` costs at most, item by item; free tiers are not counted.

It is said before anything is made, because somebody else may pay the bill. Prices are those of us-east-1. Other
Regions charge up to twice as much for CodeBuild and the same for the rest.
"""

from __future__ import annotations

from typing import NamedTuple


class Item(NamedTuple):
    """So many at most, at USD `each`."""

    what: str
    number: int
    each: float


# https://aws.amazon.com/cloudfront/pricing/ (KeyValueStore: API operations; requests over HTTPS). The store's calls are
# the largest part: USD 1 for 1,000, as somebody's bill says who asked why (https://github.com/anomalyco/sst/issues/5720).
_ALWAYS = (
    Item("calls of the store's API", 350, 0.001),
    Item("requests to CloudFront", 3000, 0.000001),
    # https://aws.amazon.com/s3/pricing/ (PUT and LIST)
    Item("requests to S3", 500, 0.000005),
)
_PIPELINE = (
    # https://aws.amazon.com/codepipeline/pricing/ (V2; each action is rounded up to a minute)
    Item("action minutes of CodePipeline", 20, 0.002),
    # https://aws.amazon.com/codebuild/pricing/ (general1.small)
    Item("minutes of CodeBuild", 12, 0.005),
)


def items(source: str) -> tuple[Item, ...]:
    """What is paid for."""
    return _ALWAYS + (_PIPELINE if source == "zip" else ())


def bill(source: str) -> str:
    """The sum, and what it is made of, in one line."""
    parts = [f"{item.number:,} {item.what} {item.number * item.each:.3f}" for item in items(source)]
    return f"at most USD {sum(item.number * item.each for item in items(source)):.2f} ({', '.join(parts)})"
