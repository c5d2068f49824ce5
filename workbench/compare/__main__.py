"""`python -m workbench.compare REVISION`: what every template means now and meant at a revision, and what differs.

All sources, options, packagings and a full `site.toml` are generated in a worktree of the revision and here, read as
CloudFormation reads them, and resolved for every combination of their conditions. Nothing is left out: code is listed
with its sizes, words for people with their texts, and the rest needs a reason in `reasons.toml`. Without one the exit
status is 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from workbench import ROOT
from workbench.compare.meaning import Found, compare
from workbench.compare.report import load_reasons, report
from workbench.compare.variants import Variant, variants
from workbench.read_yaml import as_yaml_1_1


@contextmanager
def _worktree(revision: str) -> Iterator[Path]:
    """A checkout of the revision, beside nothing of ours, and gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "then"
        git = ["git", "-C", str(ROOT), "worktree"]
        add = [*git, "add", "--quiet", "--detach", str(tree), revision]
        added = subprocess.run(add, capture_output=True, check=False)
        if added.returncode:
            raise SystemExit(f"compare: {revision} is no revision that git can check out: give a commit, tag or branch")
        try:
            yield tree
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def _generate(tree: Path, variant: Variant) -> bytes:
    """What that tree's own generator writes, with the packages of this Python."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "site.toml"
        config.write_text(variant.demands)
        demands = ["--config", str(config)] if variant.demands else []
        command = [sys.executable, "-m", "generator", *variant.arguments, *demands]
        done = subprocess.run(command, cwd=tree, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"compare: {variant.name} in {tree}: {done.stderr.decode()}")
    return done.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revision", help="what to compare with, e.g. a tag or the first commit of a branch")
    revision: str = parser.parse_args(arguments).revision
    found: list[Found] = []
    sizes: dict[str, tuple[int, int]] = {}
    every = list(variants())
    with _worktree(revision) as then, ThreadPoolExecutor(2) as pool:
        written = [list(pool.map(_generate, [tree] * len(every), every)) for tree in (then, ROOT)]
    for variant, before, after in zip(every, *written, strict=True):
        sizes[variant.name] = (len(before), len(after))
        found += compare(variant.name, as_yaml_1_1(before.decode()), as_yaml_1_1(after.decode()))
    return report(found, sizes, load_reasons())


if __name__ == "__main__":
    sys.exit(main())
