"""`python -m workbench.lint`: what is wrong with the scripts; `--write` gives them their form."""

from __future__ import annotations

import sys

from workbench.lint import form, install, lint


def main() -> None:
    """Say it, and end with 1 if there is something."""
    install()
    said = [form("--write" in sys.argv), lint("scripts.config.mjs", "dashboard/page", "local/edge", "codebuild")]
    print("\n".join(filter(None, said)) or "nothing is wrong")
    sys.exit(int(any(said)))


if __name__ == "__main__":
    main()
