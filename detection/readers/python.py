"""The tools of documents that run on Python: MkDocs, Sphinx, Pelican, Nikola.

What a mkdocs.yml names must be installed before it builds, so its reader also says which packages these are.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from detection.draft import Draft
from detection.files import Files, at, text_at
from generator.frameworks import FRAMEWORKS

# The packages of what a mkdocs.yml may name, where these are not called as what it names
_OF_MKDOCS = {
    "material": "mkdocs-material",
    "readthedocs": "",
    "mkdocs": "",
    "search": "",
    "mkdocstrings": "mkdocstrings[python]",
    "awesome-pages": "mkdocs-awesome-pages-plugin",
    "git-revision-date-localized": "mkdocs-git-revision-date-localized-plugin",
    "macros": "mkdocs-macros-plugin",
    "gen-files": "mkdocs-gen-files",
    "literate-nav": "mkdocs-literate-nav",
    "section-index": "mkdocs-section-index",
    "minify": "mkdocs-minify-plugin",
    "redirects": "mkdocs-redirects",
    "glightbox": "mkdocs-glightbox",
    "include-markdown": "mkdocs-include-markdown-plugin",
    "mermaid2": "mkdocs-mermaid2-plugin",
    "jupyter": "mkdocs-jupyter",
}
_OF_MATERIAL = {"blog", "tags", "social", "privacy", "offline", "group", "meta", "info", "projects", "optimize"}
PELICAN = "python -m pelican content -o output -s pelicanconf.py"
_REQUIREMENTS = ("docs/requirements.txt", "requirements-docs.txt", "requirements/docs.txt", "docs-requirements.txt")


def mkdocs(draft: Draft) -> None:
    """https://www.mkdocs.org/user-guide/configuration/"""
    name = draft.files.named("mkdocs.yml", "mkdocs.yaml")
    about = draft.files.yaml(name)
    if about.get("use_directory_urls") is False:
        draft.says("routing", "files", f"{name} has use_directory_urls: false")
    draft.output(text_at(about, "site_dir") or None, f"site_dir of {name}", "site")
    if not draft.files.has("requirements.txt") and not _readthedocs(draft, "mkdocs"):
        _install_mkdocs(draft, name, about)


def _install_mkdocs(draft: Draft, name: str, about: Mapping[str, object]) -> None:
    """What the row would not install: a file of requirements elsewhere, or the theme and plugins by their names."""
    start = FRAMEWORKS["mkdocs"].install.partition(";")[0]
    if elsewhere := draft.files.named(*_REQUIREMENTS):
        draft.says("install", f"{start};pip install -r {elsewhere}", f"{elsewhere} is there")
        return
    theme = about.get("theme")
    names = [theme if isinstance(theme, str) else text_at(theme, "name"), *_plugins(about.get("plugins"))]
    packages = [_OF_MKDOCS.get(one, f"mkdocs-{one}") for one in names if one and one.split("/")[-1] not in _OF_MATERIAL]
    if packages := [package for package in dict.fromkeys(packages) if package]:
        draft.says("install", f"{start} {' '.join(packages)}", f"{name} names them, and there is no requirements.txt")


def _plugins(plugins: object) -> list[str]:
    if isinstance(plugins, Mapping):
        return [str(name) for name in plugins]
    listed = plugins if isinstance(plugins, list) else []
    return [str(next(iter(one), "")) if isinstance(one, Mapping) else str(one) for one in listed]


def sphinx(draft: Draft) -> None:
    """https://www.sphinx-doc.org/en/master/man/sphinx-quickstart.html"""
    _readthedocs(draft, "sphinx")
    if draft.files.has("conf.py"):
        return
    why = "conf.py is in source"
    draft.says("build", "python -m sphinx -M html source build", why)
    draft.says("output", "build/html", why)


def _readthedocs(draft: Draft, framework: str) -> bool:
    """Whether Read the Docs is told what to install besides: packages that the documents name are among it.

    https://docs.readthedocs.com/platform/stable/config-file/v2.html#python-install
    """
    up = "" if draft.root == "." else "../" * len(draft.root.split("/"))
    top = Files(draft.files.folder / up)
    file = top.named(".readthedocs.yaml", ".readthedocs.yml")
    steps = at(top.yaml(file), "python", "install")
    commands = [_pip(step, up) for step in (steps if isinstance(steps, list) else [])]
    if commands := [command for command in commands if command]:
        row = FRAMEWORKS[framework].install.partition(";")[0]
        draft.says("install", ";".join([row, *commands]), f"{file} says so")
    return bool(commands)


def _pip(step: object, up: str) -> str:
    """One step of Read the Docs; `up` leads from the app to the top, from which it is seen."""
    if requirements := text_at(step, "requirements"):
        return f"pip install -r {up}{requirements}"
    extras = at(step, "extra_requirements")
    chosen = f"[{','.join(map(str, extras))}]" if isinstance(extras, list) else ""
    return f"pip install '{up}{text_at(step, 'path')}{chosen}'" if text_at(step, "path") else ""


def is_sphinx(files: Files) -> bool:
    """Other programs have a conf.py too; what Sphinx's sets is known."""
    return bool(
        {"extensions", "html_theme", "master_doc", "root_doc", "project"}
        & _assigned(files, "conf.py", "source/conf.py")
    )


def is_nikola(files: Files) -> bool:
    """Its conf.py names a blog."""
    return {"BLOG_TITLE", "POSTS"} <= _assigned(files, "conf.py")


def pelican(draft: Draft) -> None:
    """https://docs.getpelican.com/en/latest/settings.html"""
    if draft.files.has("publishconf.py"):
        draft.says("build", PELICAN.replace("pelicanconf", "publishconf"), "publishconf.py is there")
        found = re.search(r"""^SITEURL\s*=\s*['"](.*)['"]""", draft.files.text("publishconf.py"), re.M)
        draft.base(
            urlsplit(found[1]).path if found else None, "SITEURL of publishconf.py", "set it to the site's address"
        )


def _assigned(files: Files, *names: str) -> set[str]:
    """The names that a Python file gives values to at its top."""
    name = files.named(*names)
    try:
        body = ast.parse(files.text(name)).body
    except (SyntaxError, ValueError, RecursionError):
        return set()
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}
