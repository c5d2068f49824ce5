"""The pruner with no more rights than docs/decisions/pruning.md lists, IAM enforced: enough, and each one needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud.emulator import start_emulator
from pruner import pruning as prune

BUCKET = "site-bucket"
OLD, LIVE = "a" * 20, "b" * 20
RIGHTS = {
    "s3:ListBucket": [""],
    "s3:GetObject": ["/manifests/*", "/prune.lock"],
    "s3:PutObject": ["/prune.lock"],
    "s3:DeleteObject": ["/deployments/*", "/immutable/*", "/manifests/*", "/uploads/*", "/prune.lock"],
}


@pytest.fixture(scope="module")
def strict() -> Iterator[Any]:
    with start_emulator(enforce_iam=True) as emulator:
        yield emulator


def user(strict: Any, name: str, rights: dict[str, list[str]]) -> Any:
    """An S3 client with these rights, in front of a bucket with an old deployment and a live one."""
    s3, iam = strict.client("s3"), strict.client("iam")
    s3.create_bucket(Bucket=BUCKET)
    for one in (OLD, LIVE):
        keys = [f"deployments/{one}/index.html", f"immutable/{one}.js", f"uploads/{one}", f"manifests/{one}.json"]
        for key in keys:
            s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps({"immutable": [f"{one}.js"]}).encode())
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": [f"arn:aws:s3:::{BUCKET}{path}" for path in paths]}
        for action, paths in rights.items()
    ]
    iam.create_user(UserName=name)
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName=name, PolicyName="pruner", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return strict.client("s3", account=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])


def ask(request: Any) -> Any:
    if request["action"] == "status":
        nothing = {"previous": "", "waiting": "", "retiring": [], "published": []}
        return {"outcome": "status", "after": LIVE, **nothing}
    return {"outcome": "retiring", "retiring": request["deployments"], "kept": {}}


def run(s3: Any) -> prune.Pruned:
    return prune.prune(s3, BUCKET, ask, 0, 1, now=True, only=[OLD])


def test_the_listed_rights_are_enough(strict: Any) -> None:
    strict.reset()
    done = run(user(strict, "all", RIGHTS))
    assert (done.gone, done.objects, done.reason) == ([OLD], 4, "")


EACH = [(action, path) for action, paths in RIGHTS.items() for path in paths]


@pytest.mark.parametrize(("action", "path"), EACH)
def test_each_right_of_the_pruner_is_needed(strict: Any, action: str, path: str) -> None:
    strict.reset()
    rights = {name: [other for other in paths if (name, other) != (action, path)] for name, paths in RIGHTS.items()}
    s3 = user(strict, "less", {name: paths for name, paths in rights.items() if paths})
    if (action, path) == ("s3:GetObject", "/prune.lock"):  # to see how old another one is
        strict.client("s3").put_object(Bucket=BUCKET, Key="prune.lock", Body=b"another")
    with pytest.raises((ClientError, RuntimeError), match="AccessDenied"):
        run(s3)


def test_the_pruner_can_write_nothing_but_its_lock(strict: Any) -> None:
    strict.reset()
    s3 = user(strict, "writer", RIGHTS)
    for key in (f"deployments/{LIVE}/x", "immutable/x", f"manifests/{OLD}.json", "uploads/x", "published/x"):
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.put_object(Bucket=BUCKET, Key=key, Body=b"", IfNoneMatch="*")
    for key in ("published/x", "executions/x", "_errors/404.html"):
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.delete_object(Bucket=BUCKET, Key=key)
