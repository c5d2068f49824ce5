"""Versions of real sites: plain HTML with unhashed files, and builds of a Vite app."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from workbench import ROOT
from workbench.once import once

PROJECTS = ROOT / "tests" / "projects"
VERSIONS = ("one", "two", "three")
_MADE = {"node_modules", "dist"}  # in a project, if somebody has built it by hand


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


def built(kept: Path, project: str) -> list[Path]:
    """The project's builds as one, two and three; made once, and again when the project or Node has changed.

    Test processes, and later runs, share the folder `kept`.
    """
    source = PROJECTS / project
    digest = hashlib.sha256(subprocess.check_output(["node", "--version"]))
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source)
        if path.is_file() and not _MADE.intersection(inside.parts):
            digest.update(f"{inside}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    target = kept / f"{project}-{digest.hexdigest()[:16]}"

    def build() -> None:
        for old in set(kept.glob(f"{project}-*")) - set(kept.glob("*.lock")):
            shutil.rmtree(old)
        work = kept / f"{project}-unfinished"
        shutil.copytree(source, work, ignore=shutil.ignore_patterns(*_MADE))
        run(work, "npm", "ci", "--no-audit", "--no-fund", "--silent")
        for version in VERSIONS:
            (work / "version.txt").write_text(version + "\n")
            run(work, "npm", "run", "build", "--silent")
            (work / "dist").rename(work / version)
        shutil.rmtree(work / "node_modules")
        work.rename(target)

    once(target, build)
    return [target / version for version in VERSIONS]


def run(folder: Path, *command: str) -> None:
    """Run a command of the project's; what it said is in the error."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
