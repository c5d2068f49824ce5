"""Deploys a template of ours into the emulator and plays what surrounds it: the build, the event, the visitor.

The emulator has the resources, but nothing in it makes a build run or a visitor come.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import TypeVar

from local.cloud.build import Build
from local.cloud.emulator import Emulator
from local.cloud.stack import Stack, deploy
from workbench import uploads

__all__ = [
    "CONNECTION",
    "GIT_PARAMETERS",
    "Answer",
    "Build",
    "VisitedStack",
    "deploy_visited",
    "deployed",
    "until",
    "upload",
]

T = TypeVar("T")

CONNECTION = "arn:aws:codeconnections:us-east-1:111122223333:connection/01234567-89ab-cdef-0123-456789abcdef"
GIT_PARAMETERS = {"ConnectionArn": CONNECTION, "Repository": "example/website"}


@dataclass(frozen=True)
class Answer:
    """What a visitor got."""

    status: int
    headers: Message
    text: str


@dataclass(frozen=True)
class VisitedStack(Stack):
    """A deployed stack with its visitors."""

    def get(self, path: str, **headers: str) -> Answer:
        """What a visitor gets for `path`; header names are written with `_` for `-`."""
        request = urllib.request.Request(self.emulator.url + path)
        viewer = {"Host": self.domain, "X-Forwarded-Proto": "https"}  # how the emulator knows TLS from plain HTTP
        for name, value in {**viewer, **headers}.items():
            request.add_header(name.replace("_", "-"), value)
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(request, timeout=30) as response:
                return Answer(response.status, response.headers, response.read().decode(errors="replace"))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read().decode(errors="replace"))


def deploy_visited(
    emulator: Emulator,
    template: str,
    name: str = "site",
    parameters: Mapping[str, str] | None = None,
    region: str = "us-east-1",
) -> VisitedStack:
    """The stack, for as long as the emulator runs."""
    return VisitedStack(**vars(deploy(emulator, template, name, parameters, region)))


@contextmanager
def deployed(
    emulator: Emulator,
    template: str,
    name: str = "site",
    parameters: Mapping[str, str] | None = None,
    region: str = "us-east-1",
) -> Iterator[VisitedStack]:
    """The stack, deleted when the block ends."""
    site = deploy_visited(emulator, template, name, parameters, region)
    try:
        yield site
    finally:
        emulator.client("cloudformation", region=region).delete_stack(StackName=name)


def upload(site: VisitedStack, folder: Path, text: str, **variables: str) -> str:
    """A complete deployment of one page, by the shipped uploader; its ID. `variables` are what CodeBuild would set."""
    folder.mkdir(exist_ok=True)
    (folder / "index.html").write_text(f"<p>{text}</p>")
    environment = {
        **site.emulator.environment(),
        "SITE_BUCKET": site.bucket,
        "ROUTING": "files",
        "PATH": "/usr/bin:/bin",
    }
    before = set(site.keys("manifests/"))
    subprocess.run(
        [sys.executable, uploads.PROGRAM, str(folder)],
        env=environment | variables,
        check=True,
        capture_output=True,
        timeout=60,
    )
    (manifest,) = set(site.keys("manifests/")) - before
    return Path(manifest).stem


def until(look: Callable[[], T], is_it: Callable[[T], bool], seconds: float = 60) -> T:
    """What `look` gives as soon as `is_it` agrees; an `AssertionError` with the last of it after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if is_it(seen):
            return seen
        assert time.monotonic() < end, f"still {seen!r} after {seconds} seconds"
        time.sleep(0.02)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: object) -> None:
        return None
