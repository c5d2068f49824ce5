"""`python -m generator` as a person uses it: in a process of its own, mistakes included."""

from __future__ import annotations

import gc
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from generator import Settings, __version__, build_template
from generator.__main__ import main
from generator.render import to_json, to_yaml
from generator.settings import RoleSettings
from generator.webhook import build_webhook
from workbench import ROOT


def generate(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_leaves_pythons_collector_as_it_was() -> None:
    assert gc.isenabled()
    assert main(["--source", "direct", "--output", os.devnull]) == 2  # it is no plain file
    assert gc.isenabled()


def test_no_argument_writes_the_git_template_as_yaml_and_nothing_else_to_standard_output() -> None:
    done = generate()
    assert (0, to_yaml(build_template(Settings(source="git")))) == (done.returncode, done.stdout)


def test_the_file_says_which_template_it_is_for_and_an_option_wins(tmp_path: Path) -> None:
    config = tmp_path / "site.toml"
    config.write_text('[template]\nsource = "direct"\nwith = ["operations"]\n')
    asked = generate("--config", str(config))
    wanted = Settings(source="direct", options=frozenset(["operations"]))
    assert (0, to_yaml(build_template(wanted))) == (asked.returncode, asked.stdout)
    assert "generator: direct with operations template" in asked.stderr
    assert "bytes of it come from the options. operations: about USD" in asked.stderr
    other = generate("--config", str(config), "--source", "zip")
    assert "generator: zip with operations template" in other.stderr
    webhook = generate("webhook", "--config", str(config))
    assert (2, True) == (webhook.returncode, "site.toml:1: [template] is for a site" in webhook.stderr)


@pytest.mark.parametrize("source", ["git", "zip", "direct"])
def test_the_source_decides_the_template(source: str) -> None:
    done = generate("--source", source, "--format", "json")
    assert done.stdout == to_json(build_template(Settings(source=source)))  # type: ignore[arg-type]
    assert json.loads(done.stdout)["Description"].startswith(f"Instant Hosting {__version__} ({source})")


def test_the_webhooks_template_and_the_packaged_ones_are_asked_for_by_name() -> None:
    assert generate("webhook").stdout == to_yaml(build_webhook())
    done = generate("--source", "direct", "--packaging", "sam")
    assert done.stdout == to_yaml(build_template(Settings(source="direct", packaging="sam")))
    assert done.stderr.startswith("generator: direct SAM template, ")


def test_the_webhook_takes_roles_and_tags_of_a_site_file_and_refuses_what_is_for_a_site(tmp_path: Path) -> None:
    config = tmp_path / "site.toml"
    config.write_text("[roles]\npath = '/hosting/'\n[tags]\nteam = 'web'\n")
    done = generate("webhook", "--config", str(config))
    expected = build_webhook(Settings(roles=RoleSettings(path="/hosting/"), tags={"team": "web"}))
    assert done.stdout == to_yaml(expected)
    config.write_text("[tags]\nteam = 'web'\n[distribution]\nprice_class = 'PriceClass_100'\n")
    done = generate("webhook", "--config", str(config))
    assert (done.returncode, done.stdout) == (2, "")
    problem = "[distribution] is for a site. This template takes roles, tags: leave it out"
    assert done.stderr == f"generator: {config}:3: {problem}\n"


def test_an_option_says_what_it_adds_and_what_it_costs() -> None:
    plain, extended = generate("--source", "direct"), generate("--source", "direct", "--with", "operations")
    more = len(extended.stdout.encode()) - len(plain.stdout.encode())
    assert (
        f"generator: {more:,} bytes of it come from the options. operations: about USD 3.20 a month" in extended.stderr
    )
    assert "from the options" not in plain.stderr


def test_an_unknown_option_is_one_line_that_names_what_is_allowed() -> None:
    done = generate("--with", "prunning")
    assert (done.returncode, done.stdout) == (2, "")
    assert "invalid choice: 'prunning' (choose from 'operations')" in done.stderr


def test_the_size_is_said_on_standard_error_with_how_to_deploy_a_template_over_the_limit() -> None:
    fits, over = generate("webhook"), generate("--source", "direct")
    assert f"{len(fits.stdout.encode()):,} bytes: fits" in fits.stderr
    assert f"{len(over.stdout.encode()):,} bytes: it is over 51,200 bytes" in over.stderr
    assert "--s3-bucket" in over.stderr
    assert len(over.stderr.splitlines()) == 1


def test_the_same_input_gives_the_same_bytes_under_every_hash_seed() -> None:
    texts = {generate("--source", "zip", PYTHONHASHSEED=seed).stdout for seed in ("0", "1", "4711")}
    assert len(texts) == 1


def test_the_version_and_the_help_are_answered() -> None:
    assert generate("--version").stdout == f"instant-hosting {__version__}\n"
    shown = generate("--help").stdout
    options = ("webhook", "--source", "--packaging", "--format", "--output", "--config", "--version", "example:")
    assert all(option in shown for option in options)


def test_an_output_file_is_written_whole_with_the_bytes_of_standard_output(tmp_path: Path) -> None:
    target = tmp_path / "template.yaml"
    target.write_text("old")
    done = generate("--output", str(target))
    assert (done.returncode, done.stdout) == (0, "")
    assert generate().stdout == target.read_text()
    assert [target] == list(tmp_path.iterdir())


def test_an_output_file_is_written_through_links_and_keeps_its_mode_and_its_name(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "here").mkdir()
    target = tmp_path / "shared" / "template.yaml"
    target.write_text("old")
    target.chmod(0o640)
    link = tmp_path / "here" / "link.yaml"
    link.symlink_to("../shared/second.yaml")
    (tmp_path / "shared" / "second.yaml").symlink_to("template.yaml")
    assert 0 == generate("--output", str(link)).returncode
    assert (generate().stdout, 0o640) == (target.read_text(), target.stat().st_mode & 0o777)
    target.unlink()
    assert 0 == generate("--output", str(link)).returncode  # to where it leads, though nothing is there yet
    assert target.is_file()
    assert ["second.yaml", "template.yaml"] == sorted(path.name for path in target.parent.iterdir())
    assert [link] == list(link.parent.iterdir())
    assert link.is_symlink()


def test_nothing_but_a_plain_file_is_replaced(tmp_path: Path) -> None:
    pipe, loop, null, out = (tmp_path / name for name in ("pipe", "loop", "null", "out"))
    os.mkfifo(pipe)
    loop.symlink_to(loop)
    null.symlink_to("/dev/null")
    out.symlink_to("/dev/stdout")  # what it leads to is a pipe here
    with socket.socket(socket.AF_UNIX) as taken:
        taken.bind(str(tmp_path / "socket"))
        before = {path.name: path.lstat()[:2] for path in tmp_path.iterdir()}  # mode and number
        for name in sorted(before):
            done = generate("--output", str(tmp_path / name))
            assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), done.stderr
            remedy = "Too many levels" if name == "loop" else "is no plain file: give one, or leave the option out"
            assert remedy in done.stderr
        after = {path.name: path.lstat()[:2] for path in tmp_path.iterdir()}  # mode and number
    assert before == after


MISTAKES = [
    (["--source", "svn"], "'svn'", "git"),
    (["--format", "xml"], "'xml'", "json"),
    (["--frmat", "json"], "--frmat", "--help"),
    (["surplus"], "surplus", "site, webhook"),
    (["--packaging", "zip"], "'zip'", "inline"),
    (["webhook", "--source", "zip"], "--source", "a site's"),
    (["--config", "missing.toml"], "missing.toml", "No such file"),
    (["--output", "missing/folder/template.yaml"], "missing/folder/template.yaml", "No such file"),
    (["--output", "/dev/null/x"], "/dev/null/x", "Not a directory"),
    (["--output", "generator"], "--output 'generator' is no plain file", "give one"),
    (["--output", "."], "--output '.' is no plain file", "give one"),
    (["--output", "x" * 300], "x" * 300, "File name too long"),
    (["--config", ""], "cannot be read", "give the path"),
    (["--output", ""], "--output '' is no plain file", "give one"),
]


@pytest.mark.parametrize(("arguments", "given", "remedy"), MISTAKES, ids=[" ".join(m[0])[:60] for m in MISTAKES])
def test_a_mistake_is_one_line_with_both_sides_and_status_2(arguments: list[str], given: str, remedy: str) -> None:
    done = generate(*arguments)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert given in done.stderr
    assert remedy in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_one_line_and_leaves_no_half_written_file() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "generator"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "No space left" in done.stderr


@pytest.mark.parametrize(
    ("where", "status", "said"),
    [
        ("| true", 0, ""),  # `| head` has seen enough
        (">&-", 2, "generator: standard output is closed; give --output FILE"),
        ("2> /dev/full | cat > /dev/null", 0, ""),
        ("2>&- | tail -1 | grep -c generator:", 0, ""),  # its remarks do not go into the template
    ],
)
def test_a_closed_or_full_place_is_one_line_at_most(where: str, status: int, said: str) -> None:
    line = f"{sys.executable} -m generator {where}; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (status, said) == (done.returncode, done.stderr[: len(said)]), done.stderr
    assert len(done.stderr.splitlines()) <= 1
    assert "1" != done.stdout.strip()


def test_a_page_is_shown_as_it_is_written_and_an_unknown_one_is_one_line_with_the_nearest() -> None:
    def docs(*arguments: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "instant_hosting", "docs", *arguments]
        return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert (ROOT / "docs" / "cli.md").read_text() == docs("cli").stdout == docs("docs/cli.md").stdout
    listed = {line.split()[0] for line in docs().stdout.splitlines()}
    pages = {path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert {*pages, "changelog", "ci/Containerfile"} <= listed
    done = docs("operation")
    line = "docs: no page 'operation': `instant-hosting docs` lists them; did you mean operations?\n"
    assert (2, "", line) == (done.returncode, done.stdout, done.stderr)
