"""docs/regions-and-quotas.md against the templates, and against the schemas of the Regions that cfn-lint carries."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path

import cfnlint
import pytest

from generator.compute import LAMBDA_REGIONS
from generator.settings import SOURCES
from workbench import ROOT
from workbench.resolve import resolve
from workbench.templates import every_template

PAGE = (ROOT / "docs" / "regions-and-quotas.md").read_text()
PROVIDERS = Path(cfnlint.__file__).parent / "data" / "schemas" / "providers"
# What is no resource of the template, but of whoever deploys it or of SAM.
ALSO = {"git": {"AWS::CodeConnections::Connection"}, "webhook": {"AWS::Lambda::Url"}}
SAM = {"AWS::Serverless::Function"}


@cache
def regions() -> dict[str, frozenset[str]]:
    """The types that each public Region knows."""
    files = [path for path in PROVIDERS.glob("*.json") if re.fullmatch(r"[a-z]{2}-(gov-)?[a-z]+-\d", path.stem)]
    assert len(files) > 30
    return {path.stem: frozenset(json.loads(path.read_text())) for path in files}


def needed() -> dict[str, set[str]]:
    found = {
        name: {resource["Type"] for resource in every_template()[name]["Resources"].values()} - SAM
        for name in (*SOURCES, "webhook")
    }
    return {name: types | ALSO.get(name, set()) for name, types in found.items()}


def table(head: str) -> list[list[str]]:
    _, _, after = PAGE.partition(f"| {head} |")
    lines = after.split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_of_regions_is_what_cloudformation_knows_in_each() -> None:
    missing: dict[str, set[str]] = {}
    for region, known in regions().items():
        for kind in {kind for types in needed().values() for kind in types} - known:
            missing.setdefault(kind, set()).add(region)
    told = {kind.strip("`"): (names, where) for kind, names, where in table("what is missing | needed by | in")}
    by = {kind: {name for name, types in needed().items() if kind in types} for kind in missing}
    assert {kind: (by[kind], missing[kind]) for kind in missing} == {
        kind: (set(names.split(", ")), set(where.split(", "))) for kind, (names, where) in told.items()
    }


def count(source: str, kind: str) -> tuple[int, int]:
    """How many resources of a type a site has, plain and with operations; a condition that asks for more counts."""
    plain, extended = (
        sum(resource["Type"] == kind for resource in every_template()[name]["Resources"].values())
        for name in (source, f"{source}-operations")
    )
    return plain, extended


def both(numbers: tuple[int, int]) -> str:
    return str(numbers[0]) if numbers[0] == numbers[1] else f"{numbers[0]}, {numbers[1]}"


@pytest.mark.parametrize("row", table("of | quota | git | zip | direct | sites"), ids=lambda row: row[0].split("`")[1])
def test_a_quota_in_sites_is_what_the_templates_use_of_it(row: list[str]) -> None:
    name, quota, *used, sites = row
    kind, limit = name.split("`")[1], int(quota.split()[0])
    counts = {source: count(source, kind) for source in ("git", "zip", "direct")}
    assert [both(counts[source]) for source in ("git", "zip", "direct")] == used
    of = counts["git"] if counts["git"][0] else counts["direct"]
    assert both((limit // of[0], limit // of[1])) == sites


def test_uploads_run_on_lambda_where_the_page_says_so_and_in_a_container_elsewhere() -> None:
    (listed,) = re.findall(r"lambda\.html\) in (.*?), and in a container elsewhere", " ".join(PAGE.split()))
    assert sorted(LAMBDA_REGIONS) == listed.split(", ")
    template = every_template()["git"]
    for region in (*LAMBDA_REGIONS, "eu-west-3", "us-west-1"):
        evaluated = json.loads(json.dumps(template).replace('{"Ref": "AWS::Region"}', f'"{region}"'))
        kind = resolve(evaluated).properties("UploadProject")["Environment"]["Type"]
        assert (kind == "LINUX_LAMBDA_CONTAINER") == (region in LAMBDA_REGIONS), region


def test_the_domain_needs_records_for_both_kinds_of_addresses() -> None:
    # the distribution answers over IPv6 too: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/routing-to-cloudfront-distribution.html
    for source in SOURCES:
        assert "alias A and AAAA in Route 53" in every_template()[source]["Outputs"]["DnsTarget"]["Description"]


def test_the_retention_also_says_how_long_a_stage_can_be_retried() -> None:
    for source in SOURCES:
        description = every_template()[source]["Parameters"]["RetentionDays"]["Description"]
        assert ("No stage can be retried without its artifacts" in description) is (source != "direct")


def test_each_environment_of_sam_has_a_stack_of_its_own() -> None:
    # in one stack, `sam deploy --config-env direct` over a git site would take its pipeline away
    environments = tomllib.loads((ROOT / "samconfig.toml").read_text())
    stacks = [
        commands["global"]["parameters"]["stack_name"] for name, commands in environments.items() if name != "version"
    ]
    assert len(set(stacks)) == len(stacks) == 5
