"""Writes deployments/up/changes.json: what each version asks of a stack's owner, from CHANGELOG.md's marks.

The CHANGELOG itself is not in the package; `deployments up` shows this part of it before an upgrade.
"""

from __future__ import annotations

import json
import re
import sys

from workbench import ROOT

_MARKS = "**Act", "**Replaces**"


def changes(changelog: str) -> list[dict[str, str]]:
    """The marked items, in the CHANGELOG's order."""
    found: list[dict[str, str]] = []
    version = ""
    for block in re.split(r"\n(?=## |### |- |\*\*|\n)", changelog):
        if heading := re.match(r"## (\S+)", block):
            version = heading[1]
        elif block.startswith("- ") and version and any(mark in block for mark in _MARKS):
            found.append({"version": version, "text": _plain(block[2:])})
    return found


def _plain(text: str) -> str:
    """The item without marks of Markdown and without its first mark, which is why it is shown."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", " ".join(text.split()))
    plain = re.sub(r"^\*\*Act:?\*\*:? ", "", plain).replace("**", "")
    return plain[:1].upper() + plain[1:]


def main() -> None:
    """Print them."""
    text = changes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps(text, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
