"""What generating costs: sizes of template and buildspec, wall time of a fresh process, size of an installation."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generator import Settings, build_template, sources
from generator.buildspec import LIMIT, build_buildspec, upload_buildspec
from generator.render import to_yaml
from generator.settings import SOURCES
from instant_hosting.limits import TEMPLATE_LIMIT

ROOT = Path(__file__).resolve().parent.parent
EDGE_LIMIT = 10_240


def main() -> None:
    """Print the table."""
    row("what", "measured", "demanded", "ratio")
    for source in SOURCES:
        size = len(to_yaml(build_template(Settings(source=source))).encode())
        row(f"{source} template, bytes", f"{size:,}", f"{TEMPLATE_LIMIT:,}", f"{size / TEMPLATE_LIMIT:.2f}")
    for name, unpack in (("git", False), ("zip", True)):
        size = len(build_buildspec(unpack_zip=unpack))
        row(f"{name} build's buildspec, characters", f"{size:,}", f"{LIMIT:,}", f"{size / LIMIT:.2f}")
    size = len(upload_buildspec())
    row("upload's buildspec, characters", f"{size:,}", f"{LIMIT:,}", f"{size / LIMIT:.2f}")
    for name in ("router", "finisher"):
        size = len(sources.edge(f"function/{name}.js").encode())
        row(f"{name}, bytes", f"{size:,}", f"{EDGE_LIMIT:,}", f"{size / EDGE_LIMIT:.2f}")
    seconds = wall("deployments", "--help")
    row("deployments --help, median of 7, s", f"{seconds:.3f}", "0.250", f"{seconds / 0.25:.2f}")
    seconds = wall("generator")
    row("python -m generator, median of 7, s", f"{seconds:.3f}", "0.300", f"{seconds / 0.3:.2f}")
    megabytes = installation()
    row("install for generating, MB", f"{megabytes:.1f}", "60.0", f"{megabytes / 60:.2f}")


def row(*cells: str) -> None:
    print(f"{cells[0]:40}" + "".join(f"{cell:>12}" for cell in cells[1:]))


def wall(*command: str) -> float:
    """Seconds of a fresh process that runs it: the median of seven, after one that warms the disk."""
    runs = []
    for _ in range(8):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=True, capture_output=True)
        runs.append(time.perf_counter() - start)
    return statistics.median(runs[1:])


def installation() -> float:
    """Megabytes of a new environment with what generating needs, pip itself included."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [f"{folder}/bin/python", "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
        subprocess.run([*pip, str(ROOT)], check=True)
        return sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / 1e6


if __name__ == "__main__":
    main()
