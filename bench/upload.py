"""How fast small files reach S3, ours and `aws s3 cp --recursive` side by side: python -m bench.upload

2,000 files of 0.5 to 6 kB, at 30 ms round trip: a proxy on the loopback holds every packet back for half of that in
each direction, in front of the emulator. `aws` runs with its default settings, in an environment of its own.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from local.cloud.emulator import Emulator, start_emulator
from workbench import ROOT, uploads
from workbench.distance import far_away

FILES = 2000
ROUND_TRIP = 0.030  # seconds
ROUNDS = 3
REQUIRED = 4.0
BUCKET = "site-bucket"
AWSCLI = "awscli==1.45.64"


def make_site(folder: Path) -> None:
    """Write `FILES` files in 20 folders, the same ones each time."""
    numbers = random.Random(1)
    for number in range(FILES):
        target = folder / f"section-{number % 20}" / f"page-{number}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(numbers.randbytes(numbers.randint(500, 6000)))
    (folder / "section-0" / "page-0.html").rename(folder / "index.html")


def aws_command() -> str:
    """Install the AWS CLI into an environment of its own, once; give its path."""
    folder = ROOT / ".tools" / "awscli"
    if not (folder / "bin" / "aws").exists():
        venv.create(folder, with_pip=True)
        subprocess.run(
            [str(folder / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", AWSCLI], check=True
        )
    return str(folder / "bin" / "aws")


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Run `command` to its end; give its wall time."""
    started = time.perf_counter()
    subprocess.run(command, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def measure(emulator: Emulator, folder: Path) -> tuple[float, float]:
    """Upload the site once with each; give both wall times in seconds."""
    environment = {"SITE_BUCKET": BUCKET, "ROUTING": "mixed", "AWS_CONFIG_FILE": os.devnull}
    ours = [sys.executable, uploads.PROGRAM, str(folder)]
    theirs = [aws_command(), "s3", "cp", "--recursive", "--only-show-errors", str(folder), f"s3://{BUCKET}/copy/"]
    times = []
    with far_away(emulator.port, ROUND_TRIP) as port:
        environment |= {**emulator.environment(), "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
        for command in (ours, theirs):
            emulator.reset()
            emulator.client("s3").create_bucket(Bucket=BUCKET)
            times.append(seconds(command, environment))
            found = emulator.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
            assert sum(page["KeyCount"] for page in found) >= FILES
    return times[0], times[1]


def main() -> int:
    """Print files a second of both, and the ratio; exit status 1 where it is below what the project demands."""
    with tempfile.TemporaryDirectory() as folder, start_emulator() as emulator:
        make_site(Path(folder))
        rounds = [measure(emulator, Path(folder)) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"{FILES:,} files of 0.5 to 6 kB, {ROUND_TRIP * 1000:.0f} ms round trip, median of {ROUNDS}")
    print(f"  uploader               {ours:6.1f} s  {FILES / ours:6.0f} files/s")
    print(f"  aws s3 cp --recursive  {theirs:6.1f} s  {FILES / theirs:6.0f} files/s")
    print(f"  ratio                  {theirs / ours:6.1f}    (required: {REQUIRED:.0f})")
    return 0 if theirs / ours >= REQUIRED else 1


if __name__ == "__main__":
    sys.exit(main())
