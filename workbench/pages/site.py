"""What mkdocs.yml cannot say: pages of the root are pages of the site, and links to other files lead to the repository.

docs/ is written for GitHub, where README.md and the sources lie beside it. The site has its own places for the pages of
the root. A link to a source leads to the repository whose address `REPOSITORY` gives; without one only its text stays.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
# the file in the repository, and the page's in docs/ as the site has it
OF_ROOT = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "report.md",
}
_FILES = {page: file for file, page in OF_ROOT.items()}
_ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
_CODE = re.compile(r"`[^`\n]+`")
_FENCE = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])+)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the root."""
    for file, page in OF_ROOT.items():
        files.append(File.generated(config, page, content=(ROOT / file).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The page with links that hold on the site; what stands in fences is no link."""
    place = page.file.src_uri
    repository = config.extra.get("repository")

    def placed(link: re.Match[str]) -> str:
        text, to, anchor = link[1], link[2], link[3] or ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(in_repository(place)), to))
        there = placed_at(path)
        if files.get_file_from_path(there):
            return f"[{text}]({posixpath.relpath(there, posixpath.dirname(place) or '.')}{anchor})"
        kind = "tree" if (ROOT / path).is_dir() else "blob"
        return f"[{text}]({repository}/{kind}/HEAD/{path}{anchor})" if repository else text

    parts = _FENCE.split(markdown)
    return "".join(part if number % 2 else _bars(_LINK.sub(placed, part)) for number, part in enumerate(parts))


def _bars(text: str) -> str:
    """Within code in a table GitHub wants `\\|` for a bar, and Python-Markdown shows it as it is."""
    return _ROW.sub(lambda row: _CODE.sub(lambda code: code[0].replace("\\|", "|"), row[0]), text)


def in_repository(place: str) -> str:
    """The path in the repository of a file of the site."""
    return _FILES.get(place, f"docs/{place}")


def placed_at(path: str) -> str:
    """The place on the site of a file of the repository; a path that the site lacks if it is none of its files."""
    return OF_ROOT.get(path, posixpath.relpath(path, "docs"))
