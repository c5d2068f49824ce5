"""The command as a build runs it: exit status, one line for a failure, log lines, kills, and the bucket's own rule."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.uploader.killed import KILLED
from workbench import uploads

ROOT = Path(__file__).resolve().parents[2]
BUCKET = "site-bucket"
Make = Callable[..., Path]


def _run(site: Any, folder: Path, script: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    program = ["-c", script] if script else [uploads.PROGRAM]
    return subprocess.run(
        [sys.executable, *program, str(folder)],
        env={**os.environ, **site.environment, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("puts", [0, 1, 2, 21, 42, 43], ids=lambda puts: f"after-{puts}")
def test_a_killed_upload_leaves_no_manifest_and_the_next_one_is_complete(site: Any, make: Make, puts: int) -> None:
    files = {f"f{number}.txt": str(number) for number in range(20)}
    folder = make({**files, **{f"assets/f{number}-BdE8sX2_.js": str(number) for number in range(20)}})
    script = KILLED.format(root=str(ROOT), puts=puts)
    killed = _run(site, folder, script, EXECUTION="run-1", CODEBUILD_BUILD_ID="p:" + "1" * 16)
    assert killed.returncode == -9
    # the lease and 41 files come first, then the manifest; a killed execution is never pointed to
    assert (["manifests/" + "c" * 40 + "-" + "1" * 16 + ".json"] * (puts > 42), []) == (
        site.keys("manifests/"),
        site.keys("executions/"),
    )
    again = _run(site, folder, EXECUTION="run-1", CODEBUILD_BUILD_ID="p:" + "2" * 16)
    assert (again.returncode, again.stderr) == (0, "")
    identity = site.read("executions/run-1").decode()
    manifest = json.loads(site.read(f"manifests/{identity}.json"))
    assert (identity, manifest["files"], len(manifest["immutable"])) == ("c" * 40 + "-" + "2" * 16, 21, 20)
    assert len(site.keys(f"deployments/{identity}/")) == 21
    assert [f"immutable/{path}" for path in manifest["immutable"]] == site.keys("immutable/")


def test_a_refusal_uploads_nothing_and_says_so_in_one_line(site: Any, make: Make) -> None:
    result = _run(site, make({"_errors/404.html": "", "a.txt": ""}))
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(r"upload: '_errors/404\.html' cannot be published, .*rename the folder\n", result.stderr)
    assert site.keys() == []


def test_a_bucket_that_is_missing_is_named_by_the_request(site: Any, make: Make) -> None:
    result = _run(site, make(), SITE_BUCKET="another-bucket")
    assert result.returncode == 1
    assert re.fullmatch(r"upload: uploads/c+-[0-9a-f]+: .*NoSuchBucket.*\n", result.stderr)


def test_missing_credentials_are_one_line(make: Make) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "SITE_BUCKET": BUCKET,
        "ROUTING": "spa",
        "AWS_REGION": "us-east-1",
    }
    environment |= {
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": "/nonexistent",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    program = [sys.executable, uploads.PROGRAM, str(make())]
    result = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert re.fullmatch(r"upload: .*Unable to locate credentials\n", result.stderr)
