"""The edge keeps answers as CloudFront does, and tells about each request why it was answered so."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.cloud.stack import Stack
from local.cloud.system import deployed
from local.commands.publication import publish
from local.edge.cache import Cache, lifetime
from local.edge.distribution import Behavior, ErrorRule, Lifetimes
from local.edge.events import Answer, Request
from local.edge.location import Location
from local.edge.network import edge_of
from local.edge.origin import Fetched
from local.edge.visit import Visit
from workbench import ROOT
from workbench.aside import run_aside

if TYPE_CHECKING:
    from aws_types import StoreEntry

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
OPTIMIZED = Lifetimes(1, 86_400, 31_536_000)
BEHAVIOR = Behavior(None, frozenset({"GET"}), OPTIMIZED, False, (), (), {})
NAVIGATION = {"sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "accept": "text/html"}
SCRIPT = {"sec-fetch-dest": "script", "sec-fetch-mode": "no-cors", "accept": "*/*"}


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("public, max-age=0, s-maxage=31536000, must-revalidate", 31_536_000),
        ("public, max-age=60, s-maxage=10", 10),
        ("public, max-age=60", 60),
        ("public, max-age=99999999999", 31_536_000),
        ("no-store", 1),
        ("max-age=0", 1),
        ("private, max-age=60", 1),
        ("", 86_400),
    ],
)
def test_how_long_an_answer_is_fresh(header: str, seconds: float) -> None:
    assert seconds == lifetime({"cache-control": header} if header else {}, OPTIMIZED)


class Scripted:
    """An origin that answers what it is told, and a clock."""

    def __init__(self) -> None:
        self.now, self.next = 0.0, Fetched(200, {"cache-control": "max-age=10", "etag": '"1"'}, b"one")
        self.asked: list[str] = []
        self.cache = Cache(self.get, {404: ErrorRule(10, "", 404), 500: ErrorRule(1, "", 500)}, lambda: self.now)

    async def get(self, uri: str, etag: str) -> Fetched:
        self.asked.append(etag)
        return self.next

    def at(self, moment: float, following: Fetched | None = None) -> tuple[str, int, bytes]:
        """How the answer comes at `moment`, and what it is."""
        self.now = moment
        self.next = following or self.next
        kept, how = run_aside(self.cache.get("/x", BEHAVIOR))
        return how, kept.fetched.status, kept.fetched.body


def test_an_answer_is_a_hit_while_it_is_fresh_and_then_asked_for_with_its_etag() -> None:
    origin = Scripted()
    assert ("miss", 200, b"one") == origin.at(0)
    assert ("hit", 200, b"one") == origin.at(9.9)
    assert ("refresh", 200, b"one") == origin.at(10, Fetched(304, {}, b""))
    assert ("hit", 200, b"one") == origin.at(19.9)
    assert ["", '"1"'] == origin.asked
    assert ("miss", 200, b"two") == origin.at(20, Fetched(200, {"cache-control": "max-age=10"}, b"two"))


def test_a_missing_file_is_missing_for_ten_seconds_and_no_longer() -> None:
    origin = Scripted()
    assert ("miss", 404, b"") == origin.at(0, Fetched(404, {}, b""))
    there = Fetched(200, {}, b"there")
    assert ("hit", 404, b"") == origin.at(9.9, there)
    assert ("miss", 200, b"there") == origin.at(10)


def test_what_is_stale_serves_while_the_origin_fails() -> None:
    origin = Scripted()
    origin.at(0)
    assert ("stale", 200, b"one") == origin.at(10, Fetched(500, {}, b""))
    assert ("hit", 200, b"one") == origin.at(10.9)
    assert ("miss", 404, b"") == origin.at(11, Fetched(404, {}, b""))


def test_a_403_without_caching_headers_is_not_kept() -> None:
    origin = Scripted()
    assert ["miss", "miss"] == [origin.at(0, Fetched(403, {}, b""))[0], origin.at(0.1)[0]]


def test_a_star_in_a_behaviors_pattern_crosses_slashes_and_case_counts() -> None:
    def matches(pattern: str, path: str) -> bool:
        return Behavior(pattern, frozenset(), OPTIMIZED, False, (), (), {}).matches(path)

    assert matches("*.css", "/a/b.css")
    assert matches("/assets/*.js", "/assets/a/b.js")
    assert not matches("/assets/*.js", "/x/assets/b.js")
    assert not matches("*.css", "/a.CSS")
    assert matches("/_*/*.js", "/_next/static/a.js")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack with the plain site, one large file and one hashed one."""
    site: Path = tmp_path_factory.mktemp("site")
    for name in ("index.html", "404.html", "site.js", "style.css", "version.txt"):
        (site / name).write_bytes((ROOT / "tests" / "projects" / "plain" / name).read_bytes())
    (site / "large.txt").write_text("0123456789" * 1_000)
    (site / "assets").mkdir()
    (site / "assets" / "index-BdE8sX2_.js").write_text("1")
    with deployed() as stack:
        publish(stack, site, "spa")
        yield stack


def visit(stack: Stack, *requests: Request) -> list[tuple[Answer, Visit]]:
    """What a fresh edge makes of the requests, one after another."""

    async def ask() -> list[tuple[Answer, Visit]]:
        async with edge_of(stack) as edge:
            location: Location = edge.location()
            return [await location.answer(request) for request in requests]

    return run_aside(ask())


def get(path: str, query: str | None = None, method: str = "GET", **headers: str) -> Request:
    """A request; header names are written with `_` for `-`."""
    return Request(method, path, query, {name.replace("_", "-"): value for name, value in headers.items()})


def test_each_line_tells_what_was_chosen_and_why(stack: Stack) -> None:
    deployment = str(stack.live()).split()[0]
    pinned = {**SCRIPT, "cookie": f"__Host-deployment={deployment}"}
    own = f"/deployments/{deployment}"
    table = [
        (Request("GET", "/", None, NAVIGATION), f"200 GET / -> {own}/index.html miss 1 read navigation"),
        (
            Request("GET", "/user/1", "a=b", NAVIGATION),
            f"200 GET /user/1?a=b -> {own}/index.html hit 1 read navigation, SPA fallback",
        ),
        (Request("GET", "/site.js", "x", pinned), f"200 GET /site.js?x -> {own}/site.js miss 0 reads pinned"),
        (Request("GET", "/site.js", "y", SCRIPT), f"200 GET /site.js?y -> {own}/site.js hit 1 read live"),
        (
            Request("GET", "/assets/index-BdE8sX2_.js", None, SCRIPT),
            "200 GET /assets/index-BdE8sX2_.js -> /immutable/assets/index-BdE8sX2_.js miss 0 reads hashed",
        ),
        (Request("GET", "/missing.js", None, SCRIPT), f"404 GET /missing.js -> {own}/missing.js miss 1 read 404"),
        (Request("GET", "/a/../b", None, NAVIGATION), "400 GET /a/../b -> - function 0 reads refused path"),
        (Request("POST", "/", None, NAVIGATION), "403 POST / -> - error 0 reads method not allowed"),
    ]
    lines = [visited.line() for _, visited in visit(stack, *(request for request, _ in table))]
    assert [line for _, line in table] == lines


def test_what_the_bucket_holds_beside_the_site_is_not_served(stack: Stack) -> None:
    deployment = str(stack.live()).split()[0]
    paths = (f"/manifests/{deployment}.json", "/executions/x.json", "/published/x.json")
    assert [404] * 3 == [answer.status for answer, _ in visit(stack, *(get(path) for path in paths))]


def test_the_edge_answers_with_a_part_of_a_file_its_compressed_form_or_its_head_as_asked(stack: Stack) -> None:
    answers = [
        answer
        for answer, _ in visit(
            stack,
            get("/large.txt", range="bytes=10-14"),
            get("/large.txt", range="bytes=-3"),
            get("/large.txt", range="bytes=20000-"),
            get("/large.txt", accept_encoding="gzip, br"),
            get("/large.txt", method="HEAD"),
        )
    ]
    assert [206, 206, 416, 200, 200] == [answer.status for answer in answers]
    assert [b"01234", b"789", b""] == [answer.body for answer in answers[:3]]
    assert "bytes 10-14/10000" == dict(answers[0].headers)["content-range"]
    assert b"0123456789" * 1_000 == gzip.decompress(answers[3].body)
    assert dict(answers[3].headers)["etag"].startswith('W/"')
    assert b"" == answers[4].body


def test_a_browser_that_has_the_file_is_told_so_also_for_its_compressed_form(stack: Stack) -> None:
    ((first, _),) = visit(stack, get("/large.txt", accept_encoding="gzip"))
    etag = dict(first.headers)["etag"]
    deployment = str(stack.live()).split()[0]
    again = get("/large.txt", accept_encoding="gzip", if_none_match=etag, cookie=f"__Host-deployment={deployment}")
    ((second, _),) = visit(stack, again)
    assert (304, b"") == (second.status, second.body)


def test_a_function_that_fails_is_a_503_and_no_page(stack: Stack) -> None:
    async def ask() -> int:
        async with edge_of(stack) as edge:
            await edge.functions.load(dict.fromkeys(edge.distribution.functions, "function handler() { throw 1; }"))
            answer, _ = await edge.location().answer(get("/"))
            return answer.status

    assert 503 == run_aside(ask())


MADE_OF_MODULES = """function handler() {
  const digest = require('crypto').createHash('md5').update('/old').digest('hex');
  return { statusCode: 302, headers: { location: { value: '/' + digest } } };
}"""


def test_a_function_has_the_modules_of_cloudfronts_runtime(stack: Stack) -> None:
    async def ask() -> str:
        async with edge_of(stack) as edge:
            await edge.functions.load(dict.fromkeys(edge.distribution.functions, MADE_OF_MODULES))
            answer, _ = await edge.location().answer(get("/"))
            return dict(answer.headers)["location"]

    assert "/" + hashlib.md5(b"/old", usedforsecurity=False).hexdigest() == run_aside(ask())


async def put(stack: Stack, lines: dict[str, str]) -> None:
    """Write the lines into the store of the stack, as many in a call as one takes."""
    client, arn = stack.emulator.shared("cloudfront-keyvaluestore"), stack.outputs["StoreArn"]
    keys = [*lines]
    for start in range(0, len(keys), 50):
        etag = (await asyncio.to_thread(client.describe_key_value_store, KvsARN=arn))["ETag"]
        puts: list[StoreEntry] = [{"Key": key, "Value": lines[key]} for key in keys[start : start + 50]]
        await asyncio.to_thread(client.update_keys, KvsARN=arn, IfMatch=etag, Puts=puts)


LINES = {f"t:0123456789ab:{number}": f"\nline {number}" for number in range(120)}


def test_a_store_of_more_keys_than_a_page_has_is_read_whole(stack: Stack) -> None:
    async def ask() -> dict[str, str]:
        await put(stack, LINES)
        async with edge_of(stack) as edge:
            (store,) = edge.stores.values()
            return await store.read()

    content = run_aside(ask())
    assert content.items() >= LINES.items()
    assert content.keys() >= {"live", "ledger"}


def test_a_write_between_two_pages_mixes_no_two_states(stack: Stack) -> None:
    async def ask() -> list[dict[str, str]]:
        await put(stack, LINES)
        async with edge_of(stack) as edge:
            (store,) = edge.stores.values()

            async def write() -> None:
                for number in range(40):
                    await put(stack, {"a": str(number), "z": str(number)})  # of the first page and of the last
                    await asyncio.sleep(0.05)

            writing, seen = asyncio.create_task(write()), list[dict[str, str]]()
            while not writing.done():
                seen.append(await store.read())
            await writing
            return seen

    states = [(content.get("a"), content.get("z")) for content in run_aside(ask())]
    assert len({*states}) > 1
    assert [state for state in states if state[0] != state[1]] == []
