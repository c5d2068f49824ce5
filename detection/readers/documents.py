"""The tools of documents with a program of their own: Hugo, Zola, mdBook.

Hugo and Zola may both have a config.toml, so that a file's name alone does not say whose it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from detection.draft import Draft
from detection.files import Files, at, text_at

HUGO = ("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config/_default/hugo.*", "config.toml", "config.yaml")
_HUGO_FOLDERS = ("content", "layouts", "themes", "archetypes")


def hugo(draft: Draft) -> None:
    """https://gohugo.io/configuration/all/"""
    name = draft.files.named(*HUGO)
    about = _table(draft.files, name)
    draft.output(text_at(about, "publishdir") or None, f"publishDir of {name}", "public")
    if about.get("uglyurls") is True:
        draft.says("routing", "mixed", f"{name} has uglyURLs: true")
    draft.base(urlsplit(text_at(about, "baseurl")).path, f"baseURL of {name}", "set baseURL to the site's address")


def is_hugo(files: Files) -> bool:
    """Its old name for the configuration, config.toml, is also Zola's and of many others."""
    name = files.named(*HUGO)
    if "hugo." in name:
        return True
    return "baseurl" in _table(files, name) and any(files.has_folder(folder) for folder in _HUGO_FOLDERS)


def _table(files: Files, name: str) -> Mapping[str, object]:
    """The settings, whose names Hugo takes in any case."""
    read = {"toml": files.toml, "json": files.json}.get(name.rsplit(".", 1)[-1], files.yaml)
    return {key.lower(): value for key, value in read(name).items()}


def zola(draft: Draft) -> None:
    """https://www.getzola.org/documentation/getting-started/configuration/"""
    name = draft.files.named("zola.toml", "config.toml")
    about = draft.files.toml(name)
    draft.output(text_at(about, "output_dir") or None, f"output_dir of {name}", "public")
    draft.base(urlsplit(text_at(about, "base_url")).path, f"base_url of {name}", "set base_url to the site's address")


def is_zola(files: Files) -> bool:
    """Its config.toml has an address, and its pages lie beside it."""
    about = files.toml(files.named("zola.toml", "config.toml"))
    return "base_url" in about and (files.has_folder("content") or files.has_folder("templates"))


def mdbook(draft: Draft) -> None:
    """https://rust-lang.github.io/mdBook/format/configuration/index.html"""
    about = draft.files.toml("book.toml")
    folder = text_at(about, "build", "build-dir") or "book"
    kinds = at(about, "output")
    several = isinstance(kinds, Mapping) and len(kinds) > 1
    draft.output(f"{folder}/html" if several else folder, "book.toml", "book")
    site = text_at(about, "output", "html", "site-url")
    draft.base(site or None, "site-url of book.toml", "remove site-url")
