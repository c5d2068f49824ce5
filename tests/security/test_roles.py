"""Every role and policy of every template against a table of what it may and what it may not, IAM enforced.

The table is made of docs/permissions.md, whose rows another test holds against the templates: what one role may is
tried by all of them. What the emulator cannot tell is put to its own policy evaluation; `EVALUATED` says which and why.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from local.cloud.emulator import Emulator
from tests.security.trying import CALLS, EVALUATED, INVOKED, Grant, Try, known, sample
from workbench.permissions import everything, granted, rows
from workbench.resolve import Resolved, resolve
from workbench.roles import DENIED, Actor, add_role, document
from workbench.templates import every_template

BUCKETS = "SiteBucket", "ArtifactBucket", "SourceBucket"


class Role(NamedTuple):
    """A role or policy as some template has it."""

    title: str
    statements: list[dict[str, Any]]
    grants: set[Grant]


def roles() -> dict[str, Role]:
    """Each that differs from the others, by the first template that has it."""
    found: dict[str, Role] = {}
    for name, template in every_template().items():
        resolved = resolve({**template, "Outputs": {}}, **everything(template))
        given = granted(template)
        for title, resource in resolved.resources.items():
            if resource["Type"] in ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
                grants = {(action, on) for who, action, on in given if who == title}
                if (title, grants) not in [(role.title, role.grants) for role in found.values()]:
                    found[f"{title}, {name}"] = Role(title, _with_arns(resolved.statements(title)), grants)
    return found


def _with_arns(statements: Any) -> Any:
    """The statements with what the emulator knows in place of what only AWS can tell."""
    text = re.sub(r"<(\w+?)(?:\.Arn)?>", lambda match: known(match[1]), json.dumps(statements))
    return json.loads(text.replace("eu-central-1", "us-east-1"))


def tries() -> list[Try]:
    """What every role tries: what one of them may, all that can be done to a file, and each function and alias."""
    samples = {sample((row.action, row.on)) for row in rows() if row.ours == "yes" and "," not in row.who}
    files = {one.on for one in samples if re.match(rf"({'|'.join(BUCKETS)})/", one.on)}
    samples |= {Try(f"s3:{action}", on) for on in files for action in ("GetObject", "PutObject", "DeleteObject")}
    samples |= {Try("lambda:InvokeFunction", title) for title in INVOKED}
    return sorted(samples)


@pytest.fixture(scope="module")
def prepared(strict: Emulator) -> Emulator:
    """The buckets, with the template's own policies."""
    template = every_template()["zip-operations"]
    resolved: Resolved = resolve({**template, "Outputs": {}}, **everything(template))
    s3 = strict.shared("s3")
    for title in BUCKETS:
        s3.create_bucket(Bucket=title.lower())
        s3.put_bucket_policy(Bucket=title.lower(), Policy=document(_with_arns(resolved.statements(f"{title}Policy"))))
    return strict


def refused(who: Actor, one: Try) -> bool:
    if one.evaluated:
        return not who.may(one.action, one.arn, {"dynamodb:LeadingKeys": "x", **dict(one.keys)})
    try:
        one.by(who)
    except ClientError as error:
        said = str(error)
        assert "explicit deny" not in said, f"{one} is refused by the bucket, and not for want of a right"
        return re.search(DENIED, said) is not None
    return False


def test_every_role_may_what_the_page_says_and_nothing_that_another_role_may(prepared: Emulator) -> None:
    wrong, every = [], tries()
    for number, (name, role) in enumerate(roles().items()):
        who = add_role(prepared, f"role-{number}", role.statements)
        for one in every:
            if refused(who, one) == one.covered(role.grants):
                wrong.append(f"{name}: {one} is {'refused' if one.covered(role.grants) else 'allowed'}")
    assert "\n".join(wrong) == ""


def test_whoever_may_do_all_is_refused_none_of_it(prepared: Emulator) -> None:
    """Else a refusal would show nothing."""
    who = add_role(prepared, "all", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
    assert [str(one) for one in tries() if refused(who, one)] == []


def test_every_action_of_the_page_has_its_try() -> None:
    actions = {one.action for one in tries()}
    missing = {one.action for one in tries() if not one.evaluated} - set(CALLS)
    assert sorted(missing) == [], "tests/security/trying.py: these are granted, and CALLS does not try them"
    assert set(CALLS) <= actions
    assert set(EVALUATED) <= actions | {action.partition(":")[0] for action in actions}
