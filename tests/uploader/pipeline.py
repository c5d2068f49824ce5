"""A build's end and the pipeline's action Upload as they ship, with CodePipeline's word in between."""

from __future__ import annotations

import hashlib
import io
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator import sources
from generator.sections.compiling import COMPILER_ENTRY
from local.cloud.build import action
from local.cloud.emulator import Emulator
from workbench.together import PACKER, UPLOADER

ARTIFACTS, SITE, PIPELINE, COMPILER = "artifact-bucket", "site-bucket", "pipeline", "compiler"
COMMIT = "c" * 40


@dataclass
class Execution:
    """One execution of a pipeline, of which all is as it should be until a test changes it."""

    aws: Emulator
    commit: str = COMMIT
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    build: str = field(default_factory=lambda: str(uuid.uuid4()))
    routing: str = "mixed"
    shared: str = "true"
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def archive(self) -> str:
        """The key of its archive."""
        return f"archives/{self.build}.tar"

    def pack(self, folder: Path) -> int:
        """End a build that has left `folder`; the exit status."""
        environment = {"ARTIFACT_BUCKET": ARTIFACTS, "CODEBUILD_BUILD_ID": f"p:{self.build}", "ROUTING": self.routing}
        return int(PACKER.main([str(folder)], environment))

    def leave(self, archive: bytes) -> None:
        """Be a build that has left these bytes, and exported what they are."""
        self.aws.shared("s3").put_object(Bucket=ARTIFACTS, Key=self.archive, Body=archive)
        self.tell(hashlib.sha256(archive).hexdigest())

    def tell(self, digest: str, **more: Any) -> None:
        """Let CodePipeline tell what was built."""
        about = {"CommitId": self.commit, "BranchName": "main", "CommitMessage": 'a "quoted" message'}
        source = about if self.commit != "zip" else {"VersionId": "3/L4kq.version"}
        built = action("Build", {"ARCHIVE_SHA256": digest}, f"p:{self.build}")
        self.aws.tell_execution(self.id, actions=[action("Source", source), built], **more)

    def packed(self, folder: Path) -> str:
        """Pack `folder` and let CodePipeline know; the digest."""
        assert self.pack(folder) == 0
        body = self.aws.shared("s3").get_object(Bucket=ARTIFACTS, Key=self.archive)["Body"].read()
        digest = hashlib.sha256(body).hexdigest()
        self.tell(digest)
        return digest

    def environment(self) -> dict[str, str]:
        """What the upload is told."""
        names = {"SITE_BUCKET": SITE, "ARTIFACT_BUCKET": ARTIFACTS, "PIPELINE": PIPELINE}
        names |= {"EXECUTION": self.id, "ROUTING": self.routing, "SHARED_FILES": self.shared}
        return {**names, "COMPILER": COMPILER, "FALLBACK": "auto", **self.settings}

    def upload(self) -> int:
        """Run the action Upload; the exit status."""
        make_compiler(self.aws)
        return int(UPLOADER.main(self.environment()))


def make_compiler(aws: Emulator) -> None:
    """The compiler as the template has it, unless it is there."""
    client, archive = aws.shared("lambda"), io.BytesIO()
    if client.list_functions()["Functions"]:
        return
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("index.py", sources.program(COMPILER_ENTRY))
    client.create_function(
        FunctionName=COMPILER,
        Runtime="python3.13",
        Handler="index.handler",
        Role="arn:aws:iam::000000000000:role/compiler",
        Code={"ZipFile": archive.getvalue()},
        Timeout=60,
    )
