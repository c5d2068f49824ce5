"""Which tools one folder uses, and how sure that is: from the names in package.json, its scripts, and files."""

from __future__ import annotations

from typing import NamedTuple

from detection.answer import App
from detection.draft import Draft
from detection.files import Files
from detection.package import Package
from detection.tools import NODE_TOOLS, OTHER_TOOLS, Tool

_SHARED = ("vite", "vinxi")  # commands of tools that build with another's


class Proof(NamedTuple):
    """How a folder shows that it uses a tool; more points are surer."""

    tool: Tool
    points: int  # 3: its script build runs it; 2: another script, or a file of the tool's own; 1: only named
    why: str


def apps_in(files: Files, root: str) -> list[tuple[int, App]]:
    """The apps of one folder with their points, the surest first: of each kind of tool at most one."""
    package = Package(files)
    proofs = [proof for tool in NODE_TOOLS if (proof := _proof(tool, files, package))]
    best = max(proofs, key=lambda proof: proof.points, default=None)
    others = [proof for tool in OTHER_TOOLS if (proof := _proof(tool, files, package))]
    return [(proof.points, _app(proof, files, package, root)) for proof in [*([best] if best else []), *others[:1]]]


def _proof(tool: Tool, files: Files, package: Package) -> Proof | None:
    named = next((name for name in tool.packages if name in package.dependencies), "")
    own = [command for command in tool.commands if command.split()[0] not in _SHARED or tool.packages == ("vite",)]
    script = package.script_that_runs(*(tool.commands if named else own))
    file = files.named(*tool.files)
    if not (named or script or file):
        return None
    says = f"package.json names {named} {package.dependencies[named]}" if named else ""
    runs = f"its script {script} runs {' '.join(package.runs(script, *tool.commands)[:2])}" if script else ""
    there = f"{file} is there" if file and not named else ""
    points = 3 if script == "build" else 2 if script or file else 1
    return Proof(tool, points, ", ".join(part for part in (says, runs, there) if part))


def _app(proof: Proof, files: Files, package: Package, root: str) -> App:
    tool = proof.tool
    draft = Draft(files, package, root)
    for what in ("build", "output", "routing"):
        if value := getattr(tool, what):
            draft.values[what] = value
    draft.says("framework", tool.name, proof.why)
    tool.read(draft)
    values = {what: value for what, value in draft.values.items() if what != "framework"}
    return App(root, tool.name, tool.framework, **values, reasons=tuple(draft.reasons), doubts=tuple(draft.doubts))
