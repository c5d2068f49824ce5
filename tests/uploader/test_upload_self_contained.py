"""Other bytes under a shared name: never a refusal; the deployment is self-contained, or the pool's bytes stay."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from content.files import UploadError
from tests.uploader.killed import KILLED
from uploader.client import connect
from uploader.deployment import upload
from workbench.together import UPLOADER
from workbench.uploads import planned, table_of

ROOT = Path(__file__).resolve().parents[2]
BUILD = "project:1a2b3c4d-5e6f-7a8b-9c0d-112233445566"
ID = "c" * 40 + "-1a2b3c4d5e6f7a8b"
APART = "c" * 40 + "-xa2b3c4d5e6f7a8b"
SCRIPT, STYLE = "assets/index-BdE8sX2_.js", "assets/index-BdE8sX2_.css"
PICTURE = "_next/static/media/hero.8d3f2ea5.webp"
OWN = "public, max-age=0, s-maxage=31536000, must-revalidate"
Make = Callable[..., Path]


@pytest.fixture
def other(site: Any, make: Make) -> Path:
    """A build whose script has other bytes than the pool; style and page are those of the first."""
    assert site.publish(make({SCRIPT: "1", STYLE: "2"}, "first"), CODEBUILD_BUILD_ID="p:" + "f" * 16) == 0
    return make({SCRIPT: "one", STYLE: "2", "assets/new-BdE8sX2_.js": "3"})


def test_other_bytes_under_a_shared_name_make_the_deployment_self_contained(site: Any, other: Path) -> None:
    assert site.publish(other, CODEBUILD_BUILD_ID=BUILD, EXECUTION="run-1") == 0
    assert site.read("executions/run-1").decode() == APART
    manifest = json.loads(site.read(f"manifests/{APART}.json"))
    paths = sorted(["index.html", SCRIPT, STYLE, "assets/new-BdE8sX2_.js"])
    assert paths == [key.removeprefix(f"deployments/{APART}/") for key in site.keys(f"deployments/{APART}/")]
    assert (manifest["id"], manifest["files"]) == (APART, 4)
    assert manifest["bytes"] == sum(len(site.read(f"deployments/{APART}/{path}")) for path in paths)
    # what agrees is in the pool too, and named; the other bytes are not this deployment's
    assert manifest["immutable"] == sorted([STYLE, "assets/new-BdE8sX2_.js"])
    assert (site.read(f"immutable/{SCRIPT}"), site.read(f"deployments/{APART}/{SCRIPT}")) == (b"1", b"one")
    assert {site.head(f"deployments/{APART}/{path}")["CacheControl"] for path in paths} == {OWN}
    assert site.keys(f"deployments/{ID}/") == []


def test_the_warning_names_the_files_the_consequence_and_the_remedy(
    site: Any, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site.publish(other, CODEBUILD_BUILD_ID=BUILD)
    *_, warning, summary = capsys.readouterr().out.splitlines()
    assert warning.startswith("warning: self-contained, ")
    assert warning.endswith(f": {SCRIPT}")
    assert all(text in warning for text in ("for a year", "[contenthash]", "[files] shared = false"))
    assert summary.startswith(f"deployment {APART}: files: 3 uploaded, 1 reused")


def test_a_source_map_that_a_comment_has_changed_is_published_and_its_script_stays_shared(
    site: Any, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    script = "assets/index-DIp39s_k.js"
    for number, remark in enumerate(("ready", "ready // a remark"), 1):
        folder = make({script: "1", f"{script}.map": remark}, str(number))
        assert site.publish(folder, CODEBUILD_BUILD_ID=f"p:{str(number) * 16}") == 0
    assert site.keys("immutable/") == [f"immutable/{script}"]
    maps = [site.read(key) for key in site.keys("deployments/") if key.endswith(".map")]
    assert maps == [b"ready", b"ready // a remark"]
    assert "warning" not in capsys.readouterr().out


def test_images_and_fonts_of_promised_folders_keep_the_pools_bytes_and_one_line_counts_them(
    site: Any, make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    font = "_nuxt/inter.woff2"
    assert site.publish(make({PICTURE: "1", font: "2"}, "first")) == 0
    assert site.publish(make({PICTURE: "one", font: "two"}), CODEBUILD_BUILD_ID=BUILD) == 0
    assert json.loads(site.read(f"manifests/{ID}.json"))["immutable"] == sorted([PICTURE, font])
    assert site.read(f"immutable/{PICTURE}") == b"1"
    warnings = [line for line in capsys.readouterr().out.splitlines() if line.startswith("warning")]
    assert len(warnings) == 1
    assert "images and fonts stay as an earlier build made them: 2" in warnings[0]


@pytest.mark.parametrize("path", ["_astro/page.D5Qn6b1-.js", "_next/static/css/a.css", "assets/hero-q8VEBKGg.png"])
def test_code_of_promised_folders_and_images_elsewhere_never_stay_as_an_earlier_build_made_them(
    site: Any, make: Make, path: str
) -> None:
    site.publish(make({path: "1"}, "first"))
    assert site.publish(make({path: "one", PICTURE: "x"}), CODEBUILD_BUILD_ID=BUILD) == 0
    assert site.read(f"deployments/{APART}/{path}") == b"one"
    assert site.read(f"deployments/{APART}/{PICTURE}") == b"x"


def test_its_own_lease_comes_before_anything_of_its_folder(site: Any, other: Path, monkeypatch: Any) -> None:
    keys: list[str] = []
    connect = UPLOADER.connect

    def noted() -> Any:
        client = connect()
        send = client._endpoint.http_session.send

        def note(request: Any) -> Any:
            keys.append(f"{request.method} {request.url.partition('/site-bucket/')[2]}")
            return send(request)

        monkeypatch.setattr(client._endpoint.http_session, "send", note)
        return client

    monkeypatch.setattr(UPLOADER, "connect", noted)
    site.publish(other, CODEBUILD_BUILD_ID=BUILD)
    puts = [key for key in keys if key.startswith("PUT")]
    first = next(number for number, key in enumerate(puts) if "deployments/" in key)
    assert puts[0] == f"PUT uploads/{ID}"
    assert puts[first - 1] == f"PUT uploads/{APART}"
    assert all("deployments/" not in key or APART in key for key in puts)


@pytest.mark.parametrize("puts", [1, 2, 3, 5, 7, 8])
def test_a_killed_one_leaves_no_half_and_the_same_build_finds_its_id_again(site: Any, other: Path, puts: int) -> None:
    environment = {**os.environ, **site.environment, "CODEBUILD_BUILD_ID": BUILD, "EXECUTION": "run-1"}
    script = KILLED.format(root=str(ROOT), puts=puts)
    killed = subprocess.run([sys.executable, "-c", script, str(other)], env=environment, timeout=60, check=False)
    assert killed.returncode == -9
    complete = bool(site.keys(f"manifests/{APART}"))
    assert (complete, site.keys("executions/")) == (puts == 8, [])
    if not complete:
        assert site.publish(other, CODEBUILD_BUILD_ID=BUILD, EXECUTION="run-1") == 0
        assert site.read("executions/run-1").decode() == APART
    assert json.loads(site.read(f"manifests/{APART}.json"))["files"] == len(site.keys(f"deployments/{APART}/")) == 4


def test_of_two_builds_at_once_with_other_bytes_one_is_self_contained_and_both_are_whole(site: Any, make: Make) -> None:
    names = [f"assets/a{number}-BdE8sX2_.js" for number in range(30)]
    folders = [make({name: f"{build} {name}" for name in names}, build) for build in "12"]
    with ThreadPoolExecutor(2) as threads:
        done = threads.map(
            lambda pair: site.publish(pair[1], CODEBUILD_BUILD_ID=f"p:{str(pair[0]) * 16}"), enumerate(folders)
        )
        assert list(done) == [0, 0]
    manifests = site.manifests()
    assert any("-x" in manifest["id"] for manifest in manifests)
    for manifest, folder in zip(sorted(manifests, key=lambda one: one["id"][-1]), folders, strict=True):
        for name in names:
            own = f"deployments/{manifest['id']}/{name}" if "-x" in manifest["id"] else f"immutable/{name}"
            assert site.read(own) == (folder / name).read_bytes()
            assert name not in manifest["immutable"] or site.read(f"immutable/{name}") == (folder / name).read_bytes()


def test_the_next_build_that_agrees_is_an_ordinary_one_again(site: Any, other: Path, make: Make) -> None:
    site.publish(other, CODEBUILD_BUILD_ID=BUILD)
    site.s3.delete_object(Bucket="site-bucket", Key=f"immutable/{SCRIPT}")  # the pruner, with the last that names it
    assert site.publish(other, CODEBUILD_BUILD_ID="p:" + "2" * 16) == 0
    assert len(site.keys(f"manifests/{'c' * 40}-{'2' * 16}.json")) == 1
    assert site.read(f"immutable/{SCRIPT}") == b"one"


def test_without_sharing_nothing_is_in_the_pool_and_nothing_immutable(site: Any, make: Make) -> None:
    folder = make({SCRIPT: "1", PICTURE: "2"})
    assert site.publish(folder, CODEBUILD_BUILD_ID=BUILD, SHARED_FILES="false") == 0
    assert site.keys("immutable/") == []
    assert {site.head(key)["CacheControl"] for key in site.keys("deployments/")} == {OWN}
    assert site.keys("uploads/") == [f"uploads/{APART}"]
    manifest = site.manifest()
    assert (manifest["id"], manifest["files"], manifest["immutable"]) == (APART, 3, [])


def test_every_file_is_counted_once_although_it_is_written_twice(site: Any, other: Path) -> None:
    seen: list[int] = []
    facts = {"id": ID, "execution": ""}
    plan = planned(other, "spa")
    identity, warnings = upload(
        connect(), "site-bucket", plan, table_of(plan), facts, lambda size, _: seen.append(size)
    )
    assert (identity, len(warnings), len(seen)) == (APART, 1, 4)


def test_its_own_folder_is_never_changed(site: Any, other: Path) -> None:
    site.publish(other, CODEBUILD_BUILD_ID=BUILD)
    (other / SCRIPT).write_text("another")
    plan = planned(other, "spa")
    with pytest.raises(
        UploadError, match=rf"deployments/{APART}/{SCRIPT} exists with other content .*begin a new build"
    ):
        upload(connect(), "site-bucket", plan, table_of(plan), {"id": ID, "execution": ""}, lambda *_: None)
