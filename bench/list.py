"""How long `deployments list` takes with 2,500 deployments: python -m bench.list

The whole command, from start to end, against the emulator: 2,500 manifests of 160 files each, as many switches.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from generator import Settings, build_template
from generator.render import to_yaml
from local.cloud.emulator import start_emulator
from workbench import ROOT
from workbench.history import put_many
from workbench.site import deployed

DEPLOYMENTS = 2500
ROUNDS = 7
REQUIRED = 2.0  # seconds


def main() -> int:
    """Print the seconds; exit status 1 where they are more than the project demands."""
    template = to_yaml(build_template(Settings(source="direct")))
    with start_emulator() as emulator, deployed(emulator, template) as site:
        put_many(site, DEPLOYMENTS)
        times = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            command = [sys.executable, "-m", "deployments", "list"]
            run = subprocess.run(command, cwd=ROOT, env=emulator.environment(), check=True, capture_output=True)
            times.append(time.perf_counter() - started)
            assert len(run.stdout.splitlines()) == 20
    took = statistics.median(times)
    print(f"list of {DEPLOYMENTS:,} deployments, median of {ROUNDS}: {took:.2f} s (required: {REQUIRED:.0f})")
    return 0 if took < REQUIRED else 1


if __name__ == "__main__":
    sys.exit(main())
