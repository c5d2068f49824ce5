"""`publish`: from a folder to a page, in the fewest bytes, and what an interruption leaves behind."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

from deployments import uploading
from deployments.publisher import Publisher
from tests.deployments.calling import Command, Make, on_terminal, start
from workbench.distance import far_away
from workbench.site import VisitedStack, until

HASHED = "assets/index-BdE8sX2_.js"


def test_a_folder_becomes_the_page_and_the_steps_are_timed(site: VisitedStack, run: Command, make: Make) -> None:
    folder = make({"index.html": "<h1>one</h1>", HASHED: "1"})
    ended = run("publish", str(folder), "--routing", "mixed", "--sequence", "7", "--commit", "c" * 40)
    assert (0, "") == (ended.status, ended.err)
    assert "<h1>one</h1>" == site.get("/").text
    facts = ended.facts
    assert ("published", site.outputs["SiteUrl"]) == (facts["outcome"], facts["url"])
    assert re.fullmatch(r"c{40}-[0-9a-f]{16}", facts["live"])
    assert ("2 files, 13 B", "0 files, 0 B") == (facts["uploaded"], facts["reused"])
    assert all(re.match(r"\d+\.\d s", facts[step]) for step in ("upload", "switch", "seen"))


def test_the_manifest_tells_what_was_given(site: VisitedStack, run: Command, make: Make) -> None:
    given = {"commit": "c" * 40, "branch": "main", "message": "Say hello", "author": "Ada"}
    options = [part for name, text in given.items() for part in (f"--{name}", text)]
    live = run("publish", str(make()), "--routing", "files", "--json", *options).json["after"]
    body = site.emulator.client("s3").get_object(Bucket=site.bucket, Key=f"manifests/{live}.json")["Body"].read()
    manifest: dict[str, Any] = json.loads(body)
    assert given.items() <= manifest.items()
    assert ("files", live) == (manifest["routing"], manifest["id"])


def test_a_project_in_place_of_what_it_builds_is_refused_before_anything_is_asked(
    site: VisitedStack, run: Command, make: Make, sent: list[tuple[str, str]]
) -> None:
    folder = make(dict.fromkeys(["src/main.js", "package.json", "vite.config.ts"], "x"))
    ended = run("publish", str(folder), "--routing", "spa", "--stack", "site")
    remedy = "give the build's output folder, as in `publish dist`, or --as-is"
    said = f"looks like a project, not what a build writes: {remedy}"
    assert (2, f"deployments: {folder} has vite.config.ts, so it {said}\n") == (ended.status, ended.err)
    assert [] == [url for _, url in sent if "/invocations" in url]
    assert [] == site.keys("")


def test_a_project_that_is_a_site_as_it_is_can_be_said(site: VisitedStack, run: Command, make: Make) -> None:
    folder = make({"package.json": "{}", "package-lock.json": "{}"})
    ended = run("publish", str(folder), "--routing", "mixed", "--as-is")
    assert (0, "") == (ended.status, ended.err)


def test_the_routing_is_kept_until_another_is_given(site: VisitedStack, run: Command, make: Make) -> None:
    folder = str(make())
    first = run("publish", folder)
    assert 2 == first.status
    assert "the first deployment needs --routing: spa" in first.err
    run("publish", folder, "--routing", "folders")
    run("publish", folder)
    assert str(site.live()).endswith(" folders")


def test_a_lower_sequence_is_refused_before_anything_is_uploaded(site: VisitedStack, run: Command, make: Make) -> None:
    run("publish", str(make({"index.html": "new"})), "--routing", "mixed", "--sequence", "9")
    before = site.keys("")
    ended = run("publish", str(make({"index.html": "old"})), "--sequence", "8", "--json")
    assert (1, "refused") == (ended.status, ended.json["outcome"])
    assert "deployments: refused: sequence 8 is lower than 9, which was published" in ended.err
    assert before == site.keys("")
    assert "new" == site.get("/").text


def test_while_held_nothing_is_uploaded_unless_forced(site: VisitedStack, run: Command, make: Make) -> None:
    folder = str(make())
    run("publish", folder, "--routing", "mixed")
    run("hold", "--reason", "incident 17")
    before = site.keys("")
    ended = run("publish", folder)
    assert (1, "deployments: held: incident 17; nothing was uploaded: `release` first, or --force\n") == (
        ended.status,
        ended.err,
    )
    assert before == site.keys("")
    assert "published" == run("publish", folder, "--force").facts["outcome"]


@pytest.mark.parametrize(
    ("files", "why"),
    [({"_errors/x.html": "x"}, "_errors/"), (None, "missing or empty")],
    ids=["reserved name", "no folder"],
)
def test_what_cannot_be_published_is_one_line(
    site: VisitedStack, run: Command, make: Make, tmp_path: Path, files: dict[str, str] | None, why: str
) -> None:
    folder = make(files) if files else tmp_path / "nowhere"
    ended = run("publish", str(folder), "--routing", "mixed")
    assert 1 == ended.status
    assert 1 == len(ended.err.splitlines())
    assert why in ended.err
    assert "Traceback" not in ended.err
    assert [] == site.keys("manifests/")


def test_of_a_site_that_hardly_changed_only_the_rest_is_sent(
    site: VisitedStack, run: Command, make: Make, sent: list[tuple[str, str]]
) -> None:
    """95 % of the bytes are hashed files that stay: the second upload sends the other 5 %."""
    numbers = random.Random(1)
    shared: dict[str, str | bytes] = {f"assets/c-{n}abcdef.js": numbers.randbytes(9_500) for n in range(100, 200)}
    pages: dict[str, str | bytes] = {f"page-{n}.html": numbers.randbytes(1_000) for n in range(49)}
    first = run("publish", str(make({**shared, **pages})), "--routing", "mixed", "--json").json
    sent.clear()
    second = run("publish", str(make({"index.html": "<h1>changed</h1>"})), "--json").json
    assert {"files": 150, "bytes": 999_014} == first["uploaded"]
    assert {"files": 50, "bytes": 49_016} == second["uploaded"]
    assert {"files": 100, "bytes": 950_000} == second["reused"]
    objects = [url.split("/")[4] for method, url in sent if method == "PUT"]
    # each page but the first also has what leads from its address with a slash
    assert {"deployments": 50 + 49, "manifests": 1} == Counter(objects) - Counter({"uploads": 1})
    assert 60 + 49 >= len(sent)  # the rest: the stack, the publisher twice, a listing of the pool, the page


@pytest.fixture
def far_bucket(site: VisitedStack) -> Iterator[dict[str, str]]:
    """The bucket half a second away: what is sent takes a while, and no fast machine is through at once."""
    with far_away(site.emulator.port, 0.5) as port:
        yield {"AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}"}


def many(make: Make) -> Path:
    """More than is on its way at once."""
    return make({f"page-{number}.html": "x" * 200 for number in range(300)})


def interrupted(process: subprocess.Popen[str]) -> tuple[str, str]:
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=60)


def test_an_interrupted_upload_is_seen_by_nobody_and_says_where_to_go_on(
    site: VisitedStack, run: Command, make: Make, publish: Callable[..., str], far_bucket: dict[str, str]
) -> None:
    live = publish("before")
    process = start("publish", str(many(make)), env={**os.environ, **far_bucket})
    until(lambda: len(site.keys("deployments/")), lambda number: number > 20, seconds=60)
    out, err = interrupted(process)
    assert (130, "") == (process.returncode, out)
    told, line = err.splitlines()
    assert told == "0 copies and 300 redirects stored for other addresses"
    assert re.search(r"interrupted: visitors see nothing of it \([\d,]+ files?, .* sent\); run it again", line)
    assert [f"manifests/{live}.json"] == site.keys("manifests/")
    assert "before" == site.get("/").text
    again = run("publish", str(make({"index.html": "after"})), "--json")
    assert "published" == again.json["outcome"]


def test_interrupted_while_it_switches_it_says_that_the_deployment_is_whole(
    site: VisitedStack, run: Command, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke = Publisher.ask

    def ask(self: Publisher, action: str, **wish: Any) -> Any:
        if action == "publish":
            raise KeyboardInterrupt
        return invoke(self, action, **wish)

    monkeypatch.setattr(Publisher, "ask", ask)
    ended = run("publish", str(make()), "--routing", "mixed")
    (key,) = site.keys("manifests/")
    identity = Path(key).stem
    line = f"interrupted: {identity} is complete, `status` says what is live, `promote {identity}` makes it live"
    assert (130, f"deployments: {line}\n") == (ended.status, ended.err)


def test_a_lost_answer_is_not_asked_for_again(
    site: VisitedStack, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice "roll back" would go back twice."""
    asked = 0

    def lose(self: object, request: Any) -> Any:
        nonlocal asked
        if "/invocations" not in request.url:
            return send(self, request)
        asked += 1
        send(self, request)
        raise ReadTimeoutError(endpoint_url=request.url)

    send: Any = URLLib3Session.send
    monkeypatch.setattr(URLLib3Session, "send", lose)
    ended = run("rollback")
    assert (1, 1) == (ended.status, asked)
    assert "no answer from" in ended.err
    assert "`status` says what is live now" in ended.err


def test_progress_on_a_terminal_is_a_bar_with_files_bytes_and_rate(
    site: VisitedStack, make: Make, far_bucket: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*far_bucket.popitem())
    text = on_terminal("publish", str(many(make)), "--routing", "mixed")
    assert re.search(r"\d+/301 files .* of 60.0 kB .*B/s", text), text[-3000:]
    assert "\x1b[" in text
    assert re.search(r"outcome.*live now", text)


def test_progress_in_a_log_is_a_line_now_and_then(
    site: VisitedStack, run: Command, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "_LINE_EVERY", 0)
    ended = run("publish", str(make({"a.txt": "x"})), "--routing", "mixed")
    assert "uploaded 2 of 2 files, 15 B of 15 B" == ended.err.splitlines()[-1]


def test_the_site_is_seen_by_a_stranger_before_the_command_ends(site: VisitedStack, run: Command, make: Make) -> None:
    started = time.monotonic()
    ended = run("publish", str(make()), "--routing", "mixed", "--json")
    assert 0 <= ended.json["seen"] < time.monotonic() - started
    assert run("promote", ended.json["after"], "--json").json["seen"] is None  # nothing changed


def test_wrong_rules_stop_a_publish_and_lenient_goes_on_without_them(
    site: VisitedStack, run: Command, make: Make
) -> None:
    folder = make({"_redirects": "/a\n/old / 302\n"})
    ended = run("publish", str(folder), "--routing", "files")
    assert ended.status == 1
    assert "_redirects:1: " in ended.err
    assert "nothing was uploaded" in ended.err
    assert site.keys("deployments/") == []
    went = run("publish", str(folder), "--routing", "files", "--lenient", "--json")
    assert went.json["outcome"] == "published", went.err
    assert f"deployments/{went.json['deployment']}/old.html" in site.keys("deployments/")
