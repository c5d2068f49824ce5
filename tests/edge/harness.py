"""Runs both edge functions, as they ship, in njs: many events in one process, with the reads of the store counted."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import contract
from generator import sources

ROUTINGS = contract.ROUTINGS  # one a column of the tables
PATHS = {"request": "function/router.js", "response": "function/finisher.js"}
FUNCTIONS = {kind: sources.edge(path) for kind, path in PATHS.items()}
LIVE = "4f2c1e9d0a7b4f2c1e9d0a7b4f2c1e9d0a7b4f2c-1a2b3c4d5e6f7a8b"
OLD = "0123456789012345678901234567890123456789-fedcba9876543210"

# njs finds the module by its name alone; the store of the running case is a global of the driver
STORE = """export default {
  kvs: () => ({
    get: async (key) => {
      globalThis.reads.push(key);
      if (globalThis.failure) throw new Error(globalThis.failure);
      if (key === 'live') return globalThis.stored;
      if (globalThis.values[key] === undefined) throw new Error('KeyNotFound');
      return globalThis.values[key];
    },
  }),
};
"""
DRIVER = """
const respond = (function () { %s
return handler; })();
const fs = require('fs');
async function main() {
  const results = [];
  const cases = JSON.parse(fs.readFileSync(process.argv[2]));
  for (let i = 0; i < cases.length; i++) {
    const one = cases[i];
    globalThis.reads = [];
    globalThis.failure = one.failure;
    globalThis.stored = one.store;
    globalThis.values = one.values || {};
    const result = { thrown: null, answer: null, response: null };
    const original = JSON.parse(JSON.stringify(one.event.request || null));
    if (one.raw_query !== undefined) {
      original.rawQueryString = one.event.request.rawQueryString = () => one.raw_query;
    }
    try {
      result.answer = await handler(one.event);
      if (one.origin && result.answer.uri) {
        const request = one.handed_on ? result.answer : original;
        result.response = respond({ request: request, response: one.origin });
      }
    } catch (e) {
      result.thrown = String(e);
    }
    result.reads = globalThis.reads;
    results.push(result);
  }
  fs.writeFileSync(process.argv[3], JSON.stringify(results));
}
main();
"""

Headers = Mapping[str, str]
NAVIGATION = {
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
}
FRAME = NAVIGATION | {"sec-fetch-dest": "iframe"}
FETCH = {"sec-fetch-dest": "empty", "sec-fetch-mode": "cors", "accept": "*/*"}
SCRIPT = {"sec-fetch-dest": "script", "sec-fetch-mode": "no-cors", "accept": "*/*"}
WORKER = {"sec-fetch-dest": "serviceworker", "sec-fetch-mode": "same-origin", "accept": "*/*"}


def fields(values: Headers) -> dict[str, dict[str, str]]:
    """Headers or cookies as CloudFront passes them."""
    return {name: {"value": value} for name, value in values.items()}


@dataclasses.dataclass(frozen=True)
class Case:
    """One request: what the browser sends, what the store holds, and what the origin would answer."""

    uri: str
    headers: Headers = dataclasses.field(default_factory=lambda: NAVIGATION)
    pin: str = ""
    store: str | None = f"{LIVE} spa"  # None: the key is missing
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)  # what else the store holds
    failure: str = ""  # what reading the store throws
    query: Mapping[str, str] = dataclasses.field(default_factory=dict)
    raw_query: str | None = None  # None: rawQueryString() does not exist, as in the emulator
    origin: Mapping[str, Any] | None = None  # {status, headers}
    handed_on: bool = True  # whether viewer-response sees what viewer-request made of the request

    @property
    def members(self) -> dict[str, str]:
        """What the store's value says by name."""
        pairs = [member.partition("=") for member in reversed((self.store or "").split(" ")[2:])]
        return {name: value for name, _, value in pairs}

    @property
    def has_options(self) -> bool:
        """Whether the store can be read, and its value ends with the sign for it."""
        return not self.failure and (self.store or "").endswith("+")

    def as_json(self) -> dict[str, Any]:
        request = {
            "method": "GET",
            "uri": self.uri,
            "headers": fields(self.headers),
            "cookies": fields({"__Host-deployment": self.pin}) if self.pin else {},
            "querystring": fields(self.query),
        }
        case: dict[str, Any] = {
            "event": {"version": "1.0", "context": {"eventType": "viewer-request"}, "request": request},
            "store": self.store,
            "values": self.values,
            "failure": self.failure or ("KeyNotFound" if self.store is None else ""),
            "handed_on": self.handed_on,
        }
        if self.raw_query is not None:
            case["raw_query"] = self.raw_query
        if self.origin is not None:
            case["origin"] = {
                "statusCode": self.origin["status"],
                "headers": fields(self.origin["headers"]),
                "cookies": {},
            }
        return case


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a request."""

    thrown: str | None
    answer: dict[str, Any]
    response: dict[str, Any] | None
    keys: list[str]  # of the store, in the order in which they were read

    @property
    def reads(self) -> int:
        """How often the store was read."""
        return len(self.keys)

    @property
    def target(self) -> str:
        """The rewritten URI, or `308 /location`, or the status of another answer of the function's own."""
        if "uri" in self.answer:
            return str(self.answer["uri"])
        status = str(self.answer["statusCode"])
        return f"{status} {self.header('location')}" if self.header("location") else status

    def header(self, name: str) -> str | None:
        """A header of the request to the origin, or of the function's own answer."""
        field = self.answer["headers"].get(name)
        return None if field is None else str(field["value"])

    @property
    def cookie(self) -> str | None:
        """The deployment that the browser is pinned to by the response, if any."""
        assert self.response is not None
        field = self.response["cookies"].get("__Host-deployment")
        return None if field is None else str(field["value"])


def run_raw(cases: Sequence[Mapping[str, Any]], functions: Mapping[str, str] = FUNCTIONS) -> list[Outcome]:
    """Run cases that are events already, each a dict as `Case.as_json` makes it, through the functions' texts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "cloudfront").write_text(STORE)
        (folder / "run.js").write_text(functions["request"] + DRIVER % functions["response"])
        (folder / "cases").write_text(json.dumps(cases, ensure_ascii=False))
        command = ["njs", "-p", name, str(folder / "run.js"), str(folder / "cases"), str(folder / "results")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert "" == done.stdout + done.stderr
        results = json.loads((folder / "results").read_text())
    assert len(cases) == len(results)
    return [Outcome(r["thrown"], r["answer"], r["response"], r["reads"]) for r in results]


def run(*cases: Case) -> list[Outcome]:
    """Run the cases; none may throw."""
    outcomes = run_raw([case.as_json() for case in cases])
    assert [] == [outcome.thrown for outcome in outcomes if outcome.thrown]
    return outcomes


def run_one(case: Case) -> Outcome:
    """Run one case."""
    return run(case)[0]
