"""`[publisher] requests_by_event`: without it the stack has no way in for events that anybody can put."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator import Settings, build_template
from generator.settings import SOURCES, SettingsError, Source
from generator.site_file import load_settings


def resources(settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(build_template(settings).to_dict()["Resources"]))
    return found


@pytest.mark.parametrize("source", SOURCES)
def test_left_out_are_the_rule_its_permission_and_its_place_in_the_queue_and_nothing_else(
    tmp_path: Path, source: Source
) -> None:
    file, base = tmp_path / "site.toml", Settings(source=source, options=frozenset(["operations"]))
    file.write_text("[publisher]\nrequests_by_event = false\n")
    whole, without = resources(base), resources(load_settings(file, base))
    assert {"RequestRule", "RequestPermission"} == {*whole} - {*without}
    assert "RequestRule" not in json.dumps(without)
    assert "Deployment Request" not in json.dumps({name: r for name, r in without.items() if name != "Publisher"})
    rules = whole["FailureQueuePolicy"]["Properties"]["PolicyDocument"]["Statement"][0]["Condition"]["ArnEquals"]
    rules["aws:SourceArn"].remove({"Fn::GetAtt": ["RequestRule", "Arn"]})
    changed = {name for name in without if without[name] != whole[name]}
    assert changed <= {"Pipeline"}  # which comes after all others
    file.write_text("[publisher]\nrequests_by_event = true\n")
    assert resources(load_settings(file, base)) == resources(base)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('requests_by_event = "no"', "it must be true or false"),
        ("events = false", "unknown key 'events' in \\[publisher\\]; allowed: requests_by_event"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "site.toml"
    file.write_text(f"[publisher]\n{text}\n")
    with pytest.raises(SettingsError, match=f"site.toml:2: .*{problem}"):
        load_settings(file)
