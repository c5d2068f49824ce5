"""What a stack goes through: every source, long names, two Regions, deletion and another life, and failing builds."""

from __future__ import annotations

import json
import shutil
import uuid
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from generator import Settings, build_template
from generator.render import to_yaml
from generator.settings import SOURCES, DistributionSettings, RoleSettings, Source
from local.cloud.emulator import Emulator
from local.edge.distribution import AddedHeader, read_distribution
from workbench import ROOT, uploads
from workbench.site import GIT_PARAMETERS, Build, VisitedStack, deployed, until, upload

if TYPE_CHECKING:
    from aws_types import PolicyConfig

PLAIN = ROOT / "tests" / "projects" / "plain"


def template(source: Source) -> str:
    return to_yaml(build_template(Settings(source=source)))


def parameters(source: Source) -> dict[str, str]:
    return {"git": {**GIT_PARAMETERS, "Framework": "static"}}.get(source, {})


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    return folder


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PLAIN, tmp_path / "source"))


@pytest.fixture
def git(aws: Emulator) -> Iterator[VisitedStack]:
    with deployed(aws, template("git"), parameters=parameters("git")) as site:
        yield site


def commit() -> str:
    return uuid.uuid4().hex + "0" * 8


def publish(site: VisitedStack, source: Path, tools: Path, start: str = "2026-05-01T10:00:00.000Z") -> Build:
    build = Build(site, commit())
    run = build.run(source, tools)
    assert run.returncode == 0, run.stdout + run.stderr
    site.send_success(build.execution, start)
    until(site.live, lambda live: str(live).startswith(build.deployment))
    return build


def request(site: VisitedStack, **wish: str) -> dict[str, object]:
    """The publisher's answer to a direct invocation."""
    client = site.emulator.client("lambda")
    answer = client.invoke(FunctionName=site.outputs["PublisherName"], Payload=json.dumps(wish))
    found: dict[str, object] = json.loads(answer["Payload"].read())
    return found


def test_a_zip_becomes_a_page_also_when_it_holds_one_folder_and_what_finder_adds(
    aws: Emulator, tmp_path: Path, tools: Path
) -> None:
    with deployed(aws, template("zip")) as site:
        archive = BytesIO()
        with zipfile.ZipFile(archive, "w") as packed:
            for file in PLAIN.rglob("*"):
                packed.write(file, Path("my site") / file.relative_to(PLAIN))
            packed.writestr("__MACOSX/._my site", "x")
        s3 = aws.client("s3")
        version = s3.put_object(Bucket=site.resources["SourceBucket"], Key="site.zip", Body=archive.getvalue())[
            "VersionId"
        ]
        zipfile.ZipFile(archive).extractall(tmp_path / "unpacked")
        build = Build(site, version)
        run = build.run(tmp_path / "unpacked", tools)
        assert run.returncode == 0, run.stdout + run.stderr
        site.send_success(build.execution, "2026-05-01T10:00:00.000Z")
        until(site.live, lambda live: str(live).startswith(build.deployment))
        assert build.deployment.startswith("zip-")
        assert "Plain site" in site.get("/").text
        manifest = json.loads(
            s3.get_object(Bucket=site.bucket, Key=f"manifests/{build.deployment}.json")["Body"].read()
        )
        assert manifest["version"] == version


def test_a_site_is_published_without_a_pipeline_by_uploading_and_asking(aws: Emulator, plain: Path) -> None:
    import subprocess
    import sys

    with deployed(aws, template("direct")) as site:
        environment = {**aws.environment(), "SITE_BUCKET": site.bucket, "ROUTING": "mixed", "PATH": "/usr/bin:/bin"}
        command = [sys.executable, uploads.PROGRAM, str(plain)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
        (manifest,) = site.keys("manifests/")
        deployment = Path(manifest).stem
        assert "Plain site" not in site.get("/").text
        answer = request(site, action="publish", deployment=deployment)
        assert answer["outcome"] == "published"
        assert "Plain site" in site.get("/").text


WEB_ACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/hosting/01234567-89ab-cdef-0123-456789abcdef"


def test_a_site_with_all_that_an_account_demands_is_published_and_every_behavior_has_the_teams_headers(
    aws: Emulator, tmp_path: Path
) -> None:
    cloudfront = aws.client("cloudfront")
    security = {"ContentSecurityPolicy": {"Override": True, "ContentSecurityPolicy": "default-src 'self'"}}
    policy = cast("PolicyConfig", {"Name": "team", "SecurityHeadersConfig": security})
    made = cloudfront.create_response_headers_policy(ResponseHeadersPolicyConfig=policy)["ResponseHeadersPolicy"]
    settings = Settings(
        source="direct",
        roles=RoleSettings("boundaries/hosting", "/hosting/"),
        distribution=DistributionSettings(WEB_ACL, made["Id"], "PriceClass_100", "example-logs", "site/"),
    )
    with deployed(aws, to_yaml(build_template(settings))) as site:
        site.ask(action="publish", deployment=upload(site, tmp_path / "site", "hello"))
        assert site.get("/").text == "<p>hello</p>"
        roles = aws.client("iam").list_roles(PathPrefix="/hosting/")["Roles"]
        assert ["PublisherRole"] == [role["RoleName"].split("-")[1] for role in roles]
        config = cloudfront.get_distribution(Id=site.resources["Distribution"])["Distribution"]["DistributionConfig"]
        assert (config["WebACLId"], config["PriceClass"]) == (WEB_ACL, "PriceClass_100")
        logging = config["Logging"]
        assert (logging["Enabled"], logging["Bucket"], logging["Prefix"]) == (
            True,
            "example-logs.s3.amazonaws.com",
            "site/",
        )
        headers = {behavior.headers for behavior in read_distribution(aws, site).behaviors}
        assert headers == {(AddedHeader("content-security-policy", "default-src 'self'", True),)}


def test_asking_for_what_does_not_exist_changes_nothing_and_says_so(aws: Emulator) -> None:
    with deployed(aws, template("direct")) as site:
        answer = request(site, action="publish", deployment="upload-0123456789abcdef")
        assert answer["outcome"] == "refused"
        assert "upload-0123456789abcdef" in str(answer["reason"])
        assert site.live() is None


@pytest.mark.parametrize("source", SOURCES)
def test_a_stack_with_a_name_of_128_characters_can_be_created(aws: Emulator, source: Source) -> None:
    with deployed(aws, template(source), name="n" * 128, parameters=parameters(source)) as site:
        assert site.get("/").status == 503


@pytest.mark.parametrize("source", SOURCES)
def test_two_stacks_of_one_name_in_two_regions_of_an_account_do_not_collide(aws: Emulator, source: Source) -> None:
    with (
        deployed(aws, template(source), parameters=parameters(source)) as first,
        deployed(aws, template(source), parameters=parameters(source), region="eu-central-1") as second,
    ):
        global_names = ("Store", "RouterFunction", "PinFunction", "Distribution", "SiteBucket")
        assert not {first.resources[n] for n in global_names} & {second.resources[n] for n in global_names}


@pytest.mark.parametrize("source", SOURCES)
def test_a_stack_can_be_created_again_although_the_first_ones_store_and_bucket_were_kept(
    aws: Emulator, source: Source
) -> None:
    with deployed(aws, template(source), parameters=parameters(source)) as first:
        pass
    with deployed(aws, template(source), parameters=parameters(source)) as second:
        assert first.resources["Store"] != second.resources["Store"]
        assert first.bucket != second.bucket
        assert second.get("/").status == 503


def test_a_failing_build_uploads_nothing_and_leaves_no_manifest(git: VisitedStack, plain: Path, tools: Path) -> None:
    failing = Build(git, commit(), variables={"BUILD_COMMAND": "echo building; exit 3"})
    run = failing.run(plain, tools)
    assert run.returncode != 0
    assert "building" in run.stdout
    assert git.keys("") == []


def test_a_pipe_that_fails_in_the_build_command_fails_the_build(git: VisitedStack, plain: Path, tools: Path) -> None:
    run = Build(git, commit(), variables={"BUILD_COMMAND": "false | true"}).run(plain, tools)
    assert run.returncode != 0
    assert git.keys("") == []


MISTAKES = [
    ({"APP_ROOT": "apps/web"}, "AppRoot is 'apps/web'"),
    ({"OUTPUT_FOLDER": "dist"}, "OutputFolder is 'dist'"),
    ({"OUTPUT_FOLDER": "g*/../*"}, "OutputFolder is 'g*/../*'"),
]


@pytest.mark.parametrize(("variables", "message"), MISTAKES, ids=[message for _, message in MISTAKES])
def test_a_wrong_folder_is_named_in_the_build_log(
    git: VisitedStack, plain: Path, tools: Path, variables: dict[str, str], message: str
) -> None:
    run = Build(git, commit(), variables=variables).run(plain, tools)
    assert run.returncode != 0
    assert message in run.stdout
    assert git.keys("") == []


def test_a_repositorys_python_version_does_not_choose_the_uploaders_python(
    git: VisitedStack, plain: Path, tools: Path
) -> None:
    (plain / ".python-version").write_text("2.7.18\n")
    (plain / "boto3.py").write_text("raise SystemExit('the repository was imported')\n")
    publish(git, plain, tools)
    assert "Plain site" in git.get("/").text


def test_a_build_that_exports_a_variable_of_the_uploads_is_refused(git: VisitedStack, plain: Path, tools: Path) -> None:
    evil = """x"},{"name":"LD_PRELOAD","value":"/tmp/evil.so"""
    # as in CodeBuild, where a build is root: whatever packs is another program now
    program = f"#!/bin/sh\nprintf '%s' '{evil}'\n"
    quoted = program.replace("'", "'\\''")
    replaced = f"""place=$(dirname "$(command -v n)")/python3; printf '%s' '{quoted}' > "$place"; chmod +x "$place\""""
    build = Build(git, commit(), variables={"BUILD_COMMAND": replaced})
    assert build.build(plain, tools).returncode == 0
    (elsewhere := tools.parent / "upload").mkdir()
    done = build.upload(elsewhere)
    assert done.returncode == 1
    assert f"CodePipeline does not tell build, digest and commit of {build.execution}" in done.stdout
    assert git.keys("") == []


def test_a_commands_quotes_and_dollars_reach_the_shell_as_they_were_written(
    git: VisitedStack, plain: Path, tools: Path
) -> None:
    command = """printf '%s' "it's \\"$ROUTING\\" \\\\ #{x}" > said.txt"""
    run = Build(git, commit(), variables={"BUILD_COMMAND": command}).run(plain, tools)
    assert run.returncode == 0, run.stdout
    assert """it's "mixed" \\ #{x}""" == (plain / "said.txt").read_text()


def test_what_was_live_stays_live_while_the_next_build_fails(git: VisitedStack, plain: Path, tools: Path) -> None:
    first = publish(git, plain, tools)
    (plain / "index.html").unlink()
    run = Build(git, commit()).run(plain, tools)
    assert run.returncode != 0
    assert "index.html" in run.stdout
    assert str(git.live()).startswith(first.deployment)
    assert "Plain site" in git.get("/").text


def test_a_publish_that_fails_raises_and_reaches_the_failure_queue(git: VisitedStack) -> None:
    event = git.success(str(uuid.uuid4()), "2026-05-01T10:00:00.000Z")  # no build ever wrote this execution
    # invoked as EventBridge does; the emulator's own EventBridge makes one attempt and knows no destination
    git.emulator.client("lambda").invoke(
        FunctionName=git.outputs["PublisherName"], InvocationType="Event", Payload=json.dumps(event)
    )
    sqs = git.emulator.client("sqs")
    url = git.outputs["FailureQueueUrl"]
    message = until(lambda: sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages"), bool, seconds=60)
    assert "execution-id" in message[0]["Body"]
    assert git.live() is None


def test_plain_http_is_sent_to_https(git: VisitedStack) -> None:
    answer = git.get("/", X_Forwarded_Proto="http")
    assert answer.status == 301
    assert answer.headers["Location"].startswith("https://")
