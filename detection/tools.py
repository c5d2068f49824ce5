"""The tools that are known: how a project shows that it uses one, what it is called, and who reads its configuration.

A row's place matters: where a folder shows several, the first is the site's own (SvelteKit and Astro bring Vite).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from detection.draft import Draft
from detection.readers import bundlers, documents, others, react, vue


class Tool(NamedTuple):
    """One tool.

    framework: its row in FRAMEWORKS; `custom` where build, output and routing are said here
    packages: it is used where package.json names one of them
    commands: what a script runs to build with it; where `build` does, that is the proof
    files: it is used where there is one of them
    read: finds out what the configuration changes
    """

    name: str
    framework: str
    packages: tuple[str, ...]
    commands: tuple[str, ...]
    files: tuple[str, ...]
    read: Callable[[Draft], None]
    build: str = ""
    output: str = ""
    routing: str = ""


def _scripts(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}.{end}" for name in names for end in ("js", "mjs", "cjs", "ts", "mts", "cts"))


def _node(
    name: str,
    packages: str | tuple[str, ...],
    commands: str | tuple[str, ...],
    files: str,
    read: Callable[[Draft], None],
) -> Tool:
    """A tool with a row of its own, under the name of this tool in small letters."""
    row = name.lower().replace(".", "").replace(" ", "-")
    commands = (commands,) if isinstance(commands, str) else commands
    packages = (packages,) if isinstance(packages, str) else packages
    return Tool(name, row, packages, commands, _scripts(*files.split()), read)


NODE_TOOLS = (
    _node("Docusaurus", "@docusaurus/core", "docusaurus build", "docusaurus.config", react.docusaurus),
    _node("Next.js", "next", "next build", "next.config", react.next_js),
    _node("Gatsby", "gatsby", "gatsby build", "gatsby-config", react.gatsby),
    _node("React Router", "@react-router/dev", "react-router build", "react-router.config", react.react_router),
    _node("Astro", "astro", "astro build", "astro.config", others.astro),
    _node("SvelteKit", "@sveltejs/kit", "vite build", "", others.sveltekit),
    _node("Nuxt", "nuxt", ("nuxt generate", "nuxt build", "nuxi generate", "nuxi build"), "nuxt.config", vue.nuxt),
    _node("SolidStart", "@solidjs/start", ("vinxi build", "vite build"), "", others.solidstart),
    Tool("Angular", "angular", ("@angular/core", "@angular/cli"), ("ng build",), ("angular.json",), others.angular),
    _node("VitePress", "vitepress", "vitepress build", "", vue.vitepress),
    _node("Eleventy", "@11ty/eleventy", ("eleventy", "@11ty/eleventy"), "eleventy.config .eleventy", others.eleventy),
    _node(
        "Create React App",
        "react-scripts",
        ("react-scripts build", "react-app-rewired build", "craco build"),
        "",
        react.create_react_app,
    ),
    _node("Vite", "vite", ("vite build", "vite"), "vite.config", bundlers.vite),
)
OTHER_TOOLS = (
    Tool("MkDocs", "mkdocs", (), (), ("mkdocs.yml", "mkdocs.yaml"), documents.mkdocs),
    Tool("Sphinx", "sphinx", (), (), ("conf.py", "source/conf.py"), documents.sphinx),
    Tool("Hugo", "hugo", (), (), ("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json"), documents.hugo),
    Tool("Jekyll", "jekyll", (), (), ("_config.yml", "_config.yaml"), documents.jekyll),
)
