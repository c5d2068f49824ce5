"""What a build's cache saves and costs: python -m bench.cache [PROJECT ...]

Each project is installed and built twice by `auto` with a home of its own: without anything, then with what the first
build's cache brings. Saving and restoring are a plain tar on this disk: how long S3 takes, only AWS can tell. So it is
with downloads: the registry that is asked from here is not as near or as fast as it is from AWS.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from generator.buildspec import PACKAGES, RESULTS
from local.cloud import toolbox
from workbench import ROOT

PROJECTS = ("vite", "starlight", "next")
MANAGERS = {"npm": "", "pnpm": "pnpm@10.34.9", "yarn": "yarn@4.9.1"}


class Build(NamedTuple):
    """Seconds of a build, and what it leaves for the next one: MB, and seconds to save that."""

    restored: float
    installed: float
    built: float
    packages: float
    saved: float
    results: float
    results_saved: float


def run(command: str, folder: Path, environment: dict[str, str]) -> float:
    """Run it to its end; the seconds that it took."""
    started = time.perf_counter()
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command], cwd=folder, env=environment, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{command} in {folder}:\n{(done.stdout + done.stderr).decode(errors='replace')[-3000:]}")
    return time.perf_counter() - started


def kept(paths: tuple[str, ...], home: Path, project: Path) -> list[str]:
    """The folders that a cache with these paths has, where there are any."""
    found = []
    for path in paths:
        place = path.removesuffix("/**/*")
        if place.startswith("/root/"):
            found += [home / place.removeprefix("/root/")]
        else:
            found += [project / place.removeprefix("**/")]
    return [str(one) for one in found if one.is_dir()]


def save(folders: list[str], archive: Path) -> tuple[float, float]:
    """Seconds and MB of an archive of these folders."""
    listed = " ".join(f"'{folder}'" for folder in folders) or "--files-from /dev/null"
    seconds = run(f"tar -cPf '{archive}' {listed}", archive.parent, dict(os.environ))
    return seconds, archive.stat().st_size / 1e6


def prepare(name: str, manager: str, folder: Path, environment: dict[str, str]) -> None:
    """The project with the lock file of this manager."""
    shutil.copytree(ROOT / "tests" / "projects" / name, folder, ignore=shutil.ignore_patterns("node_modules"))
    if manager == "npm":
        return
    package = json.loads((folder / "package.json").read_text())
    package |= {"packageManager": MANAGERS[manager], "resolutions": package.pop("overrides", {})}
    (folder / "package.json").write_text(json.dumps(package))
    if manager == "yarn":
        (folder / ".yarnrc.yml").write_text("enableTelemetry: false\nnodeLinker: node-modules\n")
    if manager == "yarn":
        (folder / "package-lock.json").unlink()
    else:
        run(f"npm i -gf {MANAGERS[manager]}", folder.parent, environment)
    lock = {"pnpm": "pnpm import", "yarn": "auto manager && yarn install --mode=update-lockfile --no-immutable"}[
        manager
    ]
    run(lock, folder, environment)
    (folder / "package-lock.json").unlink(missing_ok=True)


def build(project: Path, home: Path, environment: dict[str, str], archives: Path) -> Build:
    """A build in an empty home, with what the archives have, and then its cache in the archives."""
    shutil.rmtree(home, ignore_errors=True)
    for place in kept(RESULTS, home, project):
        shutil.rmtree(place)
    shutil.rmtree(project / "node_modules", ignore_errors=True)
    home.mkdir()
    restored = sum(run(f"tar -xPf '{one}'", archives, dict(os.environ)) for one in archives.iterdir())
    installed = run("auto", project, environment)
    built = run("auto run build", project, environment)
    saved, packages = save(kept(PACKAGES, home, project), archives / "packages.tar")
    results_saved, results = save(kept(RESULTS, home, project), archives / "results.tar")
    return Build(restored, installed, built, packages, saved, results, results_saved)


def measured(name: str, manager: str) -> tuple[Build, Build]:
    """A cold build and a warm one."""
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / part for part in ("project", "tools", "home", "archives")]
        project, tools, home, archives = places
        for place in places[1:]:
            place.mkdir()
        environment = toolbox.environment(tools, os.environ) | {"HOME": str(home), "CODEBUILD_SRC_DIR": str(project)}
        for variable in ("PNPM_HOME", "pnpm_config_store_dir", *toolbox.DOWNLOADS):  # which move what is kept
            environment.pop(variable, None)
        toolbox.auto(tools, project, environment)
        prepare(name, manager, project, environment)
        (project / "version.txt").write_text("one\n")
        run("auto manager", project, environment)
        cold = build(project, home, environment, archives)
        (project / "version.txt").write_text("two\n")
        return cold, build(project, home, environment, archives)


def main() -> int:
    """Print the table."""
    titles = "project, manager", "install: cold, warm", "build: cold, warm", "packages, to save", "results, to save"
    print("|", " | ".join([*titles, "to restore"]), "|")
    print("|---|---|---|---|---|---|")
    for name in sys.argv[1:] or PROJECTS:
        for manager in MANAGERS:
            cold, warm = measured(name, manager)
            cells = [
                f"{name}, {manager}",
                f"{cold.installed:.1f} s, {warm.installed:.1f} s",
                f"{cold.built:.1f} s, {warm.built:.1f} s",
                f"{cold.packages:.0f} MB, {cold.saved:.1f} s",
                f"{cold.results:.0f} MB, {cold.results_saved:.1f} s",
                f"{warm.restored:.1f} s",
            ]
            print("|", " | ".join(cells), "|", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
