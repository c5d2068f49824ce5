"""The command as a build runs it: exit status, one line for a failure, log lines, kills, and the bucket's own rule."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
import uploader
import yaml
from botocore.stub import Stubber

from generator.buildspec import UPLOADER, buildspec

ROOT = Path(__file__).resolve().parents[2]
BUCKET = "site-bucket"
Make = Callable[..., Path]

# The uploader in a process that ends like a machine that is switched off: before its n-th PUT.
KILLED = """
import os, signal, sys, threading
sys.path.insert(0, {codebuild!r})
import uploader
connect, lock, left = uploader.connect, threading.Lock(), [{puts}]
def dying():
    client = connect()
    session = client._endpoint.http_session
    send = session.send
    def die(request):
        with lock:
            left[0] -= request.method == "PUT"
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return send(request)
    session.send = die
    return client
uploader.connect = dying
sys.exit(uploader.main(sys.argv[1:], dict(os.environ)))
"""


def _run(site: Any, folder: Path, script: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    program = ["-c", script] if script else [str(ROOT / "codebuild" / "uploader.py")]
    return subprocess.run(
        [sys.executable, *program, str(folder)],
        env={**os.environ, **site.environment, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("puts", [0, 1, 2, 21, 42, 43], ids=lambda puts: f"after-{puts}")
def test_a_killed_upload_leaves_no_manifest_and_the_next_one_is_complete(site: Any, make: Make, puts: int) -> None:
    files = {f"f{number}.txt": str(number) for number in range(20)}
    folder = make({**files, **{f"assets/f{number}-BdE8sX2_.js": str(number) for number in range(20)}})
    script = KILLED.format(codebuild=str(ROOT / "codebuild"), puts=puts)
    killed = _run(site, folder, script, EXECUTION="run-1", CODEBUILD_BUILD_ID="p:" + "1" * 16)
    assert killed.returncode == -9
    # the lease and 41 files come first, then the manifest; a killed execution is never pointed to
    assert (["manifests/" + "c" * 40 + "-" + "1" * 16 + ".json"] * (puts > 42), []) == (
        site.keys("manifests/"),
        site.keys("executions/"),
    )
    again = _run(site, folder, EXECUTION="run-1", CODEBUILD_BUILD_ID="p:" + "2" * 16)
    assert (again.returncode, again.stderr) == (0, "")
    identity = site.read("executions/run-1").decode()
    manifest = json.loads(site.read(f"manifests/{identity}.json"))
    assert (identity, manifest["files"], len(manifest["immutable"])) == ("c" * 40 + "-" + "2" * 16, 21, 20)
    assert len(site.keys(f"deployments/{identity}/")) == 21
    assert [f"immutable/{path}" for path in manifest["immutable"]] == site.keys("immutable/")


def test_a_refusal_uploads_nothing_and_says_so_in_one_line(site: Any, make: Make) -> None:
    result = _run(site, make({"_errors/404.html": "", "a.txt": ""}))
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(r"uploader: '_errors/404\.html' cannot be published, .*rename the folder\n", result.stderr)
    assert site.keys() == []


@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        ([], {}, "usage: "),
        (["a", "b"], {}, "usage: "),
        (["."], {"SITE_BUCKET": ""}, "usage: "),
        (["nowhere"], {}, "uploader: folder nowhere is missing or empty"),
    ],
    ids=["no-folder", "two-folders", "no-bucket", "no-such-folder"],
)
def test_a_wrong_call_is_answered_in_one_line(
    arguments: list[str], environment: dict[str, str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert uploader.main(arguments, {"SITE_BUCKET": BUCKET, "ROUTING": "spa", **environment}) == 1
    captured = capsys.readouterr()
    assert (captured.out, expected in captured.err, captured.err.count("\n")) == ("", True, 1)


def test_a_bucket_that_is_missing_is_named_by_the_request(site: Any, make: Make) -> None:
    result = _run(site, make(), SITE_BUCKET="another-bucket")
    assert result.returncode == 1
    assert re.fullmatch(r"uploader: uploads/c+-[0-9a-f]+: .*NoSuchBucket.*\n", result.stderr)


def test_missing_credentials_are_one_line(make: Make) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "SITE_BUCKET": BUCKET,
        "ROUTING": "spa",
        "AWS_REGION": "us-east-1",
    }
    environment |= {
        "AWS_EC2_METADATA_DISABLED": "true",
        "HOME": "/nonexistent",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    program = [sys.executable, str(ROOT / "codebuild" / "uploader.py"), str(make())]
    result = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert re.fullmatch(r"uploader: .*Unable to locate credentials\n", result.stderr)


def test_the_log_shows_progress_warnings_and_a_summary(
    site: Any, make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(uploader, "_PROGRESS_SECONDS", 0)
    site.publish(make({"LICENSE": "x" * 1_500_000, **{f"f{number}.txt": "" for number in range(1999)}}))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "warning: cannot be requested, for want of an extension that no page has: LICENSE"
    assert all(re.fullmatch(r"uploaded [\d,]+ of 2,001 files, [\d.]+ of 1\.5 MB", line) for line in lines[1:-1])
    assert lines[-2] == "uploaded 2,001 of 2,001 files, 1.5 of 1.5 MB"
    assert re.fullmatch(r"deployment c{40}-[0-9a-f]{16}: 2,001 files uploaded, 0 reused, [\d.]+ seconds", lines[-1])


@pytest.mark.parametrize(
    ("revisions", "expected"),
    [
        (
            [{"revisionSummary": '{"ProviderType":"GitHub","CommitMessage":"Merge \\"x\\"\\n\\nbody"}'}],
            'Merge "x"\n\nbody',
        ),
        ([{"revisionSummary": "Fix the build"}], "Fix the build"),
        ([{"revisionSummary": "[1]"}], "[1]"),
        ([{"revisionSummary": '{"other": 1}'}], '{"other": 1}'),
        ([{}], ""),
        ([], ""),
    ],
    ids=["connection", "plain", "list", "object", "nothing", "no-revision"],
)
def test_the_message_is_what_codepipeline_knows(
    site: Any, make: Make, monkeypatch: pytest.MonkeyPatch, revisions: list[dict[str, str]], expected: str
) -> None:
    _stub_pipeline(
        monkeypatch,
        lambda stub: stub.add_response(
            "get_pipeline_execution",
            {"pipelineExecution": {"artifactRevisions": revisions}},
            {"pipelineName": "pipeline", "pipelineExecutionId": "run-1"},
        ),
    )
    assert site.publish(make(), EXECUTION="run-1", PIPELINE="pipeline") == 0
    assert expected == site.manifest()["message"]


def test_a_pipeline_that_does_not_answer_is_a_warning_only(
    site: Any, make: Make, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _stub_pipeline(monkeypatch, lambda stub: stub.add_client_error("get_pipeline_execution", "AccessDeniedException"))
    assert site.publish(make(), EXECUTION="run-1", PIPELINE="pipeline") == 0
    assert site.manifest()["message"] == ""
    assert "warning: the manifest lacks the commit's message" in capsys.readouterr().out


def _stub_pipeline(monkeypatch: pytest.MonkeyPatch, prepare: Callable[[Stubber], None]) -> None:
    # the emulator has no CodePipeline API
    make_client: Any = boto3.client
    pipeline = make_client("codepipeline", region_name="us-east-1")
    stub = Stubber(pipeline)
    prepare(stub)
    stub.activate()
    monkeypatch.setattr(
        boto3,
        "client",
        lambda name, **o: pipeline if name == "codepipeline" else make_client(name, **o),
    )


@pytest.mark.parametrize("path", UPLOADER)
def test_the_source_is_of_the_oldest_python_that_build_images_have(path: str) -> None:
    ast.parse((ROOT / path).read_text(), feature_version=(3, 9))


def test_the_text_in_the_buildspec_is_the_whole_program(site: Any, make: Make, tmp_path: Path) -> None:
    commands = yaml.safe_load(buildspec(unpack_zip=False))["phases"]["build"]["commands"]
    (text,) = re.findall(r"<<'(\w+)'\n(.+)\1\n", commands[1], re.S)
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "uploader.py").write_text(text[1])
    program = [sys.executable, "-I", str(tmp_path / "alone" / "uploader.py")]
    page = '<script src="/there.js"></script><script src="/repo/there.js"></script>'
    folder = make({"index.html": page, "there.js": "", "a.md": "", "b.js.gz": "", "large.bin": b"x" * 2_000_000})
    environment = {**os.environ, **site.environment}
    ended = subprocess.run([*program, str(folder)], env=environment, capture_output=True, text=True, timeout=60)
    assert (0, "") == (ended.returncode, ended.stderr)
    assert "repo/there.js (index.html)" in ended.stdout.splitlines()[0]
    (manifest,) = site.manifests()
    heads = {name: site.head(f"deployments/{manifest['id']}/{name}") for name in ("a.md", "b.js.gz", "large.bin")}
    assert "text/markdown; charset=utf-8" == heads["a.md"]["ContentType"]
    assert "gzip" == heads["b.js.gz"]["ContentEncoding"]
    assert 2_000_000 == heads["large.bin"]["ContentLength"]
