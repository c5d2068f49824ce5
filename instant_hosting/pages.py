"""`instant-hosting docs`: the documentation on the terminal, of the version that is installed."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

from instant_hosting.shipped import path
from instant_hosting.usage import Parser, tell

_FILES = "*.md", "*.yml", "Containerfile"  # pages, and examples for a CI


def main(arguments: Sequence[str], called: str) -> int:
    """List the pages or show one; the exit status."""
    parser = Parser(prog=called, description="List the pages of the documentation, or show one.", allow_abbrev=False)
    parser.add_argument("name", nargs="?", metavar="NAME", help="of a page, as in the list: operations")
    name = parser.parse_args(arguments).name
    found = pages()
    if name is None:
        width = max(map(len, found))
        print("\n".join(f"{name:{width}}  {_title(page)}" for name, page in found.items()))
        return 0
    page = found.get(name.removesuffix(".md").removeprefix("docs/"))
    if page is None:
        near = difflib.get_close_matches(name, found, 1)
        offer = f"; did you mean {near[0]}?" if near else ""
        tell(f"docs: no page {name!r}: `{called}` lists them{offer}")
        return 2
    # as it is written: a table made for the terminal would cut commands that are to be copied
    sys.stdout.write(page.read_text(encoding="utf-8"))
    return 0


def pages() -> dict[str, Path]:
    """Every page by its name: that of its file below docs/."""
    folder = path("docs")
    inside = sorted((one for kind in _FILES for one in folder.rglob(kind)), key=lambda one: (len(one.parts), one))
    files = [*inside, path("CHANGELOG.md")]  # what users need most, first
    return {_name(file, folder): file for file in files if file.is_file()}


def _name(file: Path, folder: Path) -> str:
    inside = file.relative_to(folder) if file.is_relative_to(folder) else Path(file.name.lower())
    return inside.with_suffix("").as_posix() if file.suffix == ".md" else inside.as_posix()


def _title(page: Path) -> str:
    """Its first line that is a title or, of an example, a remark."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return next((line.lstrip("# ") for line in lines if line.startswith("# ")), "")
