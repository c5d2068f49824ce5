"""What a project tells other hosts: their configurations name the folder, the command and the output in plain words.

Often they are the only place that names the folder, and who wrote them has tried them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from detection.answer import App, Reason
from detection.draft import tidy
from detection.files import Files, at, text_at


class Host(NamedTuple):
    """What one such file says; what it does not say is empty."""

    file: str = ""
    root: str = ""  # the app's folder
    build: str = ""
    output: str = ""  # seen from the app's folder

    def told(self, app: App) -> App:
        """The app with the output that is told, where its own files leave that open."""
        if not self.output or app.root != (self.root or ".") or not any(one.what == "output" for one in app.doubts):
            return app
        why = Reason("output", self.output, f"{self.file} says so")
        left = tuple(one for one in app.doubts if one.what != "output")
        return app._replace(output=self.output, reasons=(*app.reasons, why), doubts=left)


def host_of(files: Files) -> Host:
    """The first file at the top that says something."""
    found = (read(files) for read in (_netlify, _vercel, _wrangler, _firebase, _amplify, _render))
    return next((host for host in found if host.root or host.build or host.output), Host())


def _netlify(files: Files) -> Host:
    """https://docs.netlify.com/configure-builds/file-based-configuration/"""
    build = at(files.toml("netlify.toml"), "build")
    root, output = text_at(build, "base"), text_at(build, "publish")
    root = tidy(root) if root.strip("/") else ""
    # publish is seen from the top where it repeats base, as Netlify's own pages have it
    output = tidy(output).removeprefix(f"{root}/") if output else ""
    return Host("netlify.toml", root, _command(text_at(build, "command")), output)


def _vercel(files: Files) -> Host:
    """https://vercel.com/docs/project-configuration"""
    about = files.json("vercel.json")
    output = text_at(about, "outputDirectory")
    return Host("vercel.json", "", _command(text_at(about, "buildCommand")), tidy(output) if output else "")


def _wrangler(files: Files) -> Host:
    """https://developers.cloudflare.com/workers/wrangler/configuration/"""
    about = files.toml("wrangler.toml")
    output = text_at(about, "pages_build_output_dir") or text_at(about, "assets", "directory")
    return Host("wrangler.toml", output=tidy(output) if output else "")


def _firebase(files: Files) -> Host:
    """https://firebase.google.com/docs/hosting/full-config"""
    output = text_at(files.json("firebase.json"), "hosting", "public")
    return Host("firebase.json", output=tidy(output) if output else "")


def _amplify(files: Files) -> Host:
    """https://docs.aws.amazon.com/amplify/latest/userguide/yml-specification-syntax.html"""
    about = files.yaml("amplify.yml")
    apps = at(about, "applications")
    if isinstance(apps, list):  # a monorepo: of several the file does not say which
        about = apps[0] if len(apps) == 1 and isinstance(apps[0], dict) else {}
    output = text_at(about, "frontend", "artifacts", "baseDirectory")
    root = text_at(about, "appRoot")
    return Host("amplify.yml", tidy(root) if root else "", "", tidy(output) if output else "")


def _render(files: Files) -> Host:
    """https://render.com/docs/blueprint-spec"""
    services = at(files.yaml("render.yaml"), "services")
    for service in services if isinstance(services, list) else []:
        if output := text_at(service, "staticPublishPath"):
            root = text_at(service, "rootDir")
            command = _command(text_at(service, "buildCommand"))
            command = re.sub(r"^(npm|yarn|pnpm) (ci|i|install)\s*(;|&&)\s*", "", command)
            return Host("render.yaml", tidy(root) if root else "", command, tidy(output))
    return Host()


def _command(text: str) -> str:
    """A command of one line; the template takes no script of several."""
    return "" if "\n" in text.strip() else text.strip()
