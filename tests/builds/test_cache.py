"""The build's cache: a new one for each set of packages, with nothing else in it."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

import yaml

from deployments import probe
from generator.buildspec import LOCKS, build_buildspec
from workbench import ROOT

CACHE = yaml.safe_load(build_buildspec(unpack_zip=False))["cache"]


def test_whatever_locks_packages_makes_a_cache_of_its_own_and_no_other_file_does() -> None:
    names = re.findall(r"'(\S+)': '(?:npm|pnpm|yarn|bun)'", (ROOT / "codebuild" / "auto.js").read_text())
    assert 6 == len(names)
    for name in [*names, "Gemfile.lock", "requirements.txt", "requirements-dev.txt"]:
        matching = [pattern for pattern in LOCKS if fnmatch(f"apps/web/{name}", pattern)]
        assert 1 == len(matching), name
        assert f"'{matching[0]}'" in CACHE["key"]
    for name in ("package.json", "src/clock.ts", "blocklist.txt", "content/lock.md", "yarn.lock.md"):
        assert not any(fnmatch(f"apps/{name}", pattern) for pattern in LOCKS), name


def test_a_source_without_a_lock_file_has_a_key_too() -> None:
    assert re.fullmatch(r"packages-\$\(codebuild-hash-files '.*' \|\| echo none\)", CACHE["key"])
    assert {"key", "paths"} == {*CACHE}  # restored and saved, and never another key's cache, which would grow for ever


def test_what_is_kept_are_packages_and_what_bundlers_keep_and_no_home_as_a_whole() -> None:
    for path in CACHE["paths"]:
        assert path.endswith("/**/*")
        assert len(Path(path).parts) >= (6 if path.startswith("/") else 4), path


def test_what_doctor_asks_the_cache_for_is_kept() -> None:
    (path,) = set(re.findall(r"(?:ls|touch) (/\S+)", probe.BUILD))
    assert any(path.startswith(kept.removesuffix("**/*")) for kept in CACHE["paths"])
