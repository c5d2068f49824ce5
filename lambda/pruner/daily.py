"""The pruner's handler: it prunes as its environment says, each day and after each switch."""

import json
import os
from typing import TYPE_CHECKING

import boto3

from contract import Answer, Request
from pruner.pruning import RUN_SECONDS, Line, Pruned, prune

if TYPE_CHECKING:
    from aws_types import LambdaContext

ENDING_SECONDS = 20  # of the time that is left: to say what was done, and to give the lock back


def handler(_event: object, context: "LambdaContext") -> Line:
    """Prune; each log line is JSON, the last one is the answer."""
    seconds = min(RUN_SECONDS, context.get_remaining_time_in_millis() / 1000 - ENDING_SECONDS)
    try:
        line = summary(as_told(seconds))
    except Exception as error:
        log({"outcome": "failed", "reason": repr(error)})
        raise
    log(line)
    return line


def as_told(seconds: float) -> Pruned:
    """Prune as the environment says."""
    keep, days = int(os.environ["KEEP"]), int(os.environ["KEEP_DAYS"])
    return prune(boto3.client("s3"), os.environ["SITE_BUCKET"], ask, keep, days, seconds=seconds, report=log)


def ask(request: Request) -> Answer:
    """The publisher's answer."""
    answer = boto3.client("lambda").invoke(FunctionName=os.environ["PUBLISHER"], Payload=json.dumps(request))
    body: Answer = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise RuntimeError(f"the publisher failed: {body}")
    return body


def summary(done: Pruned) -> Line:
    """What was done, in numbers."""
    return {
        "outcome": "pruned",
        "gone": len(done.gone),
        "leftovers": len(done.leftovers),
        "stays": len(done.stays),
        "objects": done.objects,
        "reason": done.reason,
    }


def log(line: Line) -> None:
    """One line; what a Lambda function prints is its log."""
    print(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
