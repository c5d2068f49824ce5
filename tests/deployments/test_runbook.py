"""The runbook names nothing that is not there: at 3 a.m. nobody wants to find out that an option has another name."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.session import Session
from botocore.awsrequest import AWSResponse

from deployments.cli import commands
from deployments.words import OUTCOMES
from generator import Settings, build_template
from generator.__main__ import PRICES
from generator.settings import SOURCES
from local.cloud.emulator import Emulator
from tests.deployments.calling import Command
from workbench import ROOT
from workbench.site import VisitedStack

TEXT = (ROOT / "docs" / "operations.md").read_text()
SHELL = "\n".join(re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)).replace("\\\n", "")
PROSE = re.sub(r"^```.*?^```", "", TEXT, flags=re.MULTILINE | re.DOTALL)
INLINE = re.findall(r"`([^`\n]+)`", PROSE)
LINES = [line for line in SHELL.splitlines() if line.startswith("deployments ")]
LINES += [code for code in INLINE if code.startswith("deployments ")]
LINES += [f"deployments {code}" for code in INLINE if re.match(rf"({'|'.join(commands())}) --", code)]
REQUESTS = (ROOT / "docs" / "requests.md").read_text()


def everywhere(part: str) -> set[str]:
    """The names in this part of any template with operations."""
    templates = (build_template(Settings(source=one, options=frozenset(["operations"]))) for one in SOURCES)
    return {name for template in templates for name in template.to_dict()[part]}


def table(head: str) -> list[list[str]]:
    """The rows of the table that begins with `head`."""
    rows = TEXT.partition(f"| {head} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip(" `") for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.parametrize("line", sorted(set(LINES)))
def test_every_command_is_one_that_the_command_line_takes(line: str) -> None:
    _, name, *arguments = shlex.split(line, comments=True)
    context = commands()[name].make_context(name, arguments)  # parses and runs nothing
    assert [] == context.args


def test_every_situation_has_its_commands() -> None:
    called = {shlex.split(line)[1] for line in LINES}
    day = {"status", "list", "rollback", "hold", "release", "promote", "publish", "watch", "show", "prune"}
    assert day | {"doctor", "dashboard", "init", "up", "rights"} == called


def test_every_outcome_is_one_of_the_publishers() -> None:
    (row,) = (line for line in REQUESTS.splitlines() if line.startswith("| `outcome` |"))
    known = set(re.findall(r"`([a-z-]+)`", row))
    named = set(re.findall(r"\(`([a-z-]+)`\)", PROSE))
    named |= set(re.findall(r'"outcome": ?"([a-z-]+)"', TEXT))
    said = set(re.findall(r"^outcome +(.+)$", TEXT, re.MULTILINE))
    assert set() == said - set(OUTCOMES.values())
    named |= {outcome for outcome, text in OUTCOMES.items() if text in said}
    assert {"stale", "held", "on-hold", "released", "refused", "published", "rolled-back"} == named
    assert set() == named - known


def test_every_output_parameter_and_resource_exists() -> None:
    outputs = everywhere("Outputs")
    assert set() == set(re.findall(r"\boutput ([A-Z]\w+)", SHELL)) - outputs
    logical = set(re.findall(r"--logical-resource-id (\w+)", SHELL))
    assert set() == logical - everywhere("Resources")
    names = {code for code in INLINE if re.fullmatch(r"([A-Z][a-z0-9]+){2,}", code)}
    # an error, a statement (see below), an operation of the store
    others = {"CannotDeleteEntityWhileInUse", "CreateNeverOverwrite", "GetKey"}
    assert set() == names - outputs - everywhere("Parameters") - everywhere("Resources") - others


def test_the_bucket_s_rule_is_lifted_and_nothing_else(tmp_path: Path) -> None:
    (code,) = re.findall(r"python3 -c '([^']*CreateNeverOverwrite[^']*)' > lifted.json", SHELL)
    policy = build_template().to_dict()["Resources"]["SiteBucketPolicy"]["Properties"]["PolicyDocument"]
    (tmp_path / "policy.json").write_text(json.dumps(policy))
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    lifted = json.loads(done.stdout)
    (rule,) = (statement for statement in policy["Statement"] if statement not in lifted["Statement"])
    assert ("CreateNeverOverwrite", len(policy["Statement"]) - 1) == (rule["Sid"], len(lifted["Statement"]))


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("", "nothing to see: the queue is empty, or somebody has looked within the last minute\n"),
        (json.dumps({"Messages": [{"Body": '{"state":"FAILED"}'}]}), '{\n "state": "FAILED"\n}\n'),
    ],
)
def test_a_look_into_the_failure_queue_shows_the_message_or_that_there_is_none(
    tmp_path: Path, answer: str, shown: str
) -> None:
    (block,) = re.findall(r"^```sh\n(aws sqs receive-message .*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    text = f"aws() {{ printf %s {shlex.quote(answer)}; }}; output() {{ :; }}\n{block}"
    done = subprocess.run(["bash", "-c", text], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (0, shown, "") == (done.returncode, done.stdout, done.stderr)


def test_parameters_growth_and_price_are_those_of_the_templates() -> None:
    parameters: dict[str, Any] = build_template(Settings(options=frozenset(["operations"]))).to_dict()["Parameters"]
    rows = {name: default for name, default, _ in table("parameter | default |")}
    added = parameters.keys() - build_template(Settings()).to_dict()["Parameters"].keys()
    assert {name: str(parameters[name]["Default"]) or "empty" for name in added} == rows
    folder = ROOT / "templates"
    sizes = {
        source: [(folder / f"{source}{end}.yaml").stat().st_size for end in ("", "-operations")] for source in SOURCES
    }
    ((told, of_direct),) = re.findall(r"grows by about ([\d,]+) bytes, and `direct`, .* by about ([\d,]+)\.", TEXT)
    growth = {source: int((of_direct if source == "direct" else told).replace(",", "")) for source in SOURCES}
    assert all(abs(extended - plain - growth[source]) < 3000 for source, (plain, extended) in sizes.items())
    assert PRICES["operations"] in " ".join(TEXT.split())


def test_a_copy_from_another_bucket_brings_a_deployment_back_and_overwrites_nothing(
    site: VisitedStack,
    environment: Emulator,
    run: Command,
    publish: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (code,) = re.findall(r"^python3 - OLD-BUCKET .*?<<'END'\n(.*?)^END$", TEXT, re.MULTILINE | re.DOTALL)
    first, _ = publish("first"), publish("second")
    s3 = environment.client("s3")
    s3.create_bucket(Bucket="archive")
    for key in site.keys("deployments/") + site.keys("manifests/") + site.keys("published/"):
        s3.copy_object(Bucket="archive", Key=key, CopySource={"Bucket": site.bucket, "Key": key})
    lost = [f"deployments/{first}/index.html", f"manifests/{first}.json"]
    for key in lost:
        s3.delete_object(Bucket=site.bucket, Key=key)
    asked: list[tuple[str, bytes]] = []

    def answer(request: Any, **_: Any) -> AWSResponse | None:
        """As S3 does, where the emulator reads no condition of a copy."""
        key = request.url.partition(f"/{site.bucket}/")[2]
        asked.append((key, request.headers["If-None-Match"]))
        if key in lost:
            return None
        response = AWSResponse(request.url, 412, {}, None)
        response._content = b"<Error><Code>PreconditionFailed</Code></Error>"
        return response

    session = Session()
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session)
    session.events.register("before-send.s3.CopyObject", answer)
    monkeypatch.setattr(sys, "argv", ["-", "archive", site.bucket])
    exec(compile(code, "runbook", "exec"), {"__name__": "runbook"})  # it is ours: what the page says to type
    assert {b"*"} == {condition for _, condition in asked}
    assert set(lost) < {key for key, _ in asked}
    assert "deployments/ 1 copied, 1 were there\n" in capsys.readouterr().out
    assert first == run("promote", first, "--json").json["after"]
