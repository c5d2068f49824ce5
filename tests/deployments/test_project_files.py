"""The files of a project: read as sam reads them, written together or not at all, and nobody else's text touched."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from deployments.errors import Failure
from deployments.project import Project, read_project, write_project, write_template
from deployments.project.overrides import read, written
from generator import Settings
from generator.settings import BuildVariable
from workbench import ROOT
from workbench.site import CONNECTION

GIT = {"ConnectionArn": CONNECTION, "Repository": "ada/shop"}
FOREIGN = """\
# my functions
version = 0.1   # sam's

[default.global.parameters]
stack_name = "functions"
[default.build.parameters]
cached = true
[default.deploy.parameters]
capabilities = "CAPABILITY_IAM CAPABILITY_AUTO_EXPAND"
parameter_overrides = "Stage=prod"
"""
VALUES = [
    *("plain", "", "a b", 'say "x"', "it's", "a=b,c=d", "npm run build -- --base='/a b' --mode=\"x y\",z", '"whole"'),
    *("'whole'", "back\\slash", '\\"', "a\\ b", "$HOME;echo ü | cat"),
    *("'", '"', "\\", "a  b", " lead", "trail ", "file://x", "A=1 B=2"),
]


def project(folder: Path, **changes: object) -> Project:
    return Project(folder, "shop", "eu-central-1", Settings(), GIT)._replace(**changes)  # type: ignore[arg-type]


def test_what_is_written_is_read_again_and_nothing_is_written_twice(tmp_path: Path) -> None:
    settings = Settings(source="zip", options=frozenset(["operations"]))
    one = project(tmp_path, settings=settings, parameters={"BuildCommand": 'npm run "x y"', "KeepDays": "7"})
    assert ["samconfig.toml", "site.toml", "template.yaml"] == [path.name for path in write_project(one)]
    assert one == read_project(tmp_path)
    assert [] == write_project(one)
    assert not write_template(one)


def test_sam_itself_reads_each_value_as_it_was_meant() -> None:
    texts = written({f"P{number}": value for number, value in enumerate(VALUES)})
    code = (
        "import json, sys; from samcli.cli.types import CfnParameterOverridesType as T;"
        "print(json.dumps(T().convert(json.load(sys.stdin), None, None)))"
    )
    python = ROOT / ".tools" / "sam" / "bin" / "python"
    done = subprocess.run(
        [python, "-c", code], input=json.dumps(texts), capture_output=True, text=True, timeout=120, check=True
    )
    assert VALUES == list(json.loads(done.stdout).values())
    assert VALUES == list(read(texts).values())


@pytest.mark.parametrize("value", ["ends with a \\", "a\\'b\\\"c", "ParameterKey=a,ParameterValue=b"])
def test_what_no_notation_of_sam_says_is_refused(value: str) -> None:
    with pytest.raises(Failure, match="put the command into a script of the project"):
        written({"BuildCommand": value})


NOTATIONS = [
    ('"Framework=vite Branch=main"', {"Framework": "vite", "Branch": "main"}),
    ('["ParameterKey=Framework,ParameterValue=vite"]', {"Framework": "vite"}),
    ("""['BuildCommand="npm run x"', "Branch=main"]""", {"BuildCommand": "npm run x", "Branch": "main"}),
    ('{ Framework = "vite", KeepDays = 7 }', {"Framework": "vite", "KeepDays": "7"}),
    ("[]", {}),
    ('""', {}),
]


@pytest.mark.parametrize(("text", "meant"), NOTATIONS, ids=[row[0] for row in NOTATIONS])
def test_every_notation_of_parameters_that_sam_knows_is_read(tmp_path: Path, text: str, meant: dict[str, str]) -> None:
    write_project(project(tmp_path, parameters={}))
    config = tmp_path / "samconfig.toml"
    config.write_text(config.read_text().replace("parameter_overrides = []", f"parameter_overrides = {text}"))
    from deployments.project.project import find_project

    found = find_project(tmp_path)
    assert found is not None
    assert meant == found.parameters


WRONG = [
    ("samconfig.toml", "stack_name", 'stack_name = "1 shop"', "stack_name is '1 shop'; it must be up to 128 letters"),
    ("samconfig.toml", "region", 'region = "Frankfurt"', "region is 'Frankfurt'; it must be a Region such as"),
    ("samconfig.toml", "region", "region = 1", "region of default is 1; it must be a text"),
    ("samconfig.toml", "stack_name", 'stack_name = "', "is not valid TOML"),
    ("samconfig.toml", '    "Repo', '    "BuildCommand=npm run build",', "of which sam would leave out 'run build'"),
    (
        "samconfig.toml",
        '    "Repo',
        '    "Repository=https://github.com/a/b",',
        "it must be owner/name, not an address",
    ),
    (
        "samconfig.toml",
        '    "Repo',
        '    "Branches=main",',
        "Branches is no parameter of the template for the source git",
    ),
    ("samconfig.toml", '    "Repo', '    "Branch=main",', "Repository: must be given"),
    ("samconfig.toml", '    "Conn', '    "Framework=react",', "Framework is 'react'; it must be one of static, vite"),
    ("samconfig.toml", "]", '    "DomainNames=example.com",\n]', "DomainNames and CertificateArn need each other"),
    ("samconfig.toml", "]", '    "Framework=custom",\n]', "A custom framework needs BuildCommand, OutputFolder and"),
    ("samconfig.toml", "]", '    "NodeVersion=20",\n]', "Node.js 20 is only on"),
    ("samconfig.toml", "]", '    "RetentionDays=8",\n]', "RetentionDays is '8'; it must be one of 7, 14, 30"),
    ("samconfig.toml", "]", '    "file://more.toml",\n]', "which only sam follows: write the parameters there"),
    ("site.toml", "source", 'source = "svn"', "site.toml:5: source is 'svn'; it must be one of git, zip, direct"),
    ("site.toml", "[template]", "[site]\ntitle = 1\n[template]", "unknown key 'site'"),
]


@pytest.mark.parametrize(("name", "line", "text", "said"), WRONG, ids=[row[3][:40] for row in WRONG])
def test_a_mistake_in_a_file_is_one_line_that_names_it(
    tmp_path: Path, name: str, line: str, text: str, said: str
) -> None:
    write_project(project(tmp_path))
    path = tmp_path / name
    lines = [text if one.startswith(line) else one for one in path.read_text().splitlines()]
    path.write_text("\n".join(lines))
    with pytest.raises(Failure) as failed:
        read_project(tmp_path)
    assert said in str(failed.value)
    assert name in str(failed.value)
    assert "\n" not in str(failed.value)


def test_bytes_of_another_encoding_are_named(tmp_path: Path) -> None:
    write_project(project(tmp_path))
    for name in ("samconfig.toml", "site.toml"):
        text = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(text + b"# caf\xe9\n")
        with pytest.raises(Failure, match=rf"{name}:? is not UTF-8 text: save it as UTF-8"):
            read_project(tmp_path)
        (tmp_path / name).write_bytes(text)


def test_an_environment_beside_somebody_elses_leaves_every_byte_of_it(tmp_path: Path) -> None:
    for text in (FOREIGN, FOREIGN.replace("\n", "\r\n"), FOREIGN.rstrip("\n")):
        (tmp_path / "samconfig.toml").write_bytes(text.encode())
        one = project(tmp_path, environment="site")
        write_project(one)
        assert (tmp_path / "samconfig.toml").read_bytes().startswith(text.encode())
        assert one == read_project(tmp_path)
        for path in tmp_path.iterdir():
            path.unlink()


def test_a_change_keeps_comments_order_and_the_other_environments(tmp_path: Path) -> None:
    write_project(project(tmp_path))
    config = tmp_path / "samconfig.toml"
    mine = config.read_text().replace('"Repository=ada/shop",', '# ours\n    "Repository=ada/shop", # since May')
    config.write_text(mine + "\n" + FOREIGN.partition("\n\n")[2].replace("default", "functions"))
    before = config.read_text()
    one = project(tmp_path, region="us-east-1", parameters={**GIT, "Branch": "next"})
    assert [config] == write_project(one)
    after = config.read_text()
    assert before.replace("eu-central-1", "us-east-1") == after.replace('    "Branch=next",\n', "")
    assert one == read_project(tmp_path)


def test_a_setting_stays_as_it_is_written(tmp_path: Path) -> None:
    mine = '\ufeff# ours\r\n[tags]\r\nteam = "web"   # all\r\n\r\n[template]\r\nsource = "git" # by push\r\n'
    (tmp_path / "site.toml").write_bytes(mine.encode())
    write_project(project(tmp_path, settings=Settings(tags={"team": "web"})))
    assert mine.encode() == (tmp_path / "site.toml").read_bytes()
    changed = project(tmp_path, settings=Settings(source="direct", tags={"team": "web"}), parameters={})
    write_project(changed)
    assert mine.replace('"git"', '"direct"').encode() == (tmp_path / "site.toml").read_bytes()
    assert "team" in (tmp_path / "template.yaml").read_text()


def test_settings_that_are_there_get_the_template_and_nothing_else(tmp_path: Path) -> None:
    mine = '[build.variables]\nA = "1"'
    (tmp_path / "site.toml").write_text(mine)
    settings = Settings(variables=(BuildVariable("A", "PLAINTEXT", "1"),))
    write_project(project(tmp_path, settings=settings))
    assert f'{mine}\n\n[template]\nsource = "git"\n' == (tmp_path / "site.toml").read_text()
    assert replace(settings, options=frozenset()) == read_project(tmp_path).settings


def test_a_template_of_somebody_else_is_never_overwritten(tmp_path: Path) -> None:
    mine = "Transform: AWS::Serverless-2016-10-31\nDescription: Instant coffee\n"
    (tmp_path / "template.yaml").write_text(mine)
    with pytest.raises(Failure, match="is not a template of Instant Hosting, and stays as it is"):
        write_project(project(tmp_path))
    assert ["template.yaml"] == [path.name for path in tmp_path.iterdir()]
    assert mine == (tmp_path / "template.yaml").read_text()
    write_project(project(tmp_path, template_name="site-template.yaml"))
    assert mine == (tmp_path / "template.yaml").read_text()
    assert tmp_path / "site-template.yaml" == read_project(tmp_path).template


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("samconfig.toml", "is no file: take it away"),
        ("site.toml", "is no file: take it away"),
        ("template.yaml", "is not a template of Instant Hosting"),
    ],
)
def test_a_device_in_the_place_of_a_file_is_one_line_and_is_not_read(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / name).symlink_to("/dev/zero")
    with pytest.raises(Failure, match=said):
        write_project(project(tmp_path))


def test_what_a_pattern_refuses_is_said_with_the_pattern(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"it must be of the form \[\^\\r\\n\]\*: Replaces the command"):
        project(tmp_path, parameters={**GIT, "BuildCommand": "a\nb"}).check()


@pytest.mark.parametrize("before", ["Description: >-\n ", "Description: ", "Description: '"])
def test_a_template_of_an_older_version_is_ours(tmp_path: Path, before: str) -> None:
    write_project(project(tmp_path))
    path = tmp_path / "template.yaml"
    now = path.read_text()
    path.write_text(re.sub(r"Description: (>-\s*)?Instant Hosting 0\.", f"{before}Instant Hosting 9.", now, count=1))
    assert write_template(read_project(tmp_path))
    assert now == path.read_text()


def test_another_configuration_of_sam_is_not_put_in_the_shade(tmp_path: Path) -> None:
    (tmp_path / "samconfig.yaml").write_text("version: 0.1\n")
    with pytest.raises(Failure, match=r"sam would no longer read it beside a samconfig\.toml"):
        write_project(project(tmp_path))
    assert ["samconfig.yaml"] == [path.name for path in tmp_path.iterdir()]


def test_a_file_that_cannot_be_written_leaves_all_others_as_they_were(tmp_path: Path) -> None:
    write_project(project(tmp_path))
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "template.yaml").unlink()
    (tmp_path / "template.yaml").mkdir()
    with pytest.raises(Failure, match="is not a template"):
        write_project(project(tmp_path, stack="other"))
    (tmp_path / "template.yaml").rmdir()
    assert [before[tmp_path / name] for name in ("samconfig.toml", "site.toml")] == [
        (tmp_path / name).read_bytes() for name in ("samconfig.toml", "site.toml")
    ]
    assert {"samconfig.toml", "site.toml"} == {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("end", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_whatever_ends_the_writing_in_the_middle_nothing_is_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, end: BaseException
) -> None:
    write_project(project(tmp_path))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    left = [number]
    replace_file = Path.replace

    def fails(path: Path, target: str) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise end
        return replace_file(path, target)

    monkeypatch.setattr(Path, "replace", fails)
    other = project(tmp_path, stack="other", settings=Settings(source="direct"), parameters={})
    with pytest.raises((KeyboardInterrupt, Failure)):
        write_project(other)
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_a_link_stays_a_link_and_a_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "site.toml").write_text('[tags]\nteam = "web"\n')
    (tmp_path / "shared" / "site.toml").chmod(0o600)
    (tmp_path / "site.toml").symlink_to("shared/site.toml")
    write_project(project(tmp_path, settings=Settings(tags={"team": "web"})))
    assert (tmp_path / "site.toml").is_symlink()
    assert "[template]" in (tmp_path / "shared" / "site.toml").read_text()
    assert 0o600 == (tmp_path / "site.toml").stat().st_mode & 0o777


def test_a_broken_link_in_the_place_of_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "site.toml").symlink_to("nowhere/site.toml")
    with pytest.raises(Failure) as failed:
        write_project(project(tmp_path))
    assert "\n" not in str(failed.value)
    assert {"site.toml"} == {path.name for path in tmp_path.iterdir()}
