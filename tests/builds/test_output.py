"""What the build's last shell command says of the output folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

from generator import sources


def built(folder: Path, output: str) -> subprocess.CompletedProcess[str]:
    """Run it in the project's folder, without a command of the user's."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "SITE_ROOT": str(folder),
        "APP_ROOT": ".",
        "BUILD_COMMAND": "none",
        "OUTPUT_FOLDER": output,
        "TOOLS": str(folder / "no-tools"),
    }
    program = ["bash", "-c", sources.shell("codebuild/build.sh") + 'echo "OUTPUT $OUTPUT"']
    return subprocess.run(program, env=environment, capture_output=True, text=True, check=False)


TOLD = ": the log of the pipeline's action Upload says what its lines do\n"


def test_rules_beside_the_output_folder_are_named_with_where_they_must_be(tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    for name in ("_redirects", "_headers"):
        (tmp_path / name).write_text("")
    (tmp_path / "dist" / "_headers").write_text("")
    done = built(tmp_path, "dist")
    assert done.returncode == 0
    assert done.stdout == f"_headers{TOLD}OUTPUT {tmp_path}/dist\n"
    assert done.stderr == (
        "warning: _redirects has no effect here: let the build put it into the output folder, dist\n"
    )


def test_rules_of_a_project_that_is_its_own_output_are_where_they_must_be(tmp_path: Path) -> None:
    (tmp_path / "_redirects").write_text("")
    done = built(tmp_path, ".")
    assert ("", f"_redirects{TOLD}OUTPUT {tmp_path}/.\n") == (done.stderr, done.stdout)


def test_an_output_folder_that_is_not_there_ends_the_build_with_what_the_build_has_left(tmp_path: Path) -> None:
    done = built(tmp_path, "dist")
    assert done.returncode == 1
    assert done.stderr.startswith("OutputFolder is 'dist'; the build must leave exactly one such folder")


def test_a_build_that_leaves_no_home_page_says_again_what_its_source_lacks(tmp_path: Path) -> None:
    """Hugo builds nothing without its theme, and does not fail."""
    lacks = "warning: .gitmodules names submodules\n"
    for folder in ("dist", "no-tools"):
        (tmp_path / folder).mkdir()
    (tmp_path / "no-tools" / "lacks").write_text(lacks)
    assert lacks == built(tmp_path, "dist").stderr
    (tmp_path / "dist" / "index.html").write_text("")
    assert "" == built(tmp_path, "dist").stderr
