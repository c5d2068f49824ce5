"""`[headers]` and `[rules]` of site.toml, and the parameter Fallback: what a site's own rules may do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator import Settings, build_template
from generator.settings import SOURCES, HeaderSettings, SettingsError, Source
from generator.site_file import load_settings
from workbench.resolve import Resolved, resolve

PIPELINES: list[Source] = ["git", "zip"]
CORS = "e61eb60c-9c35-4d20-a928-2b84e02af89c"


def built(tmp_path: Path, text: str, source: Source = "git", **parameters: str) -> Resolved:
    file = tmp_path / "site.toml"
    file.write_text(text)
    return resolve(
        json.loads(json.dumps(build_template(load_settings(file, Settings(source=source))).to_dict())), **parameters
    )


def variables(found: Resolved) -> dict[str, Any]:
    """What the action Upload is told."""
    listed = found.properties("UploadProject")["Environment"]["EnvironmentVariables"]
    return {item["Name"]: item["Value"] for item in listed}


def behaviors(found: Resolved) -> dict[str, dict[str, Any]]:
    """By pattern; the default one by an empty one."""
    config = found.properties("Distribution")["DistributionConfig"]
    return {one.get("PathPattern", ""): one for one in (config["DefaultCacheBehavior"], *config["CacheBehaviors"])}


def events(behavior: dict[str, Any]) -> list[str]:
    return [one["EventType"] for one in behavior.get("FunctionAssociations", [])]


@pytest.mark.parametrize("source", SOURCES)
def test_with_assets_the_finisher_runs_for_all_but_error_pages(tmp_path: Path, source: Source) -> None:
    found = behaviors(built(tmp_path, "[headers]\nassets = true\n", source))
    assert events(found.pop("/_errors/*")) == []
    assert all(events(one) == ["viewer-request", "viewer-response"] for one in found.values())


@pytest.mark.parametrize("source", PIPELINES)
def test_the_upload_is_told_what_is_set_and_nothing_else(tmp_path: Path, source: Source) -> None:
    plain = variables(built(tmp_path, "", source))
    assert plain["COMPILER"] == "<Compiler>"
    assert plain["FALLBACK"] == "auto"
    assert not {"ASSETS", "LENIENT"} & {*plain}
    told = variables(
        built(tmp_path, "[headers]\nassets = true\n[rules]\nlenient = true\n", source, Fallback="200.html")
    )
    assert told == {**plain, "ASSETS": "true", "LENIENT": "true", "FALLBACK": "200.html"}


def test_the_command_line_finds_in_the_outputs_that_rules_hold_for_assets(tmp_path: Path) -> None:
    assert "RulesOnAssets" not in built(tmp_path, "", "direct").outputs
    assert built(tmp_path, "[headers]\nassets = true\n", "direct").outputs["RulesOnAssets"] == "true"


@pytest.mark.parametrize("source", SOURCES)
def test_cors_is_awss_policy_for_every_behavior(tmp_path: Path, source: Source) -> None:
    found = behaviors(built(tmp_path, "[headers]\ncors = true\n", source))
    assert {one["ResponseHeadersPolicyId"] for one in found.values()} == {CORS}
    assert events(found["*.css"]) == ["viewer-request"]


@pytest.mark.parametrize("source", PIPELINES)
def test_the_compiler_may_write_its_log_and_nothing_else_and_only_the_upload_may_ask_it(source: Source) -> None:
    template = json.loads(json.dumps(build_template(Settings(source=source)).to_dict()))
    found = resolve(template)
    (statement,) = found.statements("CompilerRole")
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == ["<CompilerLog.Arn>"]
    assert "Environment" not in found.properties("Compiler")
    asking = {
        title: one["Resource"]
        for title, resource in found.resources.items()
        if resource["Type"] == "AWS::IAM::Role"
        for one in found.statements(title)
        if one["Action"] == ["lambda:InvokeFunction"]
    }
    assert asking == {"UploadRole": ["<Compiler.Arn>"]}


WRONG = [
    ("[headers]\ncors = 1\n", "git", "site.toml:2: cors is .*; it must be true or false"),
    ("[headers]\nall = true\n", "git", "unknown key 'all' in \\[headers\\]; allowed: assets, cors"),
    ("[rules]\nstrict = true\n", "git", "unknown key 'strict' in \\[rules\\]; allowed: lenient"),
    ("[rules]\nlenient = true\n", "direct", "site.toml:2: .*deployments publish --lenient"),
    (
        f'[headers]\ncors = true\n[distribution]\nresponse_headers_policy = "{CORS}"\n',
        "git",
        "site.toml:2: .*response_headers_policy names another one: leave cors out",
    ),
]


@pytest.mark.parametrize(("text", "source", "problem"), WRONG)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, source: Source, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        built(tmp_path, text, source)


def test_settings_by_hand_are_held_to_the_same() -> None:
    own = Settings().distribution._replace(response_headers_policy=CORS)
    with pytest.raises(SettingsError, match="put it into that one"):
        Settings(headers=HeaderSettings(cors=True), distribution=own)
    with pytest.raises(SettingsError, match="deployments publish --lenient"):
        Settings(source="direct", lenient=True)
