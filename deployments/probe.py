"""A stack of its own to try things on: made from the direct template, and gone without a rest afterwards.

The live site is never touched, so `doctor` may publish broken states and look what a visitor gets.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import WaiterError

from deployments.cloud import Cloud
from deployments.command import Site
from deployments.errors import Failure
from deployments.output import Output
from deployments.stack import find_stack
from deployments.uploading import Upload

_WAIT = {"Delay": 2, "MaxAttempts": 900}  # 30 minutes; a distribution takes about five


class Probe:
    """A site to try things on."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def publish(self, files: Mapping[str, str], routing: str) -> str:
        """Make a site of `files` live; its ID."""
        with tempfile.TemporaryDirectory() as folder:
            for path, text in files.items():
                target = Path(folder) / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            upload = Upload(Path(folder), routing, {"commit": "probe"}, self.site.output)
            upload.run(self.site.stack.bucket)
        self.site.ask("publish", deployment=upload.id)
        return upload.id

    def put_bare(self, deployment: str, path: str, text: str) -> None:
        """Add a page without the metadata that the uploader gives to all of them."""
        key = f"deployments/{deployment}/{path}"
        page = {"Body": text.encode(), "ContentType": "text/html; charset=utf-8"}
        self.site.s3.put_object(Bucket=self.site.stack.bucket, Key=key, IfNoneMatch="*", **page)


@contextmanager
def probe(cloud: Cloud, output: Output) -> Iterator[Probe]:
    """A probe in this account and Region, deleted with all it holds when the block ends, however it ends."""
    name = f"instant-hosting-doctor-{os.urandom(4).hex()}"
    cloud = cloud._replace(site="", stack="")  # a local system's own site is not the probe
    formation = cloud.client("cloudformation")
    output.note(f"creating the stack {name}: a distribution takes about five minutes")
    formation.create_stack(StackName=name, TemplateBody=_template(), Capabilities=["CAPABILITY_IAM"])
    try:
        _wait(formation, "stack_create_complete", name)
        yield Probe(Site(cloud, find_stack(cloud, name), output))
    finally:
        output.note(f"deleting the stack {name}: about ten minutes, and nothing stays")
        try:
            _empty(cloud, formation, name)
            formation.delete_stack(StackName=name)
            _wait(formation, "stack_delete_complete", name)
        except BaseException:
            output.note(f"the stack {name} is still there: empty its bucket and delete it", "yellow")
            raise


def _template() -> str:
    """The direct template, but bucket and store go with the stack."""
    from generator import Settings, build_template  # late, because no other command needs the generator
    from generator.render import to_yaml

    template = build_template(Settings(source="direct"))
    for title in ("SiteBucket", "Store"):
        template.resources[title].DeletionPolicy = "Delete"
        template.resources[title].UpdateReplacePolicy = "Delete"
    return to_yaml(template)


def _wait(formation: Any, what: str, name: str) -> None:
    try:
        formation.get_waiter(what).wait(StackName=name, WaiterConfig=_WAIT)
    except WaiterError as error:
        raise Failure(f"{name}: {error}; `aws cloudformation describe-stack-events` says why") from None


def _empty(cloud: Cloud, formation: Any, name: str) -> None:
    found = formation.describe_stack_resources(StackName=name)["StackResources"]
    buckets = [item.get("PhysicalResourceId") for item in found if item["LogicalResourceId"] == "SiteBucket"]
    s3 = cloud.client("s3")
    for bucket in filter(None, buckets):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            keys = [{"Key": item["Key"]} for item in page.get("Contents", ())]
            if keys:
                s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})
