"""`init`: what it finds out by itself, what it asks, and what it writes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from content.files import kept_back
from deployments.project import read_project
from generator import Settings, build_template
from generator.render import to_yaml
from local.cloud.emulator import Emulator
from tests.deployments.setting_up import VITE, SettingUp, cloned, git, write
from workbench import ROOT
from workbench.site import CONNECTION

NEEDED = {"Framework": "vite", "Repository": "ada/Shop"}


def test_a_script_gives_only_the_region_and_gets_three_files(shop: SettingUp) -> None:
    ended = shop.yes("--json")
    assert 0 == ended.status, ended.err
    (connection,) = shop.host.connections
    assert {"samconfig.toml", "site.toml", "template.yaml"} == shop.files
    assert {"ConnectionArn": connection["ConnectionArn"], **NEEDED} == shop.parameters
    assert ("shop", "eu-central-1", "template.yaml") == tuple(
        shop.said[name] for name in ("stack_name", "region", "template_file")
    )
    assert to_yaml(build_template(Settings())) == (shop.folder / "template.yaml").read_text()
    assert "found Vite:\n  | framework Vite: package.json names vite ^7.1.0" in ended.err
    assert "the repository is ada/Shop at github.com" in ended.err
    assert "next: `deployments up`, or `sam deploy`" in ended.err
    assert "token" not in ended.err + ended.out
    assert ([], "git", "github") == (ended.json["missing"], ended.json["source"], ended.json["connection"]["name"])
    assert "shop" == read_project(shop.folder).stack


def test_a_person_is_asked_for_what_no_file_says_and_for_nothing_else(shop: SettingUp) -> None:
    ended = shop(answers=("", "Frankfurt", "eu-central-2", "eu-central-1", "1", ""))
    assert 0 == ended.status, ended.err
    asked = [line for line in ended.err.splitlines() if line.endswith("?")]
    assert ["Where do deployments come from?", "Which connection to the Git host?"] == asked
    assert "'Frankfurt' is no Region of AWS; one is written like eu-central-1" in ended.err
    assert "eu-central-2 has no connections to Git hosts: choose another Region, or the source zip" in ended.err
    assert NEEDED.items() <= shop.parameters.items()


def test_the_second_run_shows_what_is_there_and_changes_nothing(shop: SettingUp) -> None:
    first = shop.yes("--json").json
    before = {path: path.read_bytes() for path in shop.folder.glob("[a-z]*.*")}
    for again in (shop("--json"), shop("--yes", "--json", AWS_REGION="us-west-2"), shop("--json", answers=())):
        assert 0 == again.status, again.err
        assert {**first, "found": [], "written": []} == again.json
        assert "nothing was changed: give an option to change an answer" in again.err
    assert before == {path: path.read_bytes() for path in shop.folder.glob("[a-z]*.*")}


def test_the_second_run_changes_only_what_an_option_says(shop: SettingUp) -> None:
    shop.yes()
    before = shop.parameters
    mended = shop("--build", 'npm run build -- --base="/a b"', "--json").json
    assert [str(shop.folder / "samconfig.toml")] == mended["written"]
    assert {**before, "BuildCommand": 'npm run build -- --base="/a b"'} == shop.parameters
    assert ["site.toml", "template.yaml"] == [
        Path(name).name for name in shop("--with", "operations", "--json").json["written"]
    ]
    assert read_project(shop.folder).settings.has_operations
    moved = shop("--region", "eu-west-1")
    assert "the stack shop in eu-central-1 stays, if it was made already" in moved.err
    assert "eu-west-1" == shop.said["region"]


def test_another_framework_takes_back_what_the_first_one_needed(shop: SettingUp) -> None:
    """A stack keeps the value of a parameter that is not said, in `up` as in `sam deploy`."""
    shop.yes("--build", "npm run shop", "--output", "out", "--routing", "files")
    assert 0 == shop("--framework", "static").status
    assert {"Framework": "static", "BuildCommand": "", "OutputFolder": "", "Routing": ""}.items() <= (
        shop.parameters.items()
    )
    read_project(shop.folder)


def test_another_source_takes_the_parameters_that_it_has(shop: SettingUp) -> None:
    shop.yes()
    ended = shop("--source", "zip")
    assert "ConnectionArn goes: the template for the source zip has no such parameter" in ended.err
    assert {"Framework": "vite"} == shop.parameters
    assert "zip" == read_project(shop.folder).source
    assert 0 == shop("--source", "direct").status
    assert {} == shop.parameters


def test_an_app_in_a_folder_of_the_repository_is_built_there(init: SettingUp) -> None:
    write(init.folder.parent, {f"shop/{name}": text for name, text in VITE.items()})
    cloned(init.folder.parent)
    init.host.add("GitHub", "github")
    assert 0 == init.yes().status
    assert ("shop", "shop-shop") == (init.parameters["AppRoot"], init.said["stack_name"])
    (init.folder / "samconfig.toml").unlink()
    assert 0 == init.yes("--source", "zip").status
    assert "AppRoot" not in init.parameters


def test_a_folder_of_a_project_that_is_set_up_is_another_site_only_if_somebody_says_so(shop: SettingUp) -> None:
    shop.yes()
    inner = shop.folder / "docs"
    write(inner, VITE)
    script = shop.run("init", str(inner), "--yes", "--region", "eu-central-1")
    said = f"{inner} lies in {shop.folder}, which is the project of the site shop already"
    assert (2, True) == (script.status, f"--yes cannot decide: {said}" in script.err), script.err
    assert f"Run `deployments init {shop.folder}`, or give --stack for another site here" in script.err
    person = SettingUp(inner, shop.run, shop.host, shop.monkeypatch)("--region", "eu-central-1", answers=("n",))
    assert f"nothing was written: run `deployments init {shop.folder}`" in person.err
    assert {path.name for path in inner.iterdir()} == set(VITE)
    other = shop.run("init", str(inner), "--yes", "--region", "eu-central-1", "--stack", "docs")
    assert 0 == other.status, other.err
    assert ("docs", "shop") == (read_project(inner).stack, read_project(shop.folder).stack)


def test_a_project_with_submodules_is_cloned_and_a_zip_has_what_is_in_it(shop: SettingUp) -> None:
    shop.write({".gitmodules": '[submodule "theme"]'})
    shop.yes()
    assert {**NEEDED, "FullClone": "true"}.items() <= shop.parameters.items()
    (shop.folder / ".gitmodules").unlink()
    assert "found Vite" in shop("--framework", "vite").err or "false" == shop.parameters["FullClone"]
    assert 0 == shop("--source", "zip").status
    assert "FullClone" not in shop.parameters


def test_several_apps_are_a_question_and_a_script_names_the_option(shop: SettingUp) -> None:
    for name in [*VITE]:
        (shop.folder / name).unlink()
    for root in ("apps/web", "apps/admin"):
        write(shop.folder / root, VITE)
    ended = shop.yes()
    assert (2, set()) == (ended.status, shop.files)
    (line,) = [line for line in ended.err.splitlines() if line.startswith("deployments:")]
    assert "--yes cannot decide: " in line
    assert "Give --root, one of apps/" in line
    assert 0 == shop.yes("--root", "apps/web").status
    assert "apps/web" == shop.parameters["AppRoot"]
    (shop.folder / "samconfig.toml").unlink()
    asked = shop("--region", "eu-central-1", answers=("", "apps/admin (Vite)", "1", ""))
    assert 0 == asked.status, asked.err
    assert ("apps/admin", "shop-admin") == (shop.parameters["AppRoot"], shop.said["stack_name"])


def test_what_nobody_recognizes_is_asked_for(shop: SettingUp) -> None:
    for name in [*VITE]:
        (shop.folder / name).unlink()
    shop.write({"Makefile": "site: ; ./make-it\n", "make-it": "#!/bin/sh\n"})
    ended = shop.yes()
    assert 2 == ended.status
    assert "Give --framework, one of static, vite" in ended.err
    answers = ("", "custom", "make site", "", "out", "bare", "1", "")
    assert 0 == shop("--region", "eu-central-1", answers=answers).status
    custom = {"Framework": "custom", "BuildCommand": "make site", "OutputFolder": "out", "Routing": "bare"}
    assert custom.items() <= shop.parameters.items()


def test_with_a_ci_of_ones_own_nothing_of_the_build_is_asked(init: SettingUp) -> None:
    init.write(VITE)
    ended = init.yes("--source", "direct")
    assert 0 == ended.status, ended.err
    assert {} == init.parameters
    assert "`deployments publish dist --routing spa --stack shop`" in ended.err
    assert [] == init.host.asked


REMOTES = [
    ("git@github.com:ada/Shop.git", "GitHub", "ada/Shop"),
    ("ssh://git@gitlab.com:22/group/sub/shop.git", "GitLab", "group/sub/shop"),
    ("https://ada@bitbucket.org/ada/shop", "Bitbucket", "ada/shop"),
    ("https://dev.azure.com/ada/Web/_git/shop", "AzureDevOps", "ada/Web/shop"),
    ("git@ssh.dev.azure.com:v3/ada/Web/shop", "AzureDevOps", "ada/Web/shop"),
    ("https://git.example.com/ada/shop.git", "GitLabSelfManaged", "ada/shop"),
]


@pytest.mark.parametrize(("remote", "provider", "name"), REMOTES, ids=[row[0] for row in REMOTES])
def test_the_remote_says_host_and_repository(init: SettingUp, remote: str, provider: str, name: str) -> None:
    init.write(VITE)
    cloned(init.folder, remote)
    for one in ("Bitbucket", "GitHub", "GitHubEnterpriseServer", "GitLab", "AzureDevOps"):
        init.host.add(one, one, "PENDING" if one == provider else "AVAILABLE")
    right = init.host.add(provider, "right")
    if provider == "GitLabSelfManaged":
        init.host.connections = init.host.connections[-1:]
    assert 0 == init.yes().status
    assert (right, name) == (init.parameters["ConnectionArn"], init.parameters["Repository"])


def test_the_branch_is_the_remotes_main_one(shop: SettingUp) -> None:
    git(shop.folder, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--allow-empty", "-qm", "one")
    git(shop.folder, "update-ref", "refs/remotes/origin/trunk", "HEAD")
    git(shop.folder, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    git(shop.folder, "checkout", "-qb", "my-change")
    ended = shop.yes()
    assert "trunk" == shop.parameters["Branch"]
    assert "is not at github.com yet" not in ended.err
    assert 0 == shop("--branch", "main").status
    assert "main" == shop.parameters["Branch"]


def test_without_credentials_the_files_are_written_with_a_remark(shop: SettingUp) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        shop.monkeypatch.delenv(name)
    ended = shop.yes()
    assert 0 == ended.status, ended.err
    assert "the account's connections could not be asked for: no usable credentials" in ended.err
    assert "still missing: ConnectionArn. Log in, and run `deployments init` again" in ended.err
    assert NEEDED == shop.parameters
    refused = shop.run("up", str(shop.folder), "--yes")
    assert (2, True) == (refused.status, "ConnectionArn: must be given" in refused.err)


def test_somebody_elses_files_stay_and_ours_stand_beside_them(shop: SettingUp) -> None:
    functions = 'version = 0.1\n[default.deploy.parameters]\nstack_name = "functions" # mine\n'
    shop.write({"samconfig.toml": functions, "template.yaml": "Transform: AWS::Serverless-2016-10-31\n"})
    ended = shop.yes()
    assert 0 == ended.status, ended.err
    assert (shop.folder / "samconfig.toml").read_text().startswith(functions)
    assert "Transform: AWS::Serverless-2016-10-31\n" == (shop.folder / "template.yaml").read_text()
    assert "site-template.yaml" == shop.said["template_file"]
    assert "`sam deploy --config-env site`" in ended.err
    assert "site" == read_project(shop.folder).environment
    assert 0 == shop("--branch", "next").status
    assert "next" == shop.parameters["Branch"]
    assert 0 == shop.yes("--env", "preview", "--stack", "preview", "--branch", "develop").status
    assert ("preview", "develop") == (
        read_project(shop.folder, "preview").stack,
        read_project(shop.folder, "preview").parameters["Branch"],
    )
    refused = shop.yes("--env", "default")
    assert (2, True) == (refused.status, "the environment default is of something else" in refused.err)


def test_a_site_toml_that_is_there_is_followed(shop: SettingUp) -> None:
    shop.write({"site.toml": '[template]\nsource = "zip"\nwith = ["operations"]\n[tags]\nteam = "web"\n'})
    assert 0 == shop.yes().status
    settings = Settings(source="zip", options=frozenset(["operations"]), tags={"team": "web"})
    assert settings == read_project(shop.folder).settings
    assert to_yaml(build_template(settings)) == (shop.folder / "template.yaml").read_text()


MISTAKES = [
    (("--region", "eu-central-3"), "'eu-central-3' is no Region of AWS: did you mean eu-central-1, eu-central-2?"),
    (("--region", "cn-north-1"), "cn-north-1 has no CloudFront Functions, which every site needs"),
    (("--region", "ca-west-1", "--source", "zip"), "ca-west-1 has no CodeBuild: choose another Region, or the source"),
    (("--domain", "example.com"), "--yes cannot decide: which certificate is for example.com? Give --certificate"),
    (("--certificate", CONNECTION), "it must be a certificate ARN in us-east-1, where CloudFront looks"),
    (
        ("--domain", "a.com", "--certificate", "arn:aws:acm:eu-central-1:111122223333:certificate/1"),
        "it must be a certificate ARN in us-east-1, where CloudFront looks",
    ),
    (("--domain", "https://a.com"), "lower-case names with commas and no blanks between"),
    (("--connection", "mine"), "--connection mine is no connection of this account to the host; there are: github"),
    (("--connection", "arn:aws:s3:::x"), "it must be an ARN such as arn:aws:codeconnections:REGION:ACCOUNT"),
    (("--repository", "https://github.com/ada/shop"), "it must be owner/name, not an address"),
    (("--stack", "my shop"), "stack_name is 'my shop'; it must be up to 128 letters, digits and hyphens"),
    (("--root", "apps/none"), "--root apps/none is no folder in"),
    (("--root", ".."), "--root .. is no folder in"),
    (("--framework", "custom"), "A custom framework needs BuildCommand, OutputFolder and Routing"),
    (("--framework", "react"), "'react' is not one of 'static', 'vite'"),
    (("--source", "direct", "--branch", "main"), "--branch: the source direct has no repository, leave it out"),
    (("--source", "direct", "--build", "make"), "--build: the source direct has no build on AWS, leave it out"),
    (("--email", "ada"), "NotificationEmail is 'ada'; it must be"),
    (("--branch", "caf\udce9"), "branch 'caf\\udce9' is not UTF-8: write it in UTF-8"),
    (("--node", "20", "--build", "a"), "Node.js 20 is only on"),
]


NAMES = [" ".join(given).replace("\udce9", "?") for given, _ in MISTAKES]


@pytest.mark.parametrize(("given", "said"), MISTAKES, ids=NAMES)
def test_a_mistake_is_one_line_and_nothing_is_written_or_made(
    shop: SettingUp, given: tuple[str, ...], said: str
) -> None:
    ended = shop.yes(*given)
    last = ended.err.splitlines()[-1]
    assert (2, set()) == (ended.status, shop.files), ended.err
    assert said in last
    assert last.startswith("deployments")
    assert 1 == len(shop.host.connections)


def test_a_place_that_is_no_project_is_one_line(init: SettingUp, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place, said in [
        (tmp_path / "none", f"{tmp_path}/none does not exist: give the folder of a project"),
        (tmp_path / "file", f"{tmp_path}/file is a file: give the folder of a project"),
    ]:
        ended = init.run("init", str(place), "--yes")
        assert (2, f"deployments: {said}\n") == (ended.status, ended.err)
    empty = init.yes("--source", "zip")
    assert (2, True) == (empty.status, "is empty: run this where the files of a site are" in empty.err)


def test_nobody_to_ask_is_one_line(shop: SettingUp) -> None:
    ended = shop("--region", "eu-central-1")
    assert (2, set()) == (ended.status, shop.files)
    assert "nobody can be asked here (Where do deployments come from?): give --yes, and options" in ended.err
    no_region = shop("--yes")
    assert (2, True) == (no_region.status, "In which Region shall the stack be? Give --region" in no_region.err)


def test_a_folder_that_may_not_be_written_is_said_before_anything_is_asked(shop: SettingUp) -> None:
    shop.folder.chmod(0o555)
    as_others = [] if os.getuid() else ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]  # root may all
    command = [*as_others, sys.executable, "-m", "deployments", "init", str(shop.folder), "--yes"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    said = f"deployments: {shop.folder} cannot be written by you: its owner must allow it, or copy the project\n"
    assert (2, said) == (done.returncode, done.stderr)


@pytest.mark.parametrize("number", range(6))
def test_ctrl_c_at_any_question_leaves_nothing(shop: SettingUp, number: int) -> None:
    answers = ("", "eu-central-1", "new", "", "")[:number]

    def sleep(_: float) -> None:
        raise KeyboardInterrupt

    clock = SimpleNamespace(sleep=sleep, monotonic=time.monotonic)
    shop.monkeypatch.setattr("deployments.init.connections.time", clock)
    ended = shop(answers=answers)
    assert 130 == ended.status, ended.err
    assert ended.err.endswith("deployments: interrupted\n")
    made = [one["ConnectionName"] for one in shop.host.connections]
    if number < 4:
        assert (set(), ["github"]) == (shop.files, made)
    else:  # the handshake is waited for, with all files there
        assert 3 == len(shop.files)
        assert ["github", "site-github"] == made


def test_of_a_folder_that_is_published_itself_no_file_of_the_project_is_public(shop: SettingUp) -> None:
    for name in [*VITE]:
        (shop.folder / name).unlink()
    shop.write({"index.html": "<h1>hello</h1>", "style.css": ""})
    ended = shop.yes()
    assert 0 == ended.status, ended.err
    assert "static" == shop.parameters["Framework"]
    assert ".template.yaml" == shop.said["template_file"]
    names = [path.name for path in shop.folder.iterdir()]
    assert {"index.html", "style.css"} == {name for name in names if not kept_back(name)}


def test_a_project_that_needs_a_server_stops_a_script_and_a_person_may_go_on(shop: SettingUp) -> None:
    shop.write({"package.json": '{"name": "a", "scripts": {"build": "next build"}, "dependencies": {"next": "15"}}'})
    stopped = shop.yes()
    assert (2, set()) == (stopped.status, shop.files)
    assert "--yes cannot decide: The pages are made by a server, and here is none" in stopped.err
    assert "Or say with --framework how it is built." in stopped.err
    no = shop("--region", "eu-central-1", answers=("", "n"))
    assert (2, set()) == (no.status, shop.files)
    assert "deployments: The pages are made by a server" in no.err.splitlines()[-1]
    assert 0 == shop("--region", "eu-central-1", answers=("", "y", "1", "")).status
    assert "nextjs" == shop.parameters["Framework"]


def test_without_a_remote_the_repository_is_asked_for(init: SettingUp) -> None:
    init.write(VITE)
    arn = init.host.add("Bitbucket", "bitbucket")
    refused = init.yes()
    assert "Where do deployments come from? Give --source, one of git, zip, direct" in refused.err
    answers = ("git", "ada/caf\udce9", "https://bitbucket.org/ada/shop", "ada/shop", "", "bitbucket", "")
    ended = init("--region", "eu-central-1", answers=answers)
    assert 0 == ended.status, ended.err
    assert "'ada/caf\\udce9' is not UTF-8: write it in UTF-8" in ended.err
    assert "it must be owner/name, not an address" in ended.err
    assert {"Repository": "ada/shop", "ConnectionArn": arn, "Framework": "vite"} == init.parameters


def test_the_name_of_a_stack_that_is_there_is_taken_only_if_somebody_says_so(
    shop: SettingUp, environment: Emulator
) -> None:
    topic = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    environment.client("cloudformation", region="eu-central-1").create_stack(StackName="shop", TemplateBody=topic)
    refused = shop.yes()
    assert (2, set()) == (refused.status, shop.files)
    assert "A stack shop is in eu-central-1 already" in refused.err
    assert "Give --stack, with this name if it is meant." in refused.err
    assert 2 == shop("--region", "eu-central-1", answers=("", "1", "", "n")).status
    assert 0 == shop.yes("--stack", "shop").status
    assert "shop" == shop.said["stack_name"]
