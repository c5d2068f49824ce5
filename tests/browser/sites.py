"""Versions of real sites: plain HTML with unhashed files, and builds of a Vite app."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT

PROJECTS = ROOT / "tests" / "projects"


def plain(folder: Path, version: str, *, page: bool = True) -> Path:
    """The plain project with `version` in each file; with `page` false the HTML is the same in all versions."""
    target = folder / f"plain-{version}-{page}"
    if target.exists():
        return target
    shutil.copytree(PROJECTS / "plain", target)
    (target / "version.txt").write_text(version + "\n")
    said = {"style.css": f':root {{ --version: "{version}"; }}', "site.js": f'window.script = "{version}";'}
    for name, more in said.items():
        (target / name).write_text((target / name).read_text() + more + "\n")
    for html in target.rglob("*.html"):
        text = html.read_text()
        html.write_text(text.replace("<body>", f'<body data-version="{version if page else "same"}">'))
    return target


# What each part of a page of the plain project says; the first one is the page itself.
SHOWN = """async () => {
  const fetched = () => document.querySelector('#version').textContent;
  for (let i = 0; i < 100 && !fetched(); i++) await new Promise((wake) => setTimeout(wake, 20));
  return [document.body.dataset.version,
    getComputedStyle(document.documentElement).getPropertyValue('--version').replace(/"/g, ''),
    window.script, fetched()];
}"""


# What a page's script gets that asks for an unhashed file now
FETCHED = "fetch('/version.txt').then((answer) => answer.text()).then((text) => text.trim())"


def built(shared: Path, project: str, versions: tuple[str, ...]) -> list[Path]:
    """The project's builds of these versions; made once for all test processes that share the folder."""
    work = shared / project
    with (shared / f"{project}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not work.exists():
            shutil.copytree(PROJECTS / project, work, ignore=shutil.ignore_patterns("node_modules", "dist*"))
            run(work, "npm", "ci", "--no-audit", "--no-fund", "--silent")
        outputs = [work / f"dist-{version}" for version in versions]
        for version, output in zip(versions, outputs, strict=True):
            if not output.exists():
                (work / "version.txt").write_text(version + "\n")
                run(work, "npm", "run", "build", "--silent")
                (work / "dist").rename(output)
    return outputs


def run(folder: Path, *command: str) -> None:
    """Run a command of the project's; what it said is in the error."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
