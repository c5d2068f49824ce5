"""`init` and the account: connections with their handshake, certificates, and who may not ask for them."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys

import pytest
from botocore.stub import Stubber

from deployments.init import regions
from deployments.init.certificates import certificates_for
from deployments.init.connections import Connection
from local.cloud.emulator import Emulator
from tests.deployments.setting_up import SettingUp, cloned
from workbench import ROOT

PAGE = "https://eu-central-1.console.aws.amazon.com/codesuite/settings/connections?region=eu-central-1"


def test_the_only_usable_connection_to_the_host_is_taken(shop: SettingUp) -> None:
    for number in range(4):  # on several pages
        shop.host.add("GitLab", f"gitlab-{number}")
    shop.host.add("GitHub", "unfinished", "PENDING")
    assert 0 == shop.yes().status
    assert shop.host.connections[0]["ConnectionArn"] == shop.parameters["ConnectionArn"]


def test_several_connections_are_a_question_with_their_state(shop: SettingUp) -> None:
    wanted = shop.host.add("GitHub", "theirs", region="us-east-1")  # a connection works in every Region
    shop.host.add("GitHub", "unfinished", "PENDING")
    shop.host.add("GitHub", "broken", "ERROR")
    refused = shop.yes()
    assert (2, set()) == (refused.status, shop.files)
    names = "one of github, theirs, broken, unfinished, new"
    assert f"--yes cannot decide: Which connection to the Git host? Give --connection, {names}" in refused.err
    asked = shop("--region", "eu-central-1", answers=("", "9", "theirs", ""))
    assert 0 == asked.status, asked.err
    assert "unfinished  GitHub, its handshake is not finished" in asked.err
    assert "broken      GitHub, in error" in asked.err
    assert "'9' is not one of 1 to 5" in asked.err
    assert wanted == shop.parameters["ConnectionArn"]
    (shop.folder / "samconfig.toml").unlink()
    assert 0 == shop.yes("--connection", "theirs").status
    assert wanted == shop.parameters["ConnectionArn"]


def test_a_new_connection_is_made_with_a_free_name_and_its_page_is_said(shop: SettingUp) -> None:
    shop.host.add("GitHub", "site-github")
    ended = shop.yes("--connection", "new")
    assert 0 == ended.status, ended.err
    made = shop.host.connections[-1]
    assert ("site-github-2", "GitHub", "PENDING") == (
        made["ConnectionName"],
        made["ProviderType"],
        made["ConnectionStatus"],
    )
    assert made["ConnectionArn"] == shop.parameters["ConnectionArn"]
    assert f"before `deployments up`, finish the handshake of site-github-2 here: {PAGE}" in ended.err
    assert "GetConnection" not in shop.host.asked


def test_the_wait_for_the_handshake_ends_when_a_person_has_finished_it(shop: SettingUp) -> None:
    shop.host.connections.clear()
    shop.host.patience = 2
    ended = shop("--region", "eu-central-1", answers=("", "new", ""))
    assert 0 == ended.status, ended.err
    assert f"finish the handshake of site-github here: {PAGE}" in ended.err
    assert ended.err.index("waiting for it") < ended.err.index("site-github is ready") < ended.err.index("next: ")


def test_an_interrupted_wait_is_taken_up_by_the_next_run(shop: SettingUp) -> None:
    """On a terminal, with a real Ctrl-C."""
    shop.host.connections.clear()
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "deployments", "init", str(shop.folder), "--source", "git"]
    command += ["--region", "eu-central-1", "--domain", "", "--connection", "new"]
    process = subprocess.Popen(
        ["env", "--default-signal=INT", *command], cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    said = b""
    while b"Ctrl-C loses nothing" not in said:
        said += os.read(ours, 65536)
    process.send_signal(signal.SIGINT)
    assert 130 == process.wait(20)
    said += os.read(ours, 65536)
    os.close(ours)
    assert said.strip().endswith(b"deployments: interrupted")
    assert {"samconfig.toml", "site.toml", "template.yaml"} == shop.files
    shop.host.patience = 2
    ended = shop(answers=())
    assert 0 == ended.status
    assert "waiting for it" in ended.err
    assert "site-github is ready" in ended.err
    assert 1 == len(shop.host.connections)


def test_a_connection_that_is_gone_is_named(shop: SettingUp) -> None:
    shop.yes()
    shop.host.connections.clear()
    ended = shop("--branch", "next")
    assert (1, True) == (ended.status, "in this account: `deployments init --connection new` makes one" in ended.err)
    assert 0 == shop("--yes", "--connection", "new").status
    assert shop.host.connections[0]["ConnectionArn"] == shop.parameters["ConnectionArn"]


@pytest.mark.parametrize("given", [(), ("--connection", "new")], ids=["found", "new"])
def test_who_may_not_ask_for_connections_gets_the_files_and_a_remark(shop: SettingUp, given: tuple[str, ...]) -> None:
    shop.host.refuses = "AccessDeniedException"
    ended = shop.yes(*given)
    assert 0 == ended.status, ended.err
    assert "could not be asked for: not allowed: codeconnections:ListConnections on" in ended.err
    assert "still missing: ConnectionArn" in ended.err
    assert 3 == len(shop.files)


def test_a_host_of_ones_own_needs_a_connection_that_is_there(init: SettingUp) -> None:
    init.write({"index.html": "<h1>hello</h1>"})
    cloned(init.folder, "https://git.example.com/ada/shop.git")
    ended = init.yes("--framework", "static")
    assert (2, set()) == (ended.status, init.files)
    assert "no connection to a Git host of your own: make one in the console (https://docs.aws" in ended.err


def test_the_page_of_a_handshake_is_in_the_connections_region() -> None:
    region = "eu-central-1"
    connection = Connection(f"arn:aws:codeconnections:{region}:1:connection/x", "x", "GitHub", "PENDING")
    page = f"https://{region}.console.aws.amazon.com/codesuite/settings/connections?region={region}"
    assert page == connection.page


def test_the_regions_that_lack_something_are_those_of_the_page() -> None:
    page = (ROOT / "docs" / "regions-and-quotas.md").read_text()
    rows = dict(re.findall(r"^\| `(AWS::[A-Za-z:]+)` \| [^|]+ \| ([a-z0-9, -]+) \|$", page, re.M))
    lacks = {name: set(text.split(", ")) for name, text in rows.items()}
    assert regions.WITHOUT_CONNECTIONS == lacks["AWS::CodeConnections::Connection"] | {"me-south-1"}
    assert "AWS's own list" in page
    assert "adds me-south-1" in page.replace("\n", " ")
    assert regions.WITHOUT_BUILDS == lacks["AWS::CodeBuild::Project"]
    assert regions.WITHOUT_EDGE_FUNCTIONS == lacks["AWS::CloudFront::Function"]


def certificate(aws: Emulator, name: str) -> str:
    """An issued certificate in the only Region where CloudFront looks."""
    acm = aws.client("acm", region="us-east-1")
    arn: str = acm.request_certificate(DomainName=name, ValidationMethod="DNS")["CertificateArn"]
    return arn


def test_a_certificates_other_names_count_and_a_star_is_one_label(environment: Emulator) -> None:
    """The emulator lists no other names, so AWS's answer is played by botocore's own model of it."""
    acm = environment.client("acm")
    told = {"CertificateArn": f"arn:aws:acm:us-east-1:111122223333:certificate/{'0' * 8}", "DomainName": "example.com"}
    with Stubber(acm) as stub:
        for wanted, covered in [("www.example.com", True), ("a.www.example.com", False), ("example.com", True)]:
            listed = {**told, "SubjectAlternativeNameSummaries": ["example.com", "*.example.com"]}
            stub.add_response("list_certificates", {"CertificateSummaryList": [listed]})
            assert covered == bool(certificates_for(acm, [wanted, "example.com"]))


def test_the_certificate_that_covers_the_names_is_found(shop: SettingUp, environment: Emulator) -> None:
    certificate(environment, "other.org")
    arn = certificate(environment, "*.example.com")
    ended = shop.yes("--domain", "www.example.com, Shop.example.com")
    assert 0 == ended.status, ended.err
    assert ("www.example.com,shop.example.com", arn) == (
        shop.parameters["DomainNames"],
        shop.parameters["CertificateArn"],
    )
    assert f"the certificate is {arn}" in ended.err
    assert 0 == shop("--domain", "").status  # said as empty: a stack keeps what is not said
    assert ("", "") == (shop.parameters["DomainNames"], shop.parameters["CertificateArn"])


def test_several_certificates_are_a_question(shop: SettingUp, environment: Emulator) -> None:
    arns = [certificate(environment, "*.example.com"), certificate(environment, "www.example.com")]
    refused = shop.yes("--domain", "www.example.com")
    assert (2, True) == (refused.status, "Which certificate? Give --certificate, one of" in refused.err)
    assert 0 == shop("--region", "eu-central-1", answers=("", "", "WWW.example.com", arns[1])).status
    assert arns[1] == shop.parameters["CertificateArn"]


def test_a_domain_without_a_certificate_waits_for_one(shop: SettingUp) -> None:
    answers = ("", "", "no domain", "shop.example.com", "arn:aws:acm:eu-west-1:111122223333:certificate/1", "")
    ended = shop("--region", "eu-central-1", answers=answers)
    assert 0 == ended.status, ended.err
    assert "lower-case names with commas and no blanks between" in ended.err
    assert "no issued certificate in us-east-1 covers shop.example.com: request one there" in ended.err
    assert "it must be a certificate ARN in us-east-1, where CloudFront looks" in ended.err
    assert (
        "the names are left out until there is a certificate: `deployments init --domain shop.example.com`" in ended.err
    )
    assert "DomainNames" not in shop.parameters
