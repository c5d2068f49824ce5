"""`site.toml`: what it can say, and how exactly it is told what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import Settings, SettingsError, load_settings
from generator.settings import BuildVariable


def load(tmp_path: Path, text: str, base: Settings | None = None) -> Settings:
    path = tmp_path / "site.toml"
    path.write_text(text)
    return load_settings(path, base)


def test_tags_variables_and_the_address_are_read(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        """
        [notification]
        email = "team@example.com"

        [tags]
        team = "web"
        "cost center" = "4711"

        [build.variables]
        API_URL = "https://api.example.com"
        TOKEN = { parameter = "/site/token" }
        KEY = { secret = "site/key:json-key" }
        """,
    )
    assert found == Settings(
        notification_email="team@example.com",
        tags={"team": "web", "cost center": "4711"},
        variables=(
            BuildVariable("API_URL", "PLAINTEXT", "https://api.example.com"),
            BuildVariable("TOKEN", "PARAMETER_STORE", "/site/token"),
            BuildVariable("KEY", "SECRETS_MANAGER", "site/key:json-key"),
        ),
    )


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "") == Settings()


MISTAKES = [
    ("\n[tgas]\nteam = 'web'\n", 2, "'tgas'", "tags"),
    ("email = 'a@b.c'\n", 1, "'email'", "notification"),
    ("[notification]\nmail = 'a@b.c'\n", 2, "'mail'", "email"),
    ("[notification]\n# a comment\nemail = 7\n", 3, "a number", "a string"),
    ("[notification]\nemail = 'team'\n", 2, "'team'", "team@example.com"),
    ("notification = 'a@b.c'\n", 1, "a string", "[notification]"),
    ("[tags]\nteam = ['web']\n", 2, "a list", "a string"),
    ("[tags]\n'aws:team' = 'web'\n", 2, "'aws:team'", "none begins with aws:"),
    ("[build]\nvariabels = {}\n", 2, "'variabels'", "variables"),
    ("[build.variables]\nOK = 'x'\nPORT = 80\n", 3, "a number", "a string"),
    ("[build.variables]\nTOKEN = { param = 'x' }\n", 2, "{param}", "parameter"),
    ("[build.variables]\nTOKEN = { parameter = 'x', secret = 'y' }\n", 2, "{parameter, secret}", "secret"),
    ("[build.variables]\nTOKEN = { parameter = 'a b' }\n", 2, "'a b'", "name"),
    ("[build.variables]\nTOKEN = { parameter = 7 }\n", 2, "7", "name"),
    ("[build.variables.TOKEN]\nparam = 'x'\n", 1, "{param}", "parameter"),
    ("[build.variables]\n'MY-VAR' = 'x'\n", 2, "'MY-VAR'", "letters, digits and _"),
    ("[build.variables]\nSITE_BUCKET = 'x'\n", 2, "SITE_BUCKET", "another name"),
    ("[build.variables]\nCODEBUILD_X = 'x'\n", 2, "'CODEBUILD_X'", "CODEBUILD_"),
    ("[build]\nvariables = { CODEBUILD_X = 'x' }\n", 2, "'CODEBUILD_X'", "CODEBUILD_"),
]


@pytest.mark.parametrize(("text", "line", "given", "allowed"), MISTAKES, ids=[repr(m[0])[:50] for m in MISTAKES])
def test_a_mistake_names_the_file_the_line_what_was_given_and_what_is_allowed(
    tmp_path: Path, text: str, line: int, given: str, allowed: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, text)
    message = str(raised.value)
    assert message.startswith(f"{tmp_path / 'site.toml'}:{line}: ")
    assert given in message
    assert allowed in message
    assert "\n" not in message


def test_broken_toml_names_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"site\.toml: is not valid TOML: .*line 2, column"):
        load(tmp_path, "[tags]\nteam = \n")


def test_a_file_that_is_not_utf8_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_bytes(b"[tags]\nteam = '\xff'\n")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        load_settings(tmp_path / "site.toml")


def test_variables_without_a_build_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"site\.toml:1: .*'direct' has none"):
        load(tmp_path, "[build.variables]\nA = 'x'\n", Settings(source="direct"))


def test_an_unknown_source_is_refused_by_the_settings_themselves() -> None:
    with pytest.raises(SettingsError, match="'svn' is not one of git, zip, direct"):
        Settings(source="svn")  # type: ignore[arg-type]


def test_settings_cannot_be_changed_after_they_were_made() -> None:
    with pytest.raises(AttributeError):
        Settings().source = "zip"  # type: ignore[misc]
