"""Tells sources from what their build writes: `publish` and `instant-hosting local` refuse them by one rule.

Vite's sources have an index.html too: published, it names a script that no browser understands, and the page is empty.
"""

from __future__ import annotations

from pathlib import Path

LOCKS = ("pnpm-lock.yaml", "yarn.lock", "bun.lock", "bun.lockb", "package-lock.json", "npm-shrinkwrap.json")
# What a build of each row of generator/frameworks.py reads and does not write; a package.json alone is no mark, as
# plain sites have one for their tools.
_MARKS = (
    "node_modules",
    *LOCKS,
    *("vite.config.*", "astro.config.*", "next.config.*", "nuxt.config.*", "svelte.config.*", "gatsby-config.*"),
    *("docusaurus.config.*", "eleventy.config.*", ".eleventy.*", "webpack.config.*", "rollup.config.*"),
    *("angular.json", "deno.json*", "hugo.toml", "hugo.yaml", "hugo.json", "_config.y*ml", "Gemfile*"),
    *("mkdocs.y*ml", "conf.py"),
)


def mark_of_sources(folder: Path) -> str:
    """The name of something in `folder` that only a project has, or nothing where it may be a built site."""
    for mark in _MARKS:
        for file in sorted(folder.glob(mark)):
            return file.name
    bare = (folder / "package.json").is_file() and not (folder / "index.html").is_file()
    return "package.json and no index.html" if bare else ""
