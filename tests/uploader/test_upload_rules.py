"""What an upload makes of a site's own rules: objects beside its files, their headers, and the manifest's words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.uploader.pipeline import ARTIFACTS, Execution

Make = Callable[..., Path]
ID = "c" * 40 + "-1a2b3c4d5e6f7a8b"
BUILD = "project:1a2b3c4d-5e6f-7a8b-9c0d-112233445566"
FOLDER = f"deployments/{ID}/"
OWN = "public, max-age=0, s-maxage=31536000, must-revalidate"


def metadata(site: Any, key: str) -> dict[str, str]:
    """What an object is told besides, without its digest and its deployment."""
    found: dict[str, str] = dict(site.head(FOLDER + key)["Metadata"])
    assert (found.pop("deployment"), len(found.pop("sha256"))) == (ID, 64)
    return found


def test_a_redirect_is_an_object_that_says_status_and_target_in_its_metadata_and_on_a_page(
    site: Any, make: Make
) -> None:
    rules = "/old /new?a=1&b=2 302\n/gone https://example.com/a\n"
    assert site.publish(make({"_redirects": rules}), CODEBUILD_BUILD_ID=BUILD, ROUTING="files") == 0
    assert metadata(site, "old.html") == {"redirect": "302 /new?a=1&b=2"}
    assert metadata(site, "gone.html") == {"redirect": "301 https://example.com/a"}
    page = site.read(f"{FOLDER}old.html").decode()
    assert '302 <a href="/new?a=1&amp;b=2">/new?a=1&amp;b=2</a>' in page
    head = site.head(f"{FOLDER}old.html")
    assert (head["ContentType"], head["CacheControl"]) == ("text/html; charset=utf-8", OWN)


def test_a_copy_has_the_bytes_and_the_type_of_its_file_and_a_status_if_it_is_to_have_one(site: Any, make: Make) -> None:
    files = {"_redirects": "/feed /rss.xml 200\n/closed /closed/index.html 410\n", "rss.xml": "<rss/>"}
    site.publish(make({**files, "closed/index.html": "closed"}), CODEBUILD_BUILD_ID=BUILD, ROUTING="files")
    assert site.read(f"{FOLDER}feed.html") == b"<rss/>"
    assert site.head(f"{FOLDER}feed.html")["ContentType"] == "application/xml"
    assert metadata(site, "feed.html") == {}


def test_headers_are_stored_as_s3_has_them_and_the_rest_travels_in_the_metadata(site: Any, make: Make) -> None:
    text = "/a.txt\n  Cache-Control: public, max-age=60\n  Content-Language: de\n  X-One: 1\n/*\n  X-Two: a  b\n"
    site.publish(make({"_headers": text, "a.txt": "a", "b.txt": "b"}), CODEBUILD_BUILD_ID=BUILD, ROUTING="files")
    head = site.head(f"{FOLDER}a.txt")
    assert head["CacheControl"] == "s-maxage=31536000, public, max-age=60"
    assert (head["ContentLanguage"], head["ContentType"]) == ("de", "text/plain; charset=utf-8")
    assert metadata(site, "a.txt")["headers"].split("~") == ["X-One: 1", "X-Two: a  b"]
    assert site.head(f"{FOLDER}b.txt")["CacheControl"] == OWN
    assert metadata(site, "b.txt") == {"headers": "X-Two: a  b"}


def test_what_a_forced_rule_takes_is_not_written_and_neither_are_the_rules(site: Any, make: Make) -> None:
    files = {"_redirects": "/about /team 301!\n", "_headers": "/*\n  X-A: 1\n", "about.html": "about"}
    site.publish(make(files), CODEBUILD_BUILD_ID=BUILD, ROUTING="files")
    assert site.keys("deployments/") == [f"{FOLDER}about.html", f"{FOLDER}index.html"]
    assert metadata(site, "about.html") == {"redirect": "301 /team"}


def test_the_manifest_counts_every_object_and_has_what_the_store_needs(site: Any, make: Make) -> None:
    rules = "/old / 301\n/blog/* /news/:splat\n"
    site.publish(make({"_redirects": rules, "a.glb": "x"}), CODEBUILD_BUILD_ID=BUILD, ROUTING="files")
    manifest = site.manifest()
    keys = site.keys("deployments/")
    sizes = {key.removeprefix(FOLDER): site.head(key)["ContentLength"] for key in keys}
    assert (manifest["files"], manifest["bytes"]) == (len(sizes), sum(sizes.values()))
    listing = "".join(f"{path} {size}\n" for path, size in sorted(sizes.items()))
    assert manifest["listing"] == hashlib.sha256(listing.encode()).hexdigest()
    assert re.fullmatch(r"files also=glb lines=\w+:\d*:\d+:\d \+", manifest["live"])
    assert any(key.startswith("r:") and "/blog/*" in line for key, line in manifest["lines"].items())
    # a publisher that knows nothing of lines refuses it
    assert not {"also", "index"} & {*manifest}


@pytest.mark.parametrize(("routing", "older"), [("files", True), ("bare", False)])
def test_older_publishers_can_switch_to_what_they_can_serve(site: Any, make: Make, routing: str, older: bool) -> None:
    site.publish(make({"docs/index.html": "", "a.glb": ""}), CODEBUILD_BUILD_ID=BUILD, ROUTING=routing)
    manifest = site.manifest()
    assert manifest["live"] == f"{routing} also=glb"
    assert "lines" not in manifest
    assert (manifest.get("also"), manifest.get("index")) == ((["glb"], []) if older else (None, None))


@pytest.fixture
def run(site: Any, aws: Any) -> Callable[..., Execution]:
    """Executions of one pipeline, with an empty site."""
    aws.shared("s3").create_bucket(Bucket=ARTIFACTS)
    return lambda **facts: Execution(aws, **facts)


def test_the_action_prints_what_it_compiled_and_stops_at_wrong_lines_with_all_of_them(
    site: Any, run: Callable[..., Execution], make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = run(routing="files")
    wrong.packed(make({"_redirects": "/a\n/b /c 999\n"}, "wrong"))
    capsys.readouterr()
    assert wrong.upload() == 1
    said = capsys.readouterr()
    assert [line[:20] for line in said.out.splitlines()] == ["error: _redirects:1:", "error: _redirects:2:"]
    assert said.err.startswith("uploader: _redirects:1: ")
    assert said.err.endswith("(nothing was uploaded; errors: 2)\n")
    assert said.err.count("\n") == 1
    assert site.keys() == []
    lenient = run(routing="files", settings={"LENIENT": "true"})
    lenient.packed(make({"_redirects": "/a\n/b /c 999\n/d /e\n"}, "lenient"))
    assert lenient.upload() == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("warning: _redirects:") for line in lines) == 2
    assert any(re.match("_redirects: 1 redirect", line) for line in lines)


def test_the_action_takes_the_page_for_an_apps_routes_from_its_parameter(
    site: Any, run: Callable[..., Execution], make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    one = run(routing="spa", settings={"FALLBACK": "app.html"})
    one.packed(make({"app.html": "app"}))
    assert one.upload() == 0, capsys.readouterr().err
    assert " shell=app.html" in site.manifest()["live"]
