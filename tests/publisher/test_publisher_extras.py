"""A deployment whose folder has more than its manifest says can be gone back to, and it is told what is too much."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.publisher.surroundings import BUCKET, A, B, BucketAndStore, succeeded
from workbench.invoked import BY_NAME

PROMOTE = {"action": "promote", "deployment": A}


def listing(site: BucketAndStore, deployment: str) -> str:
    """What the uploader writes into the manifest: SHA-256 over the lines `<path> <size>`, sorted by paths."""
    folder = f"deployments/{deployment}/"
    found = site.s3.list_objects_v2(Bucket=BUCKET, Prefix=folder)["Contents"]
    lines = [f"{item['Key'].removeprefix(folder)} {item['Size']}\n".encode() for item in found]
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def upload(site: BucketAndStore, deployment: str, execution: str = "", page: str = "", *, listed: bool = True) -> None:
    """A complete deployment, whose manifest tells of its files; after it the next second begins.

    S3 dates objects to the second.
    """
    site.upload(deployment, execution, page)
    manifest = json.loads(site.read(f"manifests/{deployment}.json"))
    manifest |= {"listing": listing(site, deployment)} if listed else {}
    site.put(f"manifests/{deployment}.json", json.dumps(manifest))
    modified = site.s3.head_object(Bucket=BUCKET, Key=f"manifests/{deployment}.json")["LastModified"]
    time.sleep(max(0.0, modified.timestamp() + 1.05 - time.time()))


@pytest.mark.parametrize("listed", [True, False], ids=["a list", "number and bytes, of an older uploader"])
def test_a_folder_with_more_than_its_manifest_says_goes_live_and_the_answer_the_line_and_the_event_say_what(
    publisher: Any, site: BucketAndStore, logged: Callable[[], list[Mapping[str, Any]]], listed: bool
) -> None:
    upload(site, A, page="<h1>of A</h1>", listed=listed)
    sent: list[str] = []
    publisher.client("events").meta.events.register(
        "before-parameter-build.events.PutEvents", lambda params, **_: sent.append(params["Entries"][0]["Detail"])
    )
    for name in ("sw.js", "a/b.html", "404.html.bak"):
        site.put(f"deployments/{A}/{name}", "attacker")
    extra = {"count": 3, "names": ["404.html.bak", "a/b.html", "sw.js"]}
    answer = publisher.handler(PROMOTE, BY_NAME)
    assert (answer["outcome"], answer["extra"], site.live) == ("published", extra, A)
    assert [line["extra"] for line in logged()] == [extra]
    assert [json.loads(detail)["extra"] for detail in sent] == [extra]
    assert site.read("_errors/404.html") == "<h1>of A</h1>"


def test_a_whole_one_has_nothing_to_tell_also_if_its_files_are_younger_than_its_manifest(
    publisher: Any, site: BucketAndStore
) -> None:
    """As in a bucket that was restored from a copy."""
    upload(site, A)
    site.put(f"deployments/{A}/index.html", f"<h1>{A}</h1>")
    answer = publisher.handler(PROMOTE, BY_NAME)
    assert (answer["outcome"], "extra" in answer) == ("published", False)


def test_an_added_404_page_is_never_the_sites(publisher: Any, site: BucketAndStore) -> None:
    for deployment in (A, B):
        upload(site, deployment)
        site.put(f"deployments/{deployment}/404.html", "attacker")
    site.upload("c" * 57)  # which has no list, and whose folder is not as its manifest says
    publisher.handler(PROMOTE, BY_NAME)
    assert "<h1>Not found</h1>" in site.read("_errors/404.html")
    publisher.handler(PROMOTE | {"deployment": B}, BY_NAME)
    site.put("_errors/404.html", "of one that lost a race, and then died")
    publisher.handler({"action": "hold", "reason": "fair"}, BY_NAME)  # whoever comes next mends it
    assert "<h1>Not found</h1>" in site.read("_errors/404.html")
    upload(site, B + "2", page="its own")
    site.put(f"deployments/{B}2/x", "attacker")
    publisher.handler(PROMOTE | {"deployment": B + "2"}, BY_NAME)
    site.put("_errors/404.html", "of one that lost a race, and then died")
    publisher.handler({"action": "hold", "reason": "fair"}, BY_NAME)
    assert site.read("_errors/404.html") == "its own"


def test_of_a_live_one_that_cannot_be_checked_no_page_is_taken(publisher: Any, site: BucketAndStore) -> None:
    upload(site, A)
    publisher.handler(PROMOTE, BY_NAME)
    site.s3.delete_object(Bucket=BUCKET, Key=f"deployments/{A}/robots.txt")
    site.put(f"deployments/{A}/404.html", "attacker")
    site.put("_errors/404.html", "of one that lost a race, and then died")
    publisher.handler({"action": "hold", "reason": "fair"}, BY_NAME)
    assert "<h1>Not found</h1>" in site.read("_errors/404.html")


def missing(site: BucketAndStore) -> None:
    site.put(f"deployments/{A}/later.html", "attacker")
    site.s3.delete_object(Bucket=BUCKET, Key=f"deployments/{A}/robots.txt")


def changed(site: BucketAndStore) -> None:
    site.put(f"deployments/{A}/later.html", "attacker")
    site.put(f"deployments/{A}/index.html", "attacker")


def renamed(site: BucketAndStore) -> None:
    site.put(f"deployments/{A}/other", site.read(f"deployments/{A}/robots.txt"))
    site.s3.delete_object(Bucket=BUCKET, Key=f"deployments/{A}/robots.txt")
    site.put(f"manifests/{A}.json", site.read(f"manifests/{A}.json"))


def as_old(site: BucketAndStore) -> None:
    site.put(f"deployments/{A}/sw.js", "attacker")
    site.put(f"manifests/{A}.json", site.read(f"manifests/{A}.json"))


DAMAGE = {
    "missing": (
        missing,
        rf"^files and bytes of deployments/{A}/ are 1 and \d+, not the 2 and \d+ of its manifest: build again$",
    ),
    "changed": (
        changed,
        rf"^files and bytes of deployments/{A}/ are 1 and \d+, not the 2 and \d+ of its manifest: build again$",
    ),
    "under another name": (
        renamed,
        r"are (2 and \d+), not the \1 of its manifest: build again",
    ),
    "more, but no younger than the manifest": (
        as_old,
        r"are 3 and \d+, not the 2 and \d+ of its manifest: ",
    ),
}


@pytest.mark.parametrize(("damage", "reason"), DAMAGE.values(), ids=DAMAGE)
def test_what_lacks_something_or_cannot_be_told_apart_is_refused(
    publisher: Any, site: BucketAndStore, damage: Callable[[BucketAndStore], None], reason: str
) -> None:
    upload(site, A, "e1")
    damage(site)
    with pytest.raises(publisher.NotThere, match=reason):
        publisher.handler(succeeded("e1"), BY_NAME)
    assert (site.live, site.keys("_errors/")) == ("", [])


def test_what_is_told_of_many_with_long_names_is_short(publisher: Any, site: BucketAndStore) -> None:
    upload(site, A)
    for number in range(12):
        site.put(f"deployments/{A}/{number:02}" + "\u00e9" * 400, "attacker")
    answer = publisher.handler(PROMOTE, BY_NAME)
    assert (answer["extra"]["count"], len(answer["extra"]["names"])) == (12, 10)
    assert max(map(len, answer["extra"]["names"])) == 100


def test_one_that_waits_says_so_too(publisher: Any, site: BucketAndStore) -> None:
    publisher.handler({"action": "hold", "reason": "fair"}, BY_NAME)
    upload(site, A, "e1")
    site.put(f"deployments/{A}/sw.js", "attacker")
    answer = publisher.handler(succeeded("e1", "2099-01-01T00:00:00Z"), BY_NAME)
    assert (answer["outcome"], answer["extra"]["names"]) == ("held", ["sw.js"])
