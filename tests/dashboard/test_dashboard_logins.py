"""What the page says of each login that has ended, and that it goes on by itself with the next one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from botocore.credentials import SSOProvider
from botocore.tokens import SSOTokenProvider

from dashboard.sites import InRegion
from local.cloud.emulator import Emulator, start_emulator
from local.cloud.stack import deploy
from tests.dashboard.logins import QUICK, At, key_of, rights, session, write_login
from tests.dashboard.opened import opened
from tests.dashboard.sending import made
from tests.deployments.calling import TEMPLATE
from workbench.roles import add_role

LONG_AGO = "2026-01-01T00:00:00Z"
START = "https://people.awsapps.com/start"
OF_SSO = f"sso_start_url = {START}\nsso_region = us-east-1\n"
ROLE = "sso_account_id = 111122223333\nsso_role_name = Viewer\n"
# What `aws configure sso` wrote once, what it writes now, and what `aws login` writes
PROFILES = {
    "aws sso login, of one profile": (f"[default]\n{OF_SSO}{ROLE}", START),
    "aws sso login, of a session": (f"[sso-session people]\n{OF_SSO}[default]\nsso_session = people\n{ROLE}", "people"),
    "aws login": ("[default]\nlogin_session = arn:aws:iam::111122223333:user/ada\n", ""),
}


def test_a_session_that_expires_while_the_page_is_open_is_said_and_the_next_one_taken_up(
    at: At, tmp_path: Path
) -> None:
    with start_emulator(enforce_iam=True) as emulator:
        stack = deploy(emulator, TEMPLATE, "shop")
        now = made(stack, tmp_path / "site")
        role = add_role(emulator, "viewer", rights()).role
        file = at(emulator, session(emulator, role, seconds=12))
        with opened(InRegion(None, None, paces=QUICK)) as page:
            page.site(lambda site: site["health"]["state"] == "ok" and site["live"])
            site = page.site(lambda site: site["health"]["state"] == "expired")
            assert "the credentials have expired" in site["health"]["line"]
            assert "`aws sso login`" in site["health"]["remedy"]
            assert now == site["live"]["id"], "what was known is shown as that"
            told = page.ask("hold", reason="may I")
            assert ("expired", 502) == (told["outcome"], told["status"])
            write_login(file, session(emulator, role, seconds=3600))
            page.site(lambda site: site["health"]["state"] == "ok")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_login_in_the_browser_that_has_ended_is_said_as_that_and_the_next_one_taken_up(
    at: At, aws: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    text, name = PROFILES[profile]
    file = at(aws, {})
    file.unlink()
    for keeper in (SSOProvider, SSOTokenProvider):
        monkeypatch.setattr(keeper, "_SSO_TOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("AWS_LOGIN_CACHE_DIRECTORY", str(tmp_path))
    token = {"startUrl": START, "region": "us-east-1", "accessToken": "x", "expiresAt": LONG_AGO}
    (tmp_path / f"{hashlib.sha1(name.encode()).hexdigest()}.json").write_text(json.dumps(token))
    config = tmp_path / "config"
    config.write_text(text)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    with opened(InRegion("eu-central-1", None, paces=QUICK)) as page:
        lost = page.until(lambda page: page["health"]["state"] not in ("loading", "ok"))["health"]
        assert "expired" == lost["state"], lost
        assert "login`" in lost["remedy"]
        config.write_text("")
        write_login(file, key_of(aws))
        page.until(lambda page: page["health"]["state"] == "ok")
