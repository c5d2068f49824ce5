"""From the pipeline's event to the new page: a site of 100 files, deployed into the emulator, ten switches."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from generator import Settings, build_template
from generator.render import to_yaml
from local.cloud.emulator import start_emulator
from workbench import uploads
from workbench.site import GIT_PARAMETERS, VisitedStack, deployed

FILES, SWITCHES, DEMANDED = 100, 10, 0.5


def main() -> None:
    """Print the seconds between sending the event and the first answer with the new page."""
    with start_emulator() as emulator, tempfile.TemporaryDirectory() as folder:
        template = to_yaml(build_template(Settings(source="git")))
        with deployed(emulator, template, parameters={**GIT_PARAMETERS, "Framework": "static"}) as site:
            seconds = [switch(site, Path(folder), number) for number in range(SWITCHES)]
    found = statistics.median(seconds)
    print(f"event to page, {FILES} files, {SWITCHES} switches: median {found:.3f} s, worst {max(seconds):.3f} s")
    print(f"demanded under {DEMANDED} s: ratio {found / DEMANDED:.2f}")


def switch(site: VisitedStack, folder: Path, number: int) -> float:
    for index in range(FILES - 1):
        (folder / f"page-{index}.html").write_text(f"<p>{index} of {number}</p>")
    (folder / "index.html").write_text(f"<p>version {number}</p>")
    execution = str(uuid.uuid4())
    environment = {**os.environ, **site.emulator.environment(), "SITE_BUCKET": site.bucket, "ROUTING": "files"}
    environment |= {"COMMIT": uuid.uuid4().hex, "EXECUTION": execution, "CODEBUILD_BUILD_ID": f"b:{uuid.uuid4()}"}
    command = [sys.executable, uploads.PROGRAM, str(folder)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    start = time.perf_counter()
    site.send_success(execution, f"2026-05-01T10:00:{number:02}.000Z")
    while f"version {number}" not in site.get("/").text:
        assert time.perf_counter() - start < 30, "the page never came"
        time.sleep(0.005)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
