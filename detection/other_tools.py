"""The tools that do not run on Node: they are known by a file of their own.

They come without a package.json, so their own file is all that there is to know them by.
"""

from __future__ import annotations

from detection.readers import documents, python, ruby
from detection.readers.python import PELICAN
from detection.tool import Tool

# What their own projects release, for both kinds of CodeBuild's machines.
# https://github.com/rust-lang/mdBook/blob/master/.github/workflows/deploy.yml
# https://github.com/getzola/zola/blob/master/.github/workflows/release.yml
_MDBOOK = "https://github.com/rust-lang/mdBook/releases/download/v0.4.52/mdbook-v0.4.52-$(uname -m)-unknown-linux-musl"
_ZOLA = "https://github.com/getzola/zola/releases/download/v0.20.0/zola-v0.20.0-$(uname -m)-unknown-linux-gnu"


_REQUIREMENTS = "[ ! -f requirements.txt ]||pip install -r requirements.txt"
# name; files; what installs it; what builds it; output; routing
_TABLE = (
    ("Zensical", "zensical.toml", "pip install zensical", "zensical build", "site", "folders"),
    ("Nikola", "conf.py", "pip install 'Nikola[extras]'", "nikola build", "output", "mixed"),
    ("Jupyter Book", "_toc.yml", "pip install 'jupyter-book<2'", "jupyter-book build .", "_build/html", "mixed"),
    ("MyST", "myst.yml", "pip install mystmd", "myst build --html", "_build/html", "mixed"),
    ("Pelican", "pelicanconf.py", "pip install 'pelican[markdown]'", PELICAN, "output", "mixed"),
    ("mdBook", "book.toml", f"curl -sSfL {_MDBOOK}.tar.gz | tar xz -C ~", "~/mdbook build", "book", "mixed"),
    ("Zola", "zola.toml|config.toml", f"curl -sSfL {_ZOLA}.tar.gz | tar xz -C ~", "~/zola build", "public", "folders"),
    ("Middleman", "config.rb", "bundle install", "bundle exec middleman build", "build", "mixed"),
)


def _own(name: str, files: str, install: str, build: str, output: str, routing: str) -> Tool:
    own = Tool(name, "custom", files=tuple(files.split("|")), build=build, output=output, routing=routing)
    return own._replace(
        install=f"{install};{_REQUIREMENTS}" if install.startswith("pip") else install,
        read=_READERS.get(name, own.read),
        is_site=_SITES.get(name, own.is_site),
    )


_READERS = {"Pelican": python.pelican, "mdBook": documents.mdbook, "Zola": documents.zola}
_SITES = {"Nikola": python.is_nikola, "Zola": documents.is_zola, "Middleman": ruby.is_middleman}
OTHER_TOOLS = (
    *(_own(*row) for row in _TABLE),
    Tool("MkDocs", "mkdocs", files=("mkdocs.yml", "mkdocs.yaml"), read=python.mkdocs),
    Tool("Sphinx", "sphinx", files=("conf.py", "source/conf.py"), read=python.sphinx, is_site=python.is_sphinx),
    Tool("Hugo", "hugo", files=documents.HUGO, read=documents.hugo, is_site=documents.is_hugo),
    Tool("Jekyll", "jekyll", files=("_config.yml", "_config.yaml"), read=ruby.jekyll, is_site=ruby.is_jekyll),
)
