"""The tools of documents that run on Ruby: Jekyll, Middleman.

Hexo and Jupyter Book have a _config.yml too, so that a file's name alone does not say whose it is.
"""

from __future__ import annotations

from detection.draft import Draft
from detection.files import Files, text_at
from detection.package import Package


def jekyll(draft: Draft) -> None:
    """https://jekyllrb.com/docs/configuration/options/"""
    name = draft.files.named("_config.yml", "_config.yaml")
    about = draft.files.yaml(name)
    draft.output(text_at(about, "destination") or None, f"destination of {name}", "_site")
    link = text_at(about, "permalink")
    if link == "pretty" or link.endswith("/"):
        draft.says("routing", "folders", f"{name} has permalink: {link}")
    draft.base(text_at(about, "baseurl") or None, f"baseurl of {name}", "set baseurl to ''")


def is_jekyll(files: Files) -> bool:
    """Hexo and Jupyter Book have a _config.yml too."""
    return "hexo" not in Package(files).dependencies and not files.has("_toc.yml")


def is_middleman(files: Files) -> bool:
    """Its config.rb says little; the Gemfile names it."""
    return "middleman" in files.text("Gemfile")
