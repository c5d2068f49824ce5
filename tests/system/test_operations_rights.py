"""What each role of a site with `operations` may not do: it is deployed, and IAM is enforced."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.cloud.emulator import Emulator
from tests.system.operated import operated
from workbench.roles import DENIED, Actor
from workbench.site import VisitedStack

A = f"{'a' * 40}-{'a' * 16}"


@pytest.fixture(scope="module")
def site(strict: Emulator) -> Iterator[VisitedStack]:
    """One for all of them: what is refused changes nothing."""
    with operated(strict) as site:
        yield site


def asking(name: str) -> Callable[[Any, VisitedStack], Any]:
    return lambda client, site: ask(client, f"{site.resources['Publisher']}{name}")


FORBIDDEN: dict[str, tuple[str, str, Callable[[Any, VisitedStack], Any]]] = {
    "publisher deletes a file": (
        "PublisherRole", "s3", lambda s3, site: s3.delete_object(Bucket=site.bucket, Key=f"deployments/{A}/index.html"),
    ),
    "publisher writes a file": (
        "PublisherRole", "s3", lambda s3, site: s3.put_object(Bucket=site.bucket, Key="deployments/x/y", Body=b""),
    ),
    "publisher reads another bucket": (
        "PublisherRole", "s3", lambda s3, site: s3.get_object(Bucket="another", Key="manifests/x.json"),
    ),
    "publisher writes another store": (
        "PublisherRole", "cloudfront-keyvaluestore",
        lambda store, site: store.describe_key_value_store(KvsARN=another_store(site)),
    ),
    "pruner writes the store": (
        "PrunerRole", "cloudfront-keyvaluestore",
        lambda store, site: store.put_key(KvsARN=site.outputs["StoreArn"], Key="live", Value="x", IfMatch="x"),
    ),
    "pruner writes a file": (
        "PrunerRole", "s3", lambda s3, site: s3.put_object(Bucket=site.bucket, Key="deployments/x/y", Body=b""),
    ),
    "pruner deletes the history": (
        "PrunerRole", "s3", lambda s3, site: s3.delete_object(Bucket=site.bucket, Key="published/x"),
    ),
    **{
        f"pruner asks the publisher as {name or 'an operator'}": (
            "PrunerRole", "lambda", asking(name),
        )
        for name in ("", ":ci", ":alarm", ":webhook", ":$LATEST")
    },
    "build overwrites a file": (
        "BuildRole", "s3",
        lambda s3, site: s3.put_object(Bucket=site.bucket, Key=f"deployments/{A}/index.html", Body=b"evil"),
    ),
    "build overwrites a manifest": (
        "BuildRole", "s3", lambda s3, site: s3.put_object(Bucket=site.bucket, Key=f"manifests/{A}.json", Body=b"{}"),
    ),
    "build deletes a file": (
        "BuildRole", "s3", lambda s3, site: s3.delete_object(Bucket=site.bucket, Key=f"deployments/{A}/index.html"),
    ),
    "build writes the store": (
        "BuildRole", "cloudfront-keyvaluestore",
        lambda store, site: store.put_key(KvsARN=site.outputs["StoreArn"], Key="live", Value="x", IfMatch="x"),
    ),
    "build writes another bucket": (
        "BuildRole", "s3",
        lambda s3, site: s3.put_object(Bucket="another", Key="deployments/x", Body=b"", IfNoneMatch="*"),
    ),
    "messenger reads another log": (
        "MessengerRole", "logs",
        lambda logs, site: logs.get_log_events(logGroupName=site.resources["PublisherLog"], logStreamName="x"),
    ),
    "messenger reads a manifest": (
        "MessengerRole", "s3", lambda s3, site: s3.get_object(Bucket=site.bucket, Key=f"manifests/{A}.json"),
    ),
}  # fmt: skip


def another_store(site: VisitedStack) -> str:
    made = site.emulator.client("cloudfront").create_key_value_store(Name="another")["KeyValueStore"]
    return str(made["ARN"])


def ask(client: Any, name: str, action: str = "status") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(
        client.invoke(FunctionName=name, Payload=json.dumps({"action": action}))["Payload"].read()
    )
    return answer


def test_the_pruner_asks_through_its_alias_which_takes_what_it_needs(site: VisitedStack) -> None:
    client = Actor(site.emulator, site.resources["PrunerRole"]).client("lambda")
    name = f"{site.resources['Publisher']}:pruner"
    assert ask(client, name)["outcome"] == "status"
    answer = ask(client, name, "rollback")
    assert (answer["outcome"], "alias pruner takes status, retire" in answer["reason"]) == ("refused", True)


@pytest.mark.parametrize(("role", "service", "attempt"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_a_role_may_not_do_is_refused(
    site: VisitedStack, role: str, service: str, attempt: Callable[[Any, VisitedStack], Any]
) -> None:
    s3 = site.emulator.client("s3")
    s3.create_bucket(Bucket="another")
    for key in (f"deployments/{A}/index.html", f"manifests/{A}.json"):
        s3.put_object(Bucket=site.bucket, Key=key, Body=b"", IfNoneMatch="*") if key not in site.keys(key) else None
    client = Actor(site.emulator, site.resources[role]).made(service)  # that may not be what is refused
    with pytest.raises(ClientError, match=DENIED):
        attempt(client, site)
