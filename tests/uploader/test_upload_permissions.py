"""Immutability is the bucket's rule: what an upload may do under the template's own policies, with IAM enforced."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from content.hashed_names import is_hashed
from generator import Settings, build_template
from local.cloud.emulator import start_emulator
from uploader.client import QuickClient
from uploader.deployment import upload
from workbench.uploads import planned, table_of

BUCKET = "site-bucket"
Make = Callable[..., Path]


def _for_our_bucket(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The `statements` that concern the site bucket, with its ARN in place of the reference to it."""
    text = json.dumps(statements)
    text = text.replace('{"Fn::GetAtt": ["SiteBucket", "Arn"]}', f'"arn:aws:s3:::{BUCKET}"')
    text = text.replace('{"Fn::Sub": "${SiteBucket.Arn}', f'{{"Fn::Sub": "arn:aws:s3:::{BUCKET}')
    found = []
    for statement in json.loads(text):
        resources = [
            r["Fn::Sub"] if isinstance(r, dict) and "Fn::Sub" in r else r for r in _list(statement["Resource"])
        ]
        ours = [r for r in resources if isinstance(r, str) and r.startswith(f"arn:aws:s3:::{BUCKET}")]
        if ours:
            found.append({**statement, "Resource": ours})
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture(scope="module")
def build() -> Iterator[Any]:
    """The S3 client of a build: the template's build role, in front of the template's bucket policy."""
    resources = build_template(Settings()).to_dict()["Resources"]
    rules = resources["SiteBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    rule = [statement for statement in rules if statement["Sid"] == "CreateNeverOverwrite"]
    policies = resources["UploadRole"]["Properties"]["Policies"]
    granted = [s for policy in policies for s in policy["PolicyDocument"]["Statement"]]
    with start_emulator(enforce_iam=True) as emulator:
        admin, iam = emulator.client("s3"), emulator.client("iam")
        admin.create_bucket(Bucket=BUCKET)
        admin.put_bucket_policy(Bucket=BUCKET, Policy=_document(_for_our_bucket(rule)))
        iam.create_user(UserName="build")
        document = _document(_for_our_bucket(granted))
        iam.put_user_policy(UserName="build", PolicyName="build", PolicyDocument=document)
        key = iam.create_access_key(UserName="build")["AccessKey"]
        client = emulator.client("s3", account=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
        yield QuickClient(client)


def test_a_build_can_publish_and_share_files(build: Any, make: Make) -> None:
    plan = planned(make({"assets/index-BdE8sX2_.js": "1", "a.txt": "x"}), "spa")
    written = []
    for number in "12":
        facts = {"id": "commit-" + number * 16, "execution": "run-1"}
        upload(build, BUCKET, plan, table_of(plan), facts, lambda _, new: written.append(new))
    assert sum(written) == 5
    assert len(written) == 6


def test_every_name_is_signed_and_stored_as_it_is(build: Any, make: Make) -> None:
    names = (
        "a b",
        "a+b",
        "a%20b",
        "a=b&c",
        "(1)",
        "[slug]",
        "@user",
        "~x",
        "ü",
        "日本",
        "a!b'c",
        "a;b,c",
        "a:b",
        "a*b",
        "$a",
    )
    plan = planned(make({f"{name}.txt": name for name in names}), "spa")
    upload(build, BUCKET, plan, table_of(plan), {"id": "names-0123456789abcdef", "execution": ""}, lambda *_: None)
    for name in names:
        key = f"deployments/names-0123456789abcdef/{name}.txt"
        assert build.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() == name


@pytest.mark.parametrize("prefix", ["deployments/id", "immutable", "manifests"])
def test_a_build_can_create_and_not_overwrite(build: Any, prefix: str) -> None:
    key = f"{prefix}/overwritten.txt"
    build.put_object(Bucket=BUCKET, Key=key, Body=b"1", IfNoneMatch="*")
    for condition, status in (({}, 403), ({"IfNoneMatch": "*"}, 412)):
        with pytest.raises(ClientError) as refused:
            build.put_object(Bucket=BUCKET, Key=key, Body=b"2", **condition)
        assert status == refused.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_a_build_cannot_delete_to_write_again(build: Any) -> None:
    build.put_object(Bucket=BUCKET, Key="immutable/deleted.txt", Body=b"1", IfNoneMatch="*")
    with pytest.raises(ClientError, match="AccessDenied"):
        build.delete_object(Bucket=BUCKET, Key="immutable/deleted.txt")


@pytest.mark.parametrize("path", ["a.txt", "assets/a-BdE8sX2_.js"], ids=["own", "shared"])
def test_a_build_may_compare_what_it_finds(build: Any, make: Make, path: str) -> None:
    identity = f"compare-{path[:2]}-0123456789abcdef".replace(".", "-")
    key = f"immutable/{path}" if is_hashed(path) else f"deployments/{identity}/{path}"
    build.put_object(Bucket=BUCKET, Key=key, Body=b"1", IfNoneMatch="*")  # as by an attempt whose answer was lost
    plan = planned(make({path: "1"}), "spa")
    written = []
    upload(build, BUCKET, plan, table_of(plan), {"id": identity, "execution": ""}, lambda _, new: written.append(new))
    assert sorted(written) == [False, True]
