"""`cache clear`: nothing that a build has left reaches a later one, and nothing else goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator import Settings, build_template
from generator.render import to_yaml
from local.cloud.emulator import Emulator
from tests.deployments.calling import Command
from workbench.site import GIT_PARAMETERS, VisitedStack, deployed

GIT = to_yaml(build_template(Settings(source="git")))


@pytest.fixture
def built(environment: Emulator) -> Iterator[VisitedStack]:
    with deployed(environment, GIT, parameters=GIT_PARAMETERS) as site:
        yield site


def test_all_that_builds_keep_goes_and_nothing_else(built: VisitedStack, run: Command) -> None:
    s3, bucket = built.emulator.client("s3"), built.resources["ArtifactBucket"]
    project = build_template(Settings(source="git")).to_dict()["Resources"]["BuildProject"]["Properties"]
    kept = project["Cache"]["Location"]["Fn::Sub"].removeprefix("${ArtifactBucket}/")  # the emulator does not tell it
    others = ["archives/1.tar", "site/Source/abc", "cachet/x"]
    names = [*range(1_002), "\x1b[2J"]  # which a bad package may choose, and XML lacks
    for key in [*(f"{kept}/{name}" for name in names), *others]:
        s3.put_object(Bucket=bucket, Key=key, Body=b"12")
    ended = run("cache", "clear", "--json")
    assert (0, {"bucket": bucket, "objects": 1_003, "bytes": 2_006}) == (ended.status, ended.json)
    assert "the next build starts without a cache" in ended.err
    assert sorted(others) == [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert (0, "0") == (run("cache", "clear").status, run("cache", "clear").facts["objects"])


def test_a_stack_that_builds_nothing_says_so(site: VisitedStack, run: Command) -> None:
    ended = run("cache", "clear")
    assert (1, 1) == (ended.status, len(ended.err.splitlines()))
    assert "builds nothing, so it has no cache" in ended.err


def test_clearing_is_all_that_can_be_done_with_it(built: VisitedStack, run: Command) -> None:
    bucket = built.resources["ArtifactBucket"]
    built.emulator.client("s3").put_object(Bucket=bucket, Key="cache/one", Body=b"1")
    ended = run("cache", "burn")
    assert (2, "'burn' is not 'clear'" in ended.err) == (ended.status, True)
    assert 1 == built.emulator.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"]
