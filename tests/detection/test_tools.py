"""Each tool is known by a small project of its own, and what its configuration changes is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from contract import ROUTINGS
from detection import App, detect
from detection.node_tools import EXTRAS, NODE_TOOLS
from detection.other_tools import OTHER_TOOLS
from detection.tool import Tool
from generator.frameworks import FRAMEWORKS
from tests.detection.folders import File, made
from workbench import ROOT

RUN = "auto run build"


def built_by(package: str, build: str, **more: object) -> dict[str, object]:
    """A package.json that names a package and builds with a command."""
    return {"devDependencies": {package: "^1.0.0"}, "scripts": {"build": build}, **more}


def only(folder: Path, files: Mapping[str, File]) -> App:
    """The one app of the folder with these files."""
    (app,) = detect(made(folder, files)).apps
    return app


# What a tool's project has besides package.json, so that it makes a site
BESIDES: dict[str, dict[str, File]] = {
    "Vite": {"index.html": ""},
    "VuePress": {"package.json": built_by("vuepress", "vuepress build docs")},
    "webpack": {"package.json": built_by("webpack", "webpack", dependencies={"html-webpack-plugin": "^5"})},
    "Rollup": {"public/index.html": ""},
    "Storybook": {"package.json": {"devDependencies": {"storybook": "^10"}, "scripts": {"b": "storybook build"}}},
}


@pytest.mark.parametrize("tool", NODE_TOOLS, ids=lambda tool: tool.name)
def test_a_tool_of_node_is_known_by_its_package_and_its_command(tmp_path: Path, tool: Tool) -> None:
    files = {"package.json": built_by(tool.packages[0], tool.commands[0]), **BESIDES.get(tool.name, {})}
    app = only(tmp_path, files)
    assert (tool.name, tool.framework) == (app.name, app.framework)
    assert app.parameters["Framework"] in FRAMEWORKS
    if app.framework == "custom":
        assert app.parameters["Routing"] in ROUTINGS
        assert app.parameters["BuildCommand"].startswith("auto ")
        assert app.parameters["OutputFolder"] == tool.output


OTHER: dict[str, dict[str, File]] = {
    "Zensical": {"zensical.toml": ""},
    "Nikola": {"conf.py": "BLOG_TITLE = 'x'\nPOSTS = ()\n"},
    "Jupyter Book": {"_config.yml": "title: x", "_toc.yml": ""},
    "MyST": {"myst.yml": ""},
    "Pelican": {"pelicanconf.py": ""},
    "mdBook": {"book.toml": ""},
    "Zola": {"config.toml": "base_url = 'https://example.com'", "content/_index.md": ""},
    "Middleman": {"config.rb": "", "Gemfile": "gem 'middleman'"},
    "MkDocs": {"mkdocs.yml": "site_name: x"},
    "Sphinx": {"conf.py": "project = 'x'"},
    "Hugo": {"hugo.toml": ""},
    "Jekyll": {"_config.yml": "title: x", "Gemfile": "gem 'jekyll'"},
}


@pytest.mark.parametrize("tool", OTHER_TOOLS, ids=lambda tool: tool.name)
def test_another_tool_is_known_by_its_own_file_and_needs_no_question(tmp_path: Path, tool: Tool) -> None:
    found = detect(made(tmp_path, OTHER[tool.name]))
    assert ([tool.name], ()) == ([app.name for app in found.apps], found.doubts)


CONFIGURED: dict[str, tuple[dict[str, File], dict[str, str]]] = {
    "Vite's output in a function": (
        {
            "package.json": built_by("vite", "tsc -b && vite build"),
            "index.html": "",
            "vite.config.ts": "export default defineConfig(() => { return { build: { outDir: 'web' } } })",
        },
        {"Framework": "vite", "OutputFolder": "web"},
    ),
    "Vite's root": (
        {
            "package.json": built_by("vite", "vite build"),
            "src/index.html": "",
            "vite.config.js": "const root = resolve(__dirname, 'src')\n"
            "export default { root, build: { outDir: '../out' } }",
        },
        {"Framework": "vite", "OutputFolder": "out"},
    ),
    "a script that is called by another": (
        {"package.json": {**built_by("vite", 'run-p check "only {@}" --')}, "index.html": ""},
        {"Framework": "vite"},
    ),
    "an option of the script": (
        {"package.json": built_by("vite", "vite build --outDir=web"), "index.html": ""},
        {"Framework": "vite", "OutputFolder": "web"},
    ),
    "no script": (
        {"package.json": {"devDependencies": {"vite": "7"}}, "index.html": "", "vite.config.js": ""},
        {"Framework": "vite", "BuildCommand": "auto exec vite build"},
    ),
    "Next.js with folders": (
        {
            "package.json": built_by("next", "next build"),
            "next.config.ts": "const c: NextConfig = { output: 'export', trailingSlash: true }\n"
            "export default withMDX(c)",
        },
        {"Framework": "nextjs", "Routing": "folders"},
    ),
    "Next.js with another folder": (
        {
            "package.json": built_by("next", "next build"),
            "next.config.js": "/** @type {x} */\nmodule.exports = { output: 'export', distDir: 'web' }",
        },
        {"Framework": "nextjs", "OutputFolder": "web"},
    ),
    "Astro's files": (
        {
            "package.json": built_by("astro", "astro check && astro build"),
            "astro.config.mjs": "export default defineConfig({ build: { format: 'file' }, outDir: './web' })",
        },
        {"Framework": "astro", "OutputFolder": "web", "Routing": "files"},
    ),
    "SvelteKit as an app": (
        {
            "package.json": built_by("@sveltejs/kit", "vite build"),
            "svelte.config.js": "import adapter from '@sveltejs/adapter-static';\n"
            "export default { kit: { adapter: adapter({ pages: 'web', fallback: '200.html' }) } }",
        },
        {"Framework": "sveltekit", "OutputFolder": "web", "Routing": "spa"},
    ),
    "Nuxt as an app": (
        {
            "package.json": built_by("nuxt", "nuxt build"),
            "nuxt.config.ts": "export default defineNuxtConfig({ ssr: false })",
        },
        {"Framework": "nuxt", "Routing": "spa"},
    ),
    "VitePress elsewhere": (
        {
            "package.json": {"devDependencies": {"vitepress": "1"}, "scripts": {"site": "vitepress build site"}},
            "site/.vitepress/config.mts": "export default defineConfig({ outDir: '../web' })",
        },
        {"Framework": "vitepress", "BuildCommand": "auto run site", "OutputFolder": "web"},
    ),
    "VuePress at the top": (
        {"package.json": {"devDependencies": {"vuepress": "2"}, "scripts": {"docs:build": "vuepress build"}}},
        {
            "Framework": "custom",
            "BuildCommand": "auto run docs:build",
            "OutputFolder": ".vuepress/dist",
            "Routing": "mixed",
        },
    ),
    "Docusaurus with files": (
        {
            "package.json": built_by("@docusaurus/core", "docusaurus build --out-dir web"),
            "docusaurus.config.js": "const config = { baseUrl: '/', trailingSlash: false };\nexport default config;",
        },
        {"Framework": "docusaurus", "OutputFolder": "web", "Routing": "files"},
    ),
    "Angular's old builder": (
        {
            "package.json": built_by("@angular/cli", "ng build"),
            "angular.json": {
                "projects": {
                    "shop": {
                        "projectType": "application",
                        "architect": {
                            "build": {
                                "builder": "@angular-devkit/build-angular:browser",
                                "options": {"outputPath": "dist/shop"},
                            }
                        },
                    }
                }
            },
        },
        {"Framework": "angular", "OutputFolder": "dist/shop"},
    ),
    "Eleventy's folder and script": (
        {
            "package.json": built_by("@11ty/eleventy", "tailwindcss -o x.css && eleventy"),
            "eleventy.config.js": "export default (config) => { config.setOutputDirectory('web') }",
        },
        {"Framework": "eleventy", "BuildCommand": RUN, "OutputFolder": "web"},
    ),
    "create-react-app's folder": (
        {"package.json": built_by("react-scripts", "react-scripts build"), ".env": "BUILD_PATH='./web'\n"},
        {"Framework": "create-react-app", "OutputFolder": "web"},
    ),
    "Gatsby without slashes": (
        {
            "package.json": built_by("gatsby", "gatsby build"),
            "gatsby-config.ts": "const config: GatsbyConfig = { trailingSlash: `never` }\nexport default config",
        },
        {"Framework": "gatsby", "Routing": "bare"},
    ),
    "React Router as an app": (
        {
            "package.json": built_by("@react-router/dev", "react-router build"),
            "react-router.config.ts": "export default { ssr: false, buildDirectory: 'web' } satisfies Config;",
        },
        {"Framework": "react-router", "OutputFolder": "web/client"},
    ),
    "TanStack Start as an app": (
        {
            "package.json": built_by("@tanstack/react-start", "vite build"),
            "vite.config.ts": "export default defineConfig({ plugins: [tanstackStart({ spa: { enabled: true } })] })",
        },
        {"Framework": "custom", "BuildCommand": RUN, "OutputFolder": "dist/client", "Routing": "spa"},
    ),
    "SolidStart 2": (
        {
            "package.json": built_by("@solidjs/start", "vite build"),
            "vite.config.ts": "export default defineConfig({ plugins: [solidStart(), nitro()],\n"
            "  nitro: { preset: 'static', prerender: { crawlLinks: true } } })",
        },
        {"Framework": "solidstart"},
    ),
    "SolidStart 2 as an app": (
        {
            "package.json": built_by("@solidjs/start", "vite build"),
            "vite.config.ts": "export default defineConfig({ plugins: [solidStart({ ssr: false }), "
            "nitro({ preset: 'static' })] })",
        },
        {"Framework": "solidstart", "Routing": "spa"},
    ),
    "dumi": (
        {
            "package.json": built_by("dumi", "father build", scripts={"build": "father build", "docs": "dumi build"}),
            ".dumirc.ts": "export default defineConfig({ outputPath: 'docs-dist' })",
        },
        {"Framework": "custom", "BuildCommand": "auto run docs", "OutputFolder": "docs-dist", "Routing": "bare"},
    ),
    "dumi as an app": (
        {"package.json": built_by("dumi", "dumi build"), "config/config.ts": "export default { exportStatic: false }"},
        {"Framework": "custom", "OutputFolder": "dist", "Routing": "spa"},
    ),
    "Umi with a page for each route": (
        {
            "package.json": built_by("@umijs/max", "max build"),
            ".umirc.ts": "export default defineConfig({ exportStatic: {}, outputPath: 'web' })",
        },
        {"Framework": "custom", "OutputFolder": "web", "Routing": "bare"},
    ),
    "TanStack Start with Nitro": (
        {
            "package.json": built_by("@tanstack/react-start", "vite build"),
            "vite.config.ts": "import { nitro } from 'nitro/vite'\n"
            "export default defineConfig({ plugins: [nitro(), tanstackStart({ prerender: { enabled: true } })] })",
        },
        {"Framework": "custom", "BuildCommand": RUN, "OutputFolder": ".output/public", "Routing": "bare"},
    ),
    "MkDocs with files and a theme": (
        {
            "mkdocs.yml": "use_directory_urls: false\ntheme:\n  name: material\nmarkdown_extensions:\n"
            "  - pymdownx.emoji:\n      emoji_index: !!python/name:material.extensions.emoji.twemoji\n"
        },
        {"Framework": "mkdocs", "InstallCommand": "pip install mkdocs==1.6.1 mkdocs-material", "Routing": "files"},
    ),
    "Sphinx with the two folders": (
        {"docs/source/conf.py": "extensions = []", "docs/Makefile": ""},
        {
            "Framework": "sphinx",
            "AppRoot": "docs",
            "BuildCommand": "python -m sphinx -M html source build",
            "OutputFolder": "build/html",
        },
    ),
    "what Read the Docs installs": (
        {
            "docs/conf.py": "extensions = []",
            ".readthedocs.yaml": "python:\n  install:\n    - requirements: docs/needs.txt\n"
            "    - path: .\n      extra_requirements: [docs]\n",
        },
        {
            "Framework": "sphinx",
            "AppRoot": "docs",
            "InstallCommand": "pip install sphinx==9.0.4;pip install -r ../docs/needs.txt;pip install '../.[docs]'",
        },
    ),
    "Hugo's old name": (
        {"config.toml": "baseURL = 'https://example.com/'\npublishDir = 'web'", "themes/x/theme.toml": ""},
        {"Framework": "hugo", "OutputFolder": "web"},
    ),
    "Jekyll with folders": (
        {"_config.yml": "permalink: pretty\nbaseurl: ''", "Gemfile": ""},
        {"Framework": "jekyll", "Routing": "folders"},
    ),
    "mdBook with two outputs": (
        {"book.toml": "[output.html]\n[output.linkcheck]\n"},
        {"OutputFolder": "book/html"},
    ),
}


@pytest.mark.parametrize("case", CONFIGURED)
def test_what_a_configuration_changes_becomes_a_parameter(tmp_path: Path, case: str) -> None:
    files, wanted = CONFIGURED[case]
    if case == "a script that is called by another":
        files["package.json"]["scripts"]["only"] = "vite build"  # type: ignore[index]
    found = detect(made(tmp_path, files))
    assert found.doubts == ()
    assert wanted.items() <= found.apps[0].parameters.items()
    assert set(found.apps[0].parameters) - set(wanted) <= ({"Framework", "BuildCommand", "InstallCommand", "Routing"})


SERVERS: list[tuple[str, str, dict[str, File], str]] = [
    ("next", "next build", {}, "set output: 'export'"),
    ("astro", "astro build", {"astro.config.mjs": "export default { output: 'server' }"}, "set output: 'static'"),
    ("astro", "astro build", {"astro.config.ts": "export default { adapter: node() }"}, "remove the adapter"),
    (
        "@sveltejs/kit",
        "vite build",
        {"svelte.config.js": "import adapter from '@sveltejs/adapter-node'"},
        "use @sveltejs/adapter-static",
    ),
    ("@remix-run/dev", "remix vite:build", {}, "set ssr: false in remix()"),
    ("@react-router/dev", "react-router build", {}, "set ssr: false"),
    ("@tanstack/react-start", "vite build", {}, "set spa.enabled or prerender.enabled"),
    (
        "@tanstack/react-start",
        "vite build",
        {
            "vite.config.ts": "import { nitro } from 'nitro/vite'\n"
            "export default defineConfig({ plugins: [nitro(), tanstackStart()] })"
        },
        "set spa.enabled or prerender.enabled",
    ),
    ("@solidjs/start", "vinxi build", {}, "set server.preset to 'static'"),
    ("@builder.io/qwik-city", "qwik build", {}, "npm run qwik add static"),
    ("@redwoodjs/core", "rw build", {}, "publish it where a server runs"),
    ("express", "tsc", {}, "publish it where a server runs"),
]


@pytest.mark.parametrize(("package", "build", "more", "remedy"), SERVERS)
def test_pages_that_a_server_makes_are_a_question_with_the_remedy(
    tmp_path: Path, package: str, build: str, more: dict[str, File], remedy: str
) -> None:
    found = detect(made(tmp_path, {"package.json": built_by(package, build), **more}))
    doubts = [doubt for doubt in found.doubts if doubt.what == "server"]
    assert [()] == [doubt.choices for doubt in doubts]
    assert remedy in doubts[0].question


BASES: list[tuple[dict[str, File], str]] = [
    (
        {
            "package.json": built_by("vite", "vite build"),
            "index.html": "",
            "vite.config.js": "export default { base: '/a/' }",
        },
        "/a/",
    ),
    ({"package.json": built_by("vite", "vite build --base=/a/"), "index.html": ""}, "/a/"),
    (
        {
            "package.json": built_by("@docusaurus/core", "docusaurus build"),
            "docusaurus.config.ts": "export default { baseUrl: '/docs/' }",
        },
        "/docs/",
    ),
    ({"package.json": built_by("react-scripts", "react-scripts build", homepage="https://ada.github.io/app")}, "/app"),
    (
        {
            "package.json": built_by("@solidjs/start", "vite build"),
            "vite.config.ts": "export default defineConfig({ base: '/docs/', nitro: { preset: 'static' } })",
        },
        "/docs/",
    ),
    ({"package.json": built_by("dumi", "dumi build"), ".dumirc.ts": "export default { base: '/lib/' }"}, "/lib/"),
    ({"_config.yml": "baseurl: /blog", "Gemfile": ""}, "/blog"),
    ({"hugo.toml": "baseURL = 'https://ada.github.io/blog/'"}, "/blog/"),
]


@pytest.mark.parametrize(("files", "base"), BASES)
def test_a_site_that_is_built_for_a_folder_is_not_published_at_the_top(
    tmp_path: Path, files: dict[str, File], base: str
) -> None:
    (doubt,) = detect(made(tmp_path, files)).doubts
    assert ("base", ()) == (doubt.what, doubt.choices)
    assert f"built for {base}:" in doubt.question


def test_an_extra_beside_the_site_asks_nothing(tmp_path: Path) -> None:
    package = {
        "devDependencies": {"vite": "7", **{name.lower(): "1" for name in EXTRAS}},
        "scripts": {"build": "vite build", "build-storybook": "storybook build"},
    }
    found = detect(made(tmp_path, {"package.json": package, "index.html": ""}))
    assert ("Vite", ()) == (found.apps[0].name, found.doubts)


def test_the_page_about_frameworks_names_every_tool() -> None:
    page = (ROOT / "docs" / "frameworks.md").read_text()
    own = [tool.name for tool in (*NODE_TOOLS, *OTHER_TOOLS) if tool.framework == "custom"]
    assert [name for name in own if name not in page] == []
