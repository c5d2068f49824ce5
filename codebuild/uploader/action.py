"""Uploads what a build has packed as a new deployment: the pipeline's action Upload.

It takes no word of the build for it: strangers' code ran there. Which archive, and what its digest was, it asks of
CodePipeline. Nothing is created before all is compared. Standard library and boto3 only, joined with the files that
it imports; it runs on every Python from 3.9 on.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from content.files import File, UploadError, printable
from content.identity import deployment_id
from content.plan import Plan, make_plan, site_of
from contract import Compiled
from uploader.archive import files_of_archive
from uploader.client import connect
from uploader.compiling import compiled_by
from uploader.deployment import upload
from uploader.execution import Built, built, target_of
from uploader.fetching import fetch
from uploader.pointers import complete, made_before, point

if TYPE_CHECKING:
    from aws_types import S3Client

_PROGRESS_SECONDS = 3  # between two lines of progress: whoever follows a log sees that it goes on
_COMPLETE = "it was complete already"


class _Progress:
    """Counts the files, and prints a line now and then."""

    def __init__(self, plan: Plan) -> None:
        self.files = self.size = self.new = 0
        self._all, self._total = len(plan.files), sum(file.size for file in plan.files.values())
        self._shown = time.monotonic()

    def __call__(self, more: int, written: bool) -> None:
        self.files += 1
        self.size += more
        self.new += written
        if time.monotonic() > self._shown + _PROGRESS_SECONDS:
            self._shown = time.monotonic()
            counts = f"{self.files:,} of {self._all:,} files, {self.size / 1e6:,.1f} of {self._total / 1e6:,.1f} MB"
            print("uploaded", counts, flush=True)


def of_build(s3: S3Client, bucket: str, found: Built, environment: dict[str, str]) -> tuple[str, str]:
    """The deployment of what was built, uploaded unless it is complete, and what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "archive.tar"
        wanted = deployment_id(found.facts["commit"], fetch(environment["ARTIFACT_BUCKET"], found, place))
        if made := complete(s3, bucket, wanted):
            return made, _COMPLETE
        files, shared = files_of_archive(place), environment.get("SHARED_FILES") != "false"
        plan = make_plan(files, environment["ROUTING"])
        compiled, progress = _compiled(files, plan, environment, shared), _Progress(plan)
        made, warnings = upload(s3, bucket, plan, compiled, {"id": wanted, **found.facts}, progress, shared)
    for warning in warnings:
        print("warning:", warning)
    return made, f"files: {progress.new:,} uploaded, {progress.files - progress.new:,} reused"


def _compiled(files: Mapping[str, File | None], plan: Plan, environment: Mapping[str, str], shared: bool) -> Compiled:
    """The routing table, as the parameters and settings in the environment want it."""
    fallback = environment["FALLBACK"] if environment["FALLBACK"] != "auto" else ""
    site = site_of(
        files, plan, fallback=fallback, assets="ASSETS" in environment, shared=shared, lenient="LENIENT" in environment
    )
    return compiled_by(environment["COMPILER"], site)


def run(environment: dict[str, str]) -> str:
    """Upload what the execution has built, unless that is done; give the line that tells it."""
    started = time.monotonic()
    names = "SITE_BUCKET", "PIPELINE", "EXECUTION", "ARTIFACT_BUCKET", "ROUTING", "COMPILER", "FALLBACK"
    bucket, pipeline, execution, *_ = values = [environment.get(name, "") for name in names]
    if not all(values) or not re.fullmatch("[0-9a-f-]{36}", execution):
        raise UploadError(f"usage: {'=... '.join(names)}=... python3 uploader.py")
    s3, client = connect(), boto3.client("codepipeline")
    target = target_of(client, pipeline, execution)
    made, what = made_before(s3, bucket, execution, target), _COMPLETE
    if not made:
        made, what = of_build(s3, bucket, built(client, pipeline, target), environment)
    point(s3, bucket, execution, made)
    return f"deployment {made}: {what}, {time.monotonic() - started:.1f} seconds"


def main(environment: dict[str, str]) -> int:
    """Upload what `environment` names; give the exit status."""
    try:
        print(run(environment))
    except Exception as error:  # whatever it is, an action's failure is one line
        print("uploader:", printable(str(error) or repr(error)), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
