"""The local system's two promises: the first page soon after starting, and a publish of 500 files live soon."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from local.cloud.system import deployed
from local.commands.publication import publish
from workbench import ROOT

FIRST_PAGE, LIVE = 5.0, 2.0
FILES, PUBLISHES, STARTS = 500, 5, 3


def main() -> None:
    """Print the table."""
    print(f"{'what':52}{'median, s':>12}{'worst, s':>12}{'demanded':>12}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        row("python -m local: start to first page", [start() for _ in range(STARTS)], FIRST_PAGE)
        row(f"publish of {FILES} files, until it is live", publishes(Path(folder)), LIVE)


def row(what: str, seconds: list[float], demanded: float) -> None:
    found = statistics.median(seconds)
    print(f"{what:52}{found:12.2f}{max(seconds):12.2f}{demanded:12.2f}{found / demanded:8.2f}")


def start() -> float:
    """Seconds between the command and the page."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "local", str(ROOT / "tests" / "projects" / "plain"), "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    url = ""
    for line in process.stdout:
        if line.startswith("site:"):
            url = line.split()[1]
        if line.startswith("live:"):
            break
    assert b"Plain site" in urllib.request.urlopen(url).read()
    seconds = time.perf_counter() - began
    process.terminate()
    process.communicate()
    return seconds


def publishes(folder: Path) -> list[float]:
    """Seconds of publishing 500 changed files, until the store says so."""
    seconds = []
    with deployed() as stack:
        for number in range(PUBLISHES):
            for index in range(FILES - 1):
                (folder / f"page-{index}.html").write_text(f"<p>{index} of {number}</p>" + "x" * 2_000)
            (folder / "index.html").write_text(f"<p>{number}</p>")
            began = time.perf_counter()
            made = publish(stack, folder, "files")
            assert str(stack.live()).startswith(made.deployment)
            seconds.append(time.perf_counter() - began)
    return seconds


if __name__ == "__main__":
    main()
