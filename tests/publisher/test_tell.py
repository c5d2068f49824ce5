"""The mails to people: each outcome's subject, and the next command, without what does not apply."""

import pytest
import tell

A, B = (f"{letter * 40}-{letter * 16}" for letter in "ab")
DECISION = {"action": "pipeline", "by": "e1", "reason": "", "before": A, "after": B, "deployment": B, "waiting": ""}

MAILS = {
    "stale": ({"outcome": "stale", "reason": "older"}, "bbbbbbbbbb is not live: a newer one is", f"promote {B}"),
    "held": ({"outcome": "held", "reason": "fair"}, "bbbbbbbbbb waits: the site is held", "release --publish"),
    "rolled back": ({"outcome": "rolled-back"}, "rolled back to bbbbbbbbbb", "list"),
    "on hold": ({"outcome": "on-hold", "reason": "fair"}, "on hold", "release"),
    "released, one waits": ({"outcome": "released", "waiting": A}, "the hold has ended", "release --publish"),
    "released, nothing waits": ({"outcome": "released"}, "the hold has ended", "status"),
}


@pytest.mark.parametrize(("detail", "subject", "command"), MAILS.values(), ids=MAILS)
def test_a_mail_says_what_happened_and_what_to_run_next(
    monkeypatch: pytest.MonkeyPatch, detail: dict[str, str], subject: str, command: str
) -> None:
    monkeypatch.setenv("STACK", "site")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    found, body = tell.decision(DECISION | detail)
    assert subject == found
    assert body.endswith(f"Next:\n  python -m deployments {command} --stack site --region eu-central-1")
    assert ("Why: " in body) == bool(detail.get("reason"))
