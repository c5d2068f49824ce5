"""Real projects: each public starter is made, recognized, built and published by `instant-hosting local pipeline`.

`make starters` makes them from the package registries, which takes minutes each; `STARTERS="vue hugo"` chooses.
It prints the rows of the table in docs/frameworks.md.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from detection import detect
from workbench import ROOT
from workbench.running import text

_SECONDS = 900
_QUIET = {"CI": "1", "npm_config_yes": "true", "NG_CLI_ANALYTICS": "false", "NEXT_TELEMETRY_DISABLED": "1"}


class Starter(NamedTuple):
    """A starter: the command that makes `site`, what a reader of its doubts would change, and files by hand."""

    make: str = ""
    edits: Mapping[str, Sequence[tuple[str, str]]] = {}
    files: Mapping[str, str] = {}


_NEXT = (
    "--ts --no-eslint --no-tailwind --app --no-src-dir --no-import-alias --skip-install --disable-git --use-npm --yes"
)
_LAYOUT = """export default function Layout({ children }: { children: React.ReactNode }) {
  return <html lang="en"><body>{children}</body></html>;
}
"""
_ASTRO = '{"type": "module", "scripts": {"build": "astro build"}, "dependencies": {"astro": "^5.0.0"}}'
_VITEPRESS = '{"scripts": {"docs:build": "vitepress build docs"}, "devDependencies": {"vitepress": "^1.6.4"}}'
_NUXT = '{"type": "module", "scripts": {"build": "nuxt build"}, "dependencies": {"nuxt": "^4.0.0"}}'
STARTERS = {
    "vite": Starter("npm create vite@latest site -- --template react-ts"),
    "vue": Starter("npm create vue@latest site -- --default"),
    "next": Starter(
        f"npx create-next-app@latest site {_NEXT}",
        {"next.config.ts": [("cacheComponents: true,", "output: 'export',"), ("partialPrefetching: true,", "")]},
        {"app/layout.tsx": _LAYOUT},  # the starter's own fetches fonts while it is built
    ),
    "sveltekit": Starter(
        "npx sv create site --template minimal --types ts --no-add-ons --no-install",
        {
            "package.json": [('"@sveltejs/adapter-auto": "^7.0.1"', '"@sveltejs/adapter-static": "^3.0.0"')],
            "vite.config.ts": [
                ("adapter-auto'", "adapter-static'"),
                ("adapter()", "adapter({ fallback: '404.html' })"),
            ],
        },
        {"src/routes/+layout.ts": "export const prerender = true;\n"},
    ),
    "docusaurus": Starter("npx create-docusaurus@latest site classic --skip-install --javascript"),
    "angular": Starter("npx @angular/cli@latest new site --defaults --skip-install --skip-git"),
    "slidev": Starter("npm create slidev@latest site"),
    "hexo": Starter("npx hexo-cli init site --no-install"),
    "tanstack-start": Starter(
        "npx @tanstack/create-start@latest site --no-git --no-install",
        {"vite.config.ts": [("tanstackStart()", "tanstackStart({ spa: { enabled: true } })")]},
    ),
    "mkdocs": Starter("python -m mkdocs new site"),
    "sphinx": Starter("mkdir site && cd site && python -m sphinx.cmd.quickstart -q -p Site -a Ada --sep"),
    "hugo": Starter("hugo new theme site && mv themes/site site"),
    "astro": Starter(
        files={
            "package.json": _ASTRO,
            "astro.config.mjs": "import { defineConfig } from 'astro/config';\nexport default defineConfig({});\n",
            "src/pages/index.astro": "---\n---\n<html lang='en'><body><h1>Astro</h1></body></html>\n",
        }
    ),
    "vitepress": Starter(
        files={
            "package.json": _VITEPRESS,
            "docs/.vitepress/config.mts": "export default { title: 'Site', cleanUrls: true }\n",
            "docs/index.md": "# Site\n",
        }
    ),
    "eleventy": Starter(
        files={
            "package.json": '{"dependencies": {"@11ty/eleventy": "^3.1.0"}, "scripts": {"build": "eleventy"}}',
            "eleventy.config.js": "module.exports = (config) => config.setOutputDirectory('web')\n",
            "index.md": "# Site\n",
        }
    ),
    "nuxt": Starter(
        files={
            "package.json": _NUXT,
            "nuxt.config.ts": "export default defineNuxtConfig({ compatibilityDate: '2026-01-01' })\n",
            "app/app.vue": "<template><h1>Nuxt</h1></template>\n",
        }
    ),
}


def made(name: str, folder: Path) -> Path:
    """The starter as a repository with one commit."""
    starter, site = STARTERS[name], folder / "site"
    if starter.make:
        subprocess.run(
            starter.make,
            shell=True,
            cwd=folder,
            env={**os.environ, **_QUIET},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=_SECONDS,
        )
    for file, content in starter.files.items():
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).write_text(content)
    for file, edits in starter.edits.items():
        for old, new in edits:
            (site / file).write_text((site / file).read_text().replace(old, new))
    git = ["git", "-C", str(site), "-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A", "--", ".", ":!node_modules"], ["commit", "-qm", "Begin"]):
        subprocess.run([*git, *words], check=True)
    return site


def published(site: Path, state: Path) -> str:
    """Run the pipeline without an option, and ask for the first page; what there was to say."""
    state.mkdir()
    command = [sys.executable, "-m", "local", "pipeline", str(site), "--port", "0"]
    environment = {**os.environ, "TMPDIR": str(state), "XDG_RUNTIME_DIR": str(state)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=-1, stderr=-2, text=True)
    url, packed, lines = "", "", list[str]()
    assert process.stdout
    for line in process.stdout:
        lines.append(line.rstrip())
        url = line.split()[1] if line.startswith("site:") else url
        packed = " ".join(line.split()[4:8]) if line.startswith("  Build    ok") else packed
        if line.startswith("  Publish  ok"):
            packed += f", first page {len(text(url))} characters"
            process.send_signal(signal.SIGINT)
    return packed if process.wait(60) == 0 and packed else f"failed: {' / '.join(lines[-8:])}"


def main(names: Sequence[str]) -> int:
    """A row for each starter; whether all were published."""
    bad = 0
    for name in names or STARTERS:
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="starter-") as folder:
            site = made(name, Path(folder))
            found = detect(site)
            said = (
                ", ".join(f"{key} `{value}`" for key, value in found.apps[0].parameters.items()) if found.apps else "-"
            )
            end = "; ".join(doubt.question for doubt in found.doubts) or published(site, Path(folder) / "state")
        bad += "first page" not in end
        print(f"| {name} | {said} | {end} | {time.monotonic() - start:.0f} s |", flush=True)
    return bad


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
