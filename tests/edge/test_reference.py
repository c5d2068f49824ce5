"""Router and finisher against a reference written from the documents; `make reference` asks 300,000 requests."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import pytest

from generator import javascript, sources
from tests.edge.asking import requests
from tests.edge.harness import FUNCTIONS, PATHS, Case, Outcome, run_raw
from tests.edge.reference import PIN, Found, expected

REQUESTS = int(os.environ.get("REQUESTS", "4000"))
SEED = os.environ.get("SEED", "4")
BATCH = 4_000
FIRST = "4, batch 0"  # what a run without wishes asks


def seen(case: Case, outcome: Outcome) -> Found:
    """What became of a request, in the reference's form."""
    answer = outcome.answer
    if outcome.thrown or not answer:
        return {"thrown": outcome.thrown}
    found: Found = {"headers": plain(answer["headers"]), "reads": outcome.reads}
    if "uri" not in answer:
        return found | {"status": answer["statusCode"]}
    if (plain(answer["cookies"]), plain(answer["querystring"])) != ({PIN: case.pin} if case.pin else {}, case.query):
        found["changed"] = (answer["cookies"], answer["querystring"])
    response = outcome.response and {
        "status": outcome.response["statusCode"],
        "description": outcome.response.get("statusDescription"),
        "headers": plain(outcome.response["headers"]),
        "cookies": outcome.response["cookies"],
    }
    return found | {"uri": answer["uri"], "response": response}


def plain(fields: Mapping[str, Any]) -> dict[str, str]:
    return {name: field["value"] for name, field in fields.items()}


@lru_cache(maxsize=1)
def asked(seed: str, number: int) -> list[tuple[Case, Found]]:
    return answered(requests(seed, number))


def answered(cases: Sequence[Case]) -> list[tuple[Case, Found]]:
    return [(case, expected(case)) for case in cases]


def differing(asked: Sequence[tuple[Case, Found]], functions: Mapping[str, str] = FUNCTIONS) -> Iterator[Case]:
    """Each case in which the functions do something else than the reference says."""
    outcomes = run_raw([case.as_json() for case, _ in asked], functions)
    for (case, wanted), outcome in zip(asked, outcomes, strict=True):
        if seen(case, outcome) != wanted:
            yield case


def smaller(case: Case) -> Iterator[Case]:
    """The case with one thing less, each."""
    plainest = Case("/")
    for name in case.headers:
        yield dataclasses.replace(case, headers={key: case.headers[key] for key in case.headers if key != name})
    for name in ("pin", "failure", "query", "raw_query", "origin", "handed_on"):
        if getattr(case, name) != getattr(plainest, name):
            yield dataclasses.replace(case, **{name: getattr(plainest, name)})
    for start in range(len(case.uri)):
        for end in {start + 1, (start + len(case.uri) + 1) // 2}:
            yield dataclasses.replace(case, uri=case.uri[:start] + case.uri[end:])
    words = (case.store or "").split(" ")
    for place in range(2, len(words)):
        yield dataclasses.replace(case, store=" ".join(words[:place] + words[place + 1 :]))


def smallest(case: Case, functions: Mapping[str, str] = FUNCTIONS) -> str:
    """The smallest request that still differs, and how."""
    while less := next(differing(answered(list(smaller(case))), functions), None):
        case = less
    saw, wanted = seen(case, run_raw([case.as_json()], functions)[0]), expected(case)
    names = [name for name in {**saw, **wanted} if saw.get(name) != wanted.get(name)]
    lines = [f"{name}: {saw.get(name)!r} instead of {wanted.get(name)!r}" for name in names]
    return "\n ".join([str(case), *lines])


def test_every_request_is_answered_as_the_documents_say() -> None:
    for begin in range(0, REQUESTS, BATCH):
        seed = f"{SEED}, batch {begin // BATCH}"
        case = next(differing(asked(seed, min(BATCH, REQUESTS - begin))), None)
        assert case is None, f"seed {seed}: {smallest(case)}"
    print(f"{REQUESTS:,} requests, seed {SEED}: no difference")


def test_the_requests_reach_every_kind_of_answer_and_the_finisher() -> None:
    answers = [wanted for _, wanted in asked(FIRST, BATCH)]
    statuses = [answer.get("status", answer.get("uri", "")[:8]) for answer in answers]
    assert {301, 302, 303, 307, 308, 400, 414, 503, "/deploym", "/immutab"} == set(statuses)
    assert min(map(statuses.count, set(statuses))) >= 4
    pinned = [bool(answer["response"]["cookies"]) for answer in answers if answer.get("response")]
    assert min(pinned.count(True), pinned.count(False)) >= 200


# What a hand could do wrong in the router or the finisher, one small thing each
FAULTS = {
    "the ID ends at its usual place": ("= live.search(END)", "= live[57] === ' ' ? 57 : live.search(END)"),
    "an ID of nine is live": ("end < 10 ||", "end < 9 ||"),
    "an ID of 65 is live": ("end > 64 ||", "end > 65 ||"),
    "a tab ends an ID": ("routing.search(/^ \\w/)", "routing.search(/^\\s\\w/)"),
    "a routing is in small letters": (" && routing.search(/^ \\w/) < 0)", ")"),
    "a comma joins two names": ("option(live, name).split(',').includes(item)", "option(live, name).includes(item)"),
    "no name is a name": ("item && live.includes", "live.includes"),
    "an ID of nine": ("const ID = /^[\\dA-Za-z][\\w-]{9,", "const ID = /^[\\dA-Za-z][\\w-]{8,"),
    "an ID that begins with a dash": ("live < '0' ||", ""),
    "one raw byte too few": ("uri[3 * NAME_LIMIT]", "uri[3 * NAME_LIMIT - 1]"),
    "one decoded byte too few": ("> NAME_LIMIT", ">= NAME_LIMIT"),
    "characters are counted, not bytes": ("Buffer.byteLength(decoded)", "decoded.length"),
    "a backslash passes when encoded": ("|5c|", "|"),
    "DEL passes": ("\\\\\\x7f+]|", "\\\\+]|"),
    "a dot at the end passes": ("\\.\\.?(?:\\/|$)", "\\.\\.?\\/"),
    "a dot that is encoded hides nothing": ("hidden = decoded.includes('/.')", "hidden = uri.includes('/.')"),
    "broken encoding is refused": ("part.search(/^[0-7][\\dA-Fa-f]/) ? '25' + part : part", "true ? 'x' : part"),
    "a plus sign stays": ("path = keyed(uri)", "path = uri"),
    "an extension in capitals is none": ("+ 1).toLowerCase()", "+ 1)"),
    "the beginning of a long path is forgotten": ("uri.slice(0, 21) + ' ' + ", ""),
    "a hashed name needs no digit": ("(?=[a-f]*\\d)", ""),
    "a word counts as a hash": ("|[A-Z]?[a-z]+(?:\\d+|[_-]?[A-Z]?[a-z]+))", ")"),
    "only no-cache alone asks for news": ("caching.value.includes('no-cache')", "caching.value === 'no-cache'"),
    "a hard reload asks for news": ("['', 'empty'].includes(value(headers['sec-fetch-dest']))", "true"),
    "a module worker does not install": ("\\.m?js", "\\.js"),
    "a worker with a query does not install": ("(?:\\?|$)/) < 0", "$/) < 0"),
    "Angular's query is not heeded": ("= request.querystring['ngsw-cache-bust']", "= request.querystring['x']"),
    "a self-contained deployment's files come from the pool": ("=== '-x'", "=== '-y'"),
    "an image needs no folder": ("uri.search(FOLDER) >= 0 && ", ""),
    "a photo's number is a hash": ("(?:[./]|[^%][^%][A-Za-z_]-)", "[./-]"),
    "Nuxt's file is not new": ("(?:ngsw|_nuxt\\/builds\\/latest)", "(?:ngsw)"),
    "a worker's navigation is a fetch": (
        "if (dest && dest !== 'empty') return dest",
        "if (dest) return dest",
    ),
    "only a plain prefetch is speculation": (".includes('prefetch')", " === 'prefetch'"),
    "a file moves the pin": ("told ? page || !type :", "told ? true :"),
    "an unchanged page does not renew the pin": ("told ? page || !type :", "told ? page :"),
    "a redirect moves the pin": ("!meta.redirect && ", ""),
    "a visitor's own header is kept": ("delete headers['x-deployment'];", ""),
    "a date answers 304": ("delete headers['if-modified-since'];", ""),
    "an app's fetch is a page": ("purpose === NAVIGATION || !value(headers['sec-fetch-dest'])", "true"),
    "an empty store serves who has a pin": (" && !/not ?found/i.test(e)", ""),
    "a redirect forgets its query": ("'?' + query;", "'';"),
    "a redirect has two queries": ("query && !parts[0].includes('?')", "query"),
    "a redirect's fragment is not last": ("target.split('#')", "[target]"),
    "a redirect's status is any": ("^(?:30[12378] .|", "^(?:3\\d\\d .|"),
    "a gone page is only missing": ("status > '404' ? 'Gone' : 'Not Found'", "'Not Found'"),
    "a header's name keeps its case": ("line.slice(0, end).toLowerCase()", "line.slice(0, end)"),
    "a header is not taken away": ("if (line[0] === '!') delete", "if (line[0] === '!') delete {} &&"),
    "an unchanged object changes its status": ("if (response.statusCode === 304) return response;", ""),
    "metadata is seen": ("delete headers[name];", ""),
    "bare is like files": ("wantsSlash || routing === ' ba'", "wantsSlash"),
    "bare is like mixed": ("(routing !== ' ba' && routing !== ' fi')", "(routing !== ' fi')"),
    "an index has an address of its own": ("uri.endsWith('/index') ? uri.slice(0, -5) :", ""),
    "repeated slashes stay": ("clean === uri ? decoded : redirect(clean, request)", "decoded"),
    "a file with a slash is the app's page": ("kind === EITHER && uri.endsWith('/')", "false"),
    "a crawler gets no 304": ("if (pin || headers['sec-fetch-mode']) delete", "delete"),
    "a browser without a pin gets a 304": (" || headers['sec-fetch-mode']) delete", ") delete"),
    "an older page's parts follow the rules": ("served === id && live[", "live["),
    "what a page loads follows the rules": (
        "isOptional && (purpose === NAVIGATION || !isFile || kind === HIDDEN)",
        "isOptional",
    ),
    "hidden files without an extension have no rules": (" || kind === HIDDEN)", ")"),
    "an exact address with a slash is no page": ("if (hasSlash) path += 'index.html';", ""),
    "an exact address is any that is listed": ("if (mark === '\\n') {", "if (mark) {"),
    "what is listed has rules": ("if (lines[2] && !mark)", "if (lines[2])"),
    "an app has no routes with extensions": ("!decoded.includes('/.') && live.includes(' sp')", "false"),
    "every routing has routes with extensions": (" && live.includes(' sp')", ""),
    "a missing set takes files away": ("{}\n  }\n  if (mark", "{ kind = PAGE; }\n  }\n  if (mark"),
    "the set's value is told by other digits": ("hash.slice(8, 12)", "hash.slice(9, 13)"),
    "rules are told by the whole address": ("names[lines[3]] || ''", "uri"),
    "a tag is short": ("hash.slice(0, 8)", "hash.slice(0, 1)"),
    "a splat is one segment": ("segments.slice(name).join('/')", "segments[name] || ''"),
    "a rule holds for what is deeper": ("deeper < 0 : deeper)", "deeper < 0 : deeper < 0)"),
    "a slash at the end is a segment": ("if (hasSlash) names.pop();", ""),
    "a literal is any": (" && parts[i] !== ':') return false", " && parts[i] !== ':') return true"),
    "segments are compared undecoded": ("let names = decoded.split('/')", "let names = segments.slice()"),
    "a query's value is any": ("member === name + '=' + decode(given.value)", "true"),
    "two slashes lead to another host": ("place[1] === '/' ?", "false ?"),
    "a rewrite redirects": (" && kind !== REWRITTEN", ""),
    "a rewrite leads out of the folder": ("if (inspected.headers) return inspected;\n", ""),
    "a shell is not heeded": ("shell || '/index.html'", "'/index.html'"),
    "one letter tells the routing": ("routing === ' fo' ||", "routing[2] === 'o' ||"),
    "an index is not heeded": (" || lists(live, ' index=', uri.slice(1, -1))", ""),
    "a redirect is kept for ever": ("'public, max-age=0, must-revalidate'", "'public, max-age=31536000'"),
    "browsers see s-maxage": ("/s-maxage=\\d+, /", "/smaxage=\\d+, /"),
    "a frame is pinned": ("page && isNavigation(dest, asked)", "page"),
    "a worker is not pinned": ("worker || (told", "(told"),
    "the pin lives for an hour": ("PIN_SECONDS = 86400", "PIN_SECONDS = 3600"),
}


@pytest.mark.parametrize(("text", "instead"), FAULTS.values(), ids=FAULTS)
def test_a_fault_that_a_hand_could_make_is_found_in_the_requests_of_one_run(text: str, instead: str) -> None:
    sound = {kind: sources.joined(path) for kind, path in PATHS.items()}
    assert 1 == len({code.count(text) for code in sound.values()} - {0})
    faulty = {kind: javascript.strip(code.replace(text, instead)) for kind, code in sound.items()}
    first = asked(FIRST, BATCH)
    assert any(
        next(differing(first[begin:end], faulty), None) for begin, end in ((0, 500), (500, 1_500), (1_500, BATCH))
    )
