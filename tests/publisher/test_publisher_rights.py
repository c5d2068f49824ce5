"""The publisher with no more rights than the template gives it, signatures and IAM enforced; the page lists them."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator import Settings, build_template, sources
from local.cloud.emulator import ACCOUNT, start_emulator
from tests.publisher.surroundings import BUCKET, A, B, BucketAndStore
from workbench import ROOT
from workbench.resolve import resolve

ROLE = resolve(json.loads(json.dumps(build_template(Settings(source="git")).to_dict()))).statements("PublisherRole")
STORE = [f"cloudfront-keyvaluestore:{name}" for name in ("DescribeKeyValueStore", "GetKey", "UpdateKeys")]


@pytest.fixture
def strict() -> Iterator[Any]:
    with start_emulator(enforce_iam=True) as emulator:
        yield emulator


def rights(store: str, without: str = "") -> str:
    """The template's own policy document, perhaps without one action."""
    kept = [statement | {"Action": [one for one in statement["Action"] if one != without]} for statement in ROLE]
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement for statement in kept if statement["Action"]]})
    text = text.replace("eu-central-1:111122223333", f"us-east-1:{ACCOUNT}")
    return text.replace("<SiteBucket.Arn>", f"arn:aws:s3:::{BUCKET}").replace("<Store.Arn>", store)


def publish(strict: Any, site: BucketAndStore, user: str, without: str, deployment: str, tmp_path: Path) -> Any:
    """Run the inline text as `user`, without awscrt, as the Lambda runtime does."""
    iam = strict.client("iam")
    iam.create_user(UserName=user)
    iam.put_user_policy(UserName=user, PolicyName="publisher", PolicyDocument=rights(site.arn, without))
    made = iam.create_access_key(UserName=user)["AccessKey"]
    (tmp_path / "index.py").write_text(sources.program("publisher.operations"))
    request = {"action": "publish", "deployment": deployment}
    context = "types.SimpleNamespace(invoked_function_arn='arn:aws:lambda:us-east-1:111122223333:function:publisher')"
    text = f"import sys, types; sys.modules['awscrt'] = None; import index; index.handler({request!r}, {context})"
    environment = {
        **os.environ,
        **strict.environment(),
        "SITE_BUCKET": BUCKET,
        "STORE_ARN": site.arn,
        "PIPELINE": "",
        "STACK": "site",
    }
    keys = {"AWS_ACCESS_KEY_ID": made["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"]}
    keys["AWS_SESSION_TOKEN"] = ""  # a user's keys have none
    command = [sys.executable, "-c", text]
    done = subprocess.run(command, env=environment | keys, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1])  # told again where telling failed


def test_the_listed_rights_are_enough_and_each_one_is_needed(strict: Any, tmp_path: Path) -> None:
    site = BucketAndStore(strict)
    site.upload(A, page="<h1>of A</h1>")
    site.upload(B)
    assert publish(strict, site, "all", "", A, tmp_path)["outcome"] == "published"
    assert publish(strict, site, "all2", "", B, tmp_path)["outcome"] == "published"
    for number, action in enumerate(["s3:GetObject", "s3:PutObject", "s3:ListBucket", *STORE]):
        outcome = publish(strict, site, f"without-{number}", action, A, tmp_path)["outcome"]
        assert outcome in ("failed", "refused"), action
    assert site.live == B
    untold = publish(strict, site, "silent", "events:PutEvents", A, tmp_path)
    assert ("published", True) == (untold["outcome"], "unannounced" in untold)


def test_the_page_lists_them_all_and_no_others() -> None:
    page = (ROOT / "docs" / "decisions" / "publisher-rights.md").read_text()
    told = [re.findall(r"`([^`]+)`", line) for line in page.splitlines() if line.startswith("| `")]
    given = [
        [*s["Action"], *(on.partition("<SiteBucket.Arn>/")[2] for on in s["Resource"] if "Bucket.Arn>/" in on)]
        for s in ROLE
    ]
    assert sorted(given) == sorted([part for part in row if part != "unannounced"] for row in told)


def test_a_wrong_secret_is_turned_away_by_the_store(strict: Any) -> None:
    site = BucketAndStore(strict)
    iam = strict.client("iam")
    iam.create_user(UserName="ada")
    iam.put_user_policy(UserName="ada", PolicyName="publisher", PolicyDocument=rights(site.arn))
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    options = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    store = strict.client("cloudfront-keyvaluestore", **options)
    assert store.describe_key_value_store(KvsARN=site.arn)["ItemCount"] == 0
    store = strict.client("cloudfront-keyvaluestore", **{**options, "aws_secret_access_key": "wrong"})
    with pytest.raises(store.exceptions.ClientError, match=r"(?i)signature|denied"):
        store.describe_key_value_store(KvsARN=site.arn)
