"""A folder of which no tool is known: pages as they are, or a build of its own.

It is asked last: a tool's own files say more than an index.html that it may have written.
"""

from __future__ import annotations

from detection.answer import App, Doubt, Reason
from detection.elsewhere import Host
from detection.files import Files
from detection.package import Package

_PLACES = ("public", "site", "www", "docs", "dist", "build", "out", "_site", "html", "static", "web", "src")
# Programs that answer requests themselves
_SERVERS = ("express", "fastify", "koa", "@nestjs/core", "hono", "@hapi/hapi", "nitropack", "h3", "elysia", "sails")
_ROUTINGS = ("spa", "files", "folders", "mixed", "bare")


def plain_app(files: Files) -> App | None:
    """The folder as a site of plain files, if it looks like one."""
    app = App(".", "plain files", "static")
    if files.has("index.html"):
        return app._replace(reasons=(Reason("framework", "plain files", "index.html is there, and nothing to build"),))
    found = tuple(place for place in _PLACES if files.has(f"{place}/index.html"))
    if not found:
        return None
    why = f"{found[0]}/index.html is there, and nothing to build"
    doubt = Doubt("output", "Which folder is the site?", found, "several have an index.html")
    reasons = (Reason("framework", "plain files", why), Reason("output", found[0], why))
    return app._replace(output=found[0], reasons=reasons, doubts=(doubt,) if len(found) > 1 else ())


def of_its_own(files: Files, host: Host) -> App | None:
    """A project that is built by its script `build`, or by what another host is told, with something unknown."""
    package = Package(files)
    script = package.scripts.get("build", "")
    if not (script or host.build):
        return None
    why = f"its script build runs {script}" if script else f"{host.file} says so"
    app = App(".", "a build of its own", "custom", build="auto run build" if script else host.build)
    doubts = [Doubt("routing", "How are its pages addressed?", _ROUTINGS, why)]
    if not host.output:
        places = tuple(place for place in _ignored(files) if place in _PLACES) or ("dist", "build", "public")
        doubts.insert(0, Doubt("output", "Which folder does the build write?", places, why))
    if server := next((name for name in _SERVERS if name in package.dependencies), ""):
        question = "The pages are made by a server, and here is none: publish it where a server runs"
        doubts.append(Doubt("server", question, (), f"package.json names {server}"))
    return app._replace(output=host.output, reasons=(Reason("framework", app.name, why),), doubts=tuple(doubts))


def _ignored(files: Files) -> list[str]:
    """The folders at the top that git leaves out: a build's output is one of them."""
    return [line.strip().strip("/") for line in files.text(".gitignore").splitlines()]
