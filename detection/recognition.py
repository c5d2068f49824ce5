"""Which tools one folder uses, and how sure that is: from the names in package.json, its scripts, and files.

Points and not a first match, because most projects name several tools and are built by one of them.
"""

from __future__ import annotations

from typing import NamedTuple

from detection.answer import App
from detection.draft import Draft
from detection.files import Files
from detection.node_tools import EXTRAS, NODE_TOOLS
from detection.nx import in_nx
from detection.other_tools import OTHER_TOOLS
from detection.package import Package
from detection.tool import Tool
from generator.frameworks import FRAMEWORKS

_SHARED = ("vite", "vinxi", "ng", "nx")  # commands with which several tools build
_RUN = "auto run build"


class Proof(NamedTuple):
    """How a folder shows that it uses a tool; more points are surer."""

    tool: Tool
    points: int  # 3: its script build runs it; 2: another script, or a file of the tool's own; 1: only named
    script: str  # that runs it, if one does
    why: str


class Found(NamedTuple):
    """An app, and how sure it is that it is the site."""

    points: int  # 0: what stands beside the site, such as a catalogue of its components
    app: App


def apps_in(files: Files, root: str) -> list[Found]:
    """The apps of one folder, the surest first: each is built by a script or a tool of its own."""
    package = Package(files)
    proofs = sorted(_proofs(files, package), key=lambda proof: -proof.points)
    apart = [proof for number, proof in enumerate(proofs) if not _covered(proof, proofs[:number])]
    found = [Found(_points(proof), _app(proof, files, package, root)) for proof in apart]
    described = in_nx(files, root, found[0].app if found else None)
    return [Found(found[0].points if found else 2, described), *found[1:]] if described else found


def _proofs(files: Files, package: Package) -> list[Proof]:
    proofs = [_proof(tool, files, package) for tool in (*NODE_TOOLS, *OTHER_TOOLS)]
    return [proof for proof in proofs if proof and proof.tool.is_site(files)]


def _proof(tool: Tool, files: Files, package: Package) -> Proof | None:
    named = next((name for name in tool.packages if name in package.dependencies), "")
    own = [one for one in tool.commands if one.split()[0] not in _SHARED or tool.name in ("Vite", "Angular")]
    script = next(iter(package.scripts_that_run(*(tool.commands if named else own))), "")
    file = files.named(*tool.files)
    if not (named or script or file):
        return None
    points = 3 if script == "build" else 2 if script or file else 1
    return Proof(tool, points, script, _why(tool, package, named, script, file))


def _why(tool: Tool, package: Package, named: str, script: str, file: str) -> str:
    """The proof in words, from the tool's package, its script and its file, each "" if there is none."""
    version = package.dependencies.get(named, "")
    says = f"package.json names {named}{'' if ':' in version else f' {version}'}" if named else ""
    runs = f"its script {script} runs {' '.join(package.runs(script, *tool.commands)[:2])}" if script else ""
    there = f"{file} is there" if file and not named else ""
    return ", ".join(part for part in (says, runs, there) if part)


def _covered(proof: Proof, surer: list[Proof]) -> bool:
    """Whether a surer tool is why this one is there: of a script's tools the first counts, of those without one too."""
    if not proof.tool.packages:
        return any(not one.tool.packages for one in surer)
    return any(one.tool.packages and proof.script in ("", one.script) for one in surer)


def _points(proof: Proof) -> int:
    return 0 if proof.tool.name in EXTRAS else proof.points


def _app(proof: Proof, files: Files, package: Package, root: str) -> App:
    tool = proof.tool
    draft = Draft(files, package, root)
    given = {"install": tool.install, "build": tool.build, "output": tool.output, "routing": tool.routing}
    draft.values.update({what: value for what, value in given.items() if value})
    draft.says("framework", tool.name, proof.why)
    if tool.packages and FRAMEWORKS[tool.framework].build == _RUN:
        _choose_build(draft, proof)
    tool.read(draft)
    values = {what: value for what, value in draft.values.items() if what != "framework"}
    return App(root, tool.name, tool.framework, **values, reasons=tuple(draft.reasons), doubts=tuple(draft.doubts))


def _choose_build(draft: Draft, proof: Proof) -> None:
    """The script that builds it, or without one the tool itself."""
    tool, package = proof.tool, draft.package
    several = package.scripts_that_run(*tool.commands)
    if proof.script == "build" or (not proof.script and "build" in package.scripts and tool.name not in EXTRAS):
        draft.values["build"] = _RUN
    elif not proof.script:
        draft.says("build", f"auto exec {tool.commands[0]}", "package.json has no script build")
    elif len(several) > 1 and len(final := _final(several)) != 1:
        choices = tuple(f"auto run {name}" for name in several)
        draft.doubt("build", "Which script builds the site?", "package.json has several and no script build", choices)
    else:
        script = final[0] if len(several) > 1 else proof.script
        draft.says("build", f"auto run {script}", "package.json has no script build that builds it")


def _final(names: list[str]) -> list[str]:
    """Of several scripts those for the site that visitors see: of which the others are variants, or for production."""
    whole = [name for name in names if all(other.startswith(name) for other in names)]
    return whole or [name for name in names if "prod" in name]
