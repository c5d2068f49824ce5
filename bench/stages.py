"""From a build's end to the live page: packed and uploaded by an action of its own, and straight from the build.

Straight from the build is how it was before: the same code sends the files from the folder. Both are processes that
start here, in front of an emulated S3 on this machine, whose own speed limits both. What only AWS can tell (how long
an action waits, how its machine starts) is not in it. `python -m bench.stages [NAME ...]`: 100 2000 20000 large.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import NamedTuple

from generator import Settings, build_template, sources
from generator.buildspec import LIMIT, PACKER_ENTRY, UPLOADER_ENTRY, build_buildspec, upload_buildspec
from generator.render import to_yaml
from local.cloud.build import action
from local.cloud.emulator import start_emulator
from workbench import uploads
from workbench.site import GIT_PARAMETERS, VisitedStack, deployed

SITES = {"100": (100, 4_000), "2000": (2_000, 4_000), "20000": (20_000, 4_000), "large": (200, 5_000_000)}
# https://aws.amazon.com/codebuild/pricing/ and https://aws.amazon.com/codepipeline/pricing/ (us-east-1). Lambda's
# compute is counted as Lambda's own GB-second: compare that page before you count on it.
CONTAINER_MINUTE, LAMBDA_SECOND, ACTION_MINUTE, LAMBDA_GB = 0.005, 0.0000166667, 0.002, 2


class Ran(NamedTuple):
    """A process that has ended."""

    seconds: float
    megabytes: float  # at most in memory
    out: str


def main(names: list[str]) -> None:
    """Print the tables."""
    for name, text in (
        ("git build", build_buildspec(unpack_zip=False)),
        ("zip build", build_buildspec(unpack_zip=True)),
        ("upload", upload_buildspec()),
    ):
        print(f"buildspec of the {name}: {len(text):,} of {LIMIT:,} characters")
    row("site", "packed, s", "uploaded, s", "live, s", "MB", "before, s", "MB", "ratio", "USD")
    with start_emulator() as emulator, tempfile.TemporaryDirectory() as folder:
        template = to_yaml(build_template(Settings(source="git")))
        with deployed(emulator, template, parameters={**GIT_PARAMETERS, "Framework": "static"}) as site:
            for name in names or SITES:
                measure(site, name, make_site(Path(folder) / name, *SITES[name]))


def make_site(folder: Path, files: int, size: int) -> Path:
    """So many files of about so many bytes."""
    numbers = random.Random(1)
    for number in range(files):
        target = folder / f"section-{number % 20}" / f"page-{number}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(numbers.randbytes(numbers.randint(size // 2, size * 3 // 2)))
    (folder / "section-0" / "page-0.html").rename(folder / "index.html")
    return folder


def measure(site: VisitedStack, name: str, folder: Path) -> None:
    execution, build, commit = str(uuid.uuid4()), str(uuid.uuid4()), uuid.uuid4().hex + "0" * 8
    artifacts = site.resources["ArtifactBucket"]
    packed = run(
        *_program(PACKER_ENTRY),
        str(folder),
        ARTIFACT_BUCKET=artifacts,
        CODEBUILD_BUILD_ID=f"p:{build}",
        ROUTING="files",
        **of(site),
    )
    told = [action("Source", {"CommitId": commit}), action("Build", {"ARCHIVE_SHA256": packed.out}, f"p:{build}")]
    site.emulator.tell_execution(execution, actions=told)
    names = {"SITE_BUCKET": site.bucket, "ARTIFACT_BUCKET": artifacts, "PIPELINE": site.uuid}
    uploaded = run(*_program(UPLOADER_ENTRY), EXECUTION=execution, ROUTING="files", **names, **of(site))
    switched = live(site, execution, commit)
    other, execution = uuid.uuid4().hex + "0" * 8, str(uuid.uuid4())
    more = {"SITE_BUCKET": site.bucket, "ROUTING": "files", "COMMIT": other, "EXECUTION": execution}
    before = run(uploads.PROGRAM, str(folder), CODEBUILD_BUILD_ID=f"p:{uuid.uuid4()}", **more, **of(site))
    before_live = before.seconds + live(site, execution, other)
    sum_ = packed.seconds + uploaded.seconds + switched
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    usd = packed.seconds / 60 * CONTAINER_MINUTE + uploaded.seconds * LAMBDA_SECOND * LAMBDA_GB + ACTION_MINUTE
    cells = [f"{SITES[name][0]:,} files, {size / 1e6:,.1f} MB", f"{packed.seconds:.1f}", f"{uploaded.seconds:.1f}"]
    cells += [f"{sum_:.1f}", f"{uploaded.megabytes:.0f}", f"{before_live:.1f}", f"{before.megabytes:.0f}"]
    row(*cells, f"{sum_ / before_live:.2f}", f"{usd:.4f}")


def row(first: str, *cells: str) -> None:
    print(f"{first:24}" + "".join(f"{cell:>13}" for cell in cells), flush=True)


def of(site: VisitedStack) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], **site.emulator.environment()}


def _program(entry: str) -> tuple[str, str]:
    """How Python runs what ships."""
    return "-c", sources.program(entry)


def run(*arguments: str, **environment: str) -> Ran:
    """Run Python with these arguments to its end."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, out
    return Ran(time.perf_counter() - started, usage.ru_maxrss / 1024, out.strip())


def live(site: VisitedStack, execution: str, commit: str) -> float:
    """Seconds from the pipeline's event to the deployment in the store."""
    started = time.perf_counter()
    site.send_success(execution, time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()))
    while not str(site.live()).startswith(commit):
        assert time.perf_counter() - started < 300, site.log()
        time.sleep(0.02)
    return time.perf_counter() - started


if __name__ == "__main__":
    main(sys.argv[1:])
