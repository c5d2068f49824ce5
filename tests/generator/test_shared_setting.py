"""`[files] shared`: from site.toml into the build's environment, where the uploader reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import Settings, build_template
from generator.settings import SettingsError
from generator.site_file import load_settings


def _environment(settings: Settings) -> dict[str, object]:
    project = build_template(settings).to_dict()["Resources"]["UploadProject"]["Properties"]
    return {one["Name"]: one["Value"] for one in project["Environment"]["EnvironmentVariables"]}


def test_only_a_site_that_shares_nothing_says_so_to_its_upload(tmp_path: Path) -> None:
    file = tmp_path / "site.toml"
    file.write_text("[files]\nshared = false\n")
    assert _environment(load_settings(file))["SHARED_FILES"] == "false"
    file.write_text("[files]\nshared = true\n")
    assert "SHARED_FILES" not in _environment(load_settings(file))


@pytest.mark.parametrize(
    ("text", "source", "problem"),
    [
        ('shared = "no"', "git", "it must be true or false"),
        ("share = false", "git", "unknown key 'share' in \\[files\\]; allowed: shared"),
        ("shared = false", "direct", "publish --no-shared"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, source: str, problem: str) -> None:
    file = tmp_path / "site.toml"
    file.write_text(f"[files]\n{text}\n")
    base = Settings(source="direct") if source == "direct" else Settings()
    with pytest.raises(SettingsError, match=f"site.toml:2: .*{problem}"):
        load_settings(file, base)
