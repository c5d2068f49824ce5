"""What a cold start costs: the packaged functions against the inline publisher, import and first clients, in one run.

Each start is a process of its own on the functions' Python. boto3 comes with the runtime and is compiled there already;
a function's own code and libraries are compiled at each cold start, because Lambda's copy of them is read-only.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from generator import sources
from workbench import sam

STARTS = 15
# what each function does first: import its handler, and make the clients of its first request
FUNCTIONS = {
    "inline publisher": ("index", "index.client('s3'), index.client(index.KVS)"),
    "packaged publisher": (
        "publisher.direct",
        "publisher.aws.client('s3'), publisher.aws.client(publisher.aws.KVS)",
    ),
    "packaged webhook": (
        "door.entry",
        "[sys.modules['shared.aws'].client(s) for s in ('ssm', 'secretsmanager', 'dynamodb', 'codepipeline')]",
    ),
    "packaged status": (
        "reporter.entry",
        "[sys.modules['shared.aws'].client(s) for s in ('ssm', 'secretsmanager', 'dynamodb', 'codepipeline')]",
    ),
}
_MEASURE = """
import json, resource, sys, time
start = time.perf_counter()
import {module}
imported = time.perf_counter()
{clients}
ready = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([(imported - start) * 1000, (ready - start) * 1000, peak, len(sys.modules)]))
"""
COLUMNS = ("import, ms", "with clients, ms", "peak memory, MB", "modules")


def main() -> None:
    """Print the medians and their ratios to the inline publisher's."""
    with tempfile.TemporaryDirectory() as folder:
        places = _places(Path(folder))
        found: dict[str, list[list[float]]] = {name: [] for name in FUNCTIONS}
        for number in range(STARTS + 1):
            for name in FUNCTIONS:  # in turn, so that whatever else the machine does meets all of them
                figures = _start(name, places[name], Path(folder), is_first=number == 0)
                found[name] += [figures] if number else []
        megabytes = {name: _size(place) / 1e6 for name, place in places.items()}
    medians = {name: [statistics.median(column) for column in zip(*rows, strict=True)] for name, rows in found.items()}
    base = medians["inline publisher"]
    print(f"{STARTS} starts each, medians (ratio to the inline publisher); Python {sam.runtime().parent.name}")
    for name, row in medians.items():
        cells = [f"{column} {value:.0f} ({value / b:.2f})" for column, value, b in zip(COLUMNS, row, base, strict=True)]
        print(f"{name:20} {'  '.join(cells)}  package {megabytes[name]:.2f} MB")


def _places(folder: Path) -> dict[str, Path]:
    inline = folder / "inline"
    inline.mkdir()
    (inline / "index.py").write_text(sources.program("publisher.direct"))
    sam.link_runtime(folder / "runtime")
    webhook = sam.build("webhook", folder / "webhook").parent
    return {
        "inline publisher": inline,
        "packaged publisher": sam.build("direct-sam", folder / "publisher").parent / "Publisher",
        "packaged webhook": webhook / "Webhook",
        "packaged status": webhook / "Status",
    }


def _start(name: str, place: Path, folder: Path, *, is_first: bool) -> list[float]:
    module, clients = FUNCTIONS[name]
    compiled = folder / "compiled"
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{place}:{folder / 'runtime'}",
        "PYTHONPYCACHEPREFIX": str(compiled),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "POWERTOOLS_SERVICE_NAME": "webhook",
    }
    if not is_first:  # the runtime's are kept, the function's own are not
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        shutil.rmtree(compiled / place.relative_to("/"), ignore_errors=True)
    command = [str(sam.runtime() / "python3.13"), "-c", _MEASURE.format(module=module, clients=clients)]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    figures: list[float] = json.loads(done.stdout)
    return figures


def _size(place: Path) -> int:
    return sum(path.stat().st_size for path in place.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
