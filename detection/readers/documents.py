"""The tools of documents that do not run on Node: MkDocs, Sphinx, Hugo, Jekyll."""

from __future__ import annotations

from urllib.parse import urlsplit

from detection.draft import Draft
from detection.files import text_at


def mkdocs(draft: Draft) -> None:
    """https://www.mkdocs.org/user-guide/configuration/"""
    name = draft.files.named("mkdocs.yml", "mkdocs.yaml")
    about = draft.files.yaml(name)
    if about.get("use_directory_urls") is False:
        draft.says("routing", "files", f"{name} has use_directory_urls: false")
    draft.output(text_at(about, "site_dir") or None, f"site_dir of {name}", "site")


def sphinx(draft: Draft) -> None:
    """https://www.sphinx-doc.org/en/master/man/sphinx-quickstart.html"""
    if draft.files.has("conf.py"):
        return
    why = "conf.py is in source"
    draft.says("build", "python -m sphinx -M html source build", why)
    draft.says("output", "build/html", why)


def hugo(draft: Draft) -> None:
    """https://gohugo.io/configuration/all/"""
    name = draft.files.named("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json")
    read = {"toml": draft.files.toml, "json": draft.files.json}.get(name.rsplit(".", 1)[-1], draft.files.yaml)
    about = {key.lower(): value for key, value in read(name).items()}
    draft.output(text_at(about, "publishdir") or None, f"publishDir of {name}", "public")
    if about.get("uglyurls") is True:
        draft.says("routing", "mixed", f"{name} has uglyURLs: true")
    draft.base(urlsplit(text_at(about, "baseurl")).path, f"baseURL of {name}", "set baseURL to the site's address")


def jekyll(draft: Draft) -> None:
    """https://jekyllrb.com/docs/configuration/options/"""
    name = draft.files.named("_config.yml", "_config.yaml")
    about = draft.files.yaml(name)
    draft.output(text_at(about, "destination") or None, f"destination of {name}", "_site")
    link = text_at(about, "permalink")
    if link == "pretty" or link.endswith("/"):
        draft.says("routing", "folders", f"{name} has permalink: {link}")
    draft.base(text_at(about, "baseurl") or None, f"baseurl of {name}", "set baseurl to ''")
