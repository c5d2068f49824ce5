"""Asks Netlify's own engine and parsers what ours are asked: the table of cases, and random files: `make oracles`.

It exists because a dialect that is nearly another's is believed to be it. What npm gives runs in a folder that is
thrown away; nothing of it is in the repository. The random files stay in what both take, so that any difference is one
that nobody has told.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from tests.compiler.answers import ANSWER, cases
from workbench.seeds import asked_for

PACKAGES = "netlify-redirector@0.5.0", "@netlify/redirect-parser@16.1.1", "@netlify/headers-parser@10.1.1"
NETLIFY = Path(__file__).with_name("netlify.mjs")
SEGMENTS = "a", "b", "ab", "blog", "x.y", "node.js", "a-b", "~u", "1", "en"
NAMES = "id", "slug", "year", "user-id"  # none begins another one: Netlify fills in the shorter one first
STATUSES = "", " 301", " 302", " 303", " 307", " 308", " 301!"


class Question(NamedTuple):
    """A file, and the addresses that are asked for with it."""

    kind: str
    file: str
    asks: list[str]


def random_redirects(chance: random.Random) -> Question:
    lines = [_line(chance) for _ in range(chance.randint(1, 6))]
    asks = [_address(chance) + chance.choice(["", "", "?p=1", "?p=2&q=3", "?q=3&p=1"]) for _ in range(20)]
    return Question("redirects", "\n".join(lines), asks)


def _line(chance: random.Random) -> str:
    names = list(NAMES)
    chance.shuffle(names)
    segments = [chance.choice([chance.choice(SEGMENTS), f":{names[n]}"]) for n in range(chance.randint(0, 3))]
    splat = chance.random() < 0.3
    # a file's last segment is none of a pattern's
    if segments and segments[-1] == "node.js":
        segments[-1] = "node"
    query = [f"{name}={chance.choice(['1', ':' + name * 3])}" for name in "pq" if chance.random() < 0.15]
    source = "/" + "/".join([*segments, *["*"] * splat])
    values = [s for s in segments if s[0] == ":"] + [":splat"] * splat + [q[2:] for q in query if q[2] == ":"]
    chance.shuffle(values)
    # Netlify leaves out a line that leads to itself, so a target has a segment that no address has
    parts = ["to", *values, *[chance.choice(SEGMENTS)] * chance.randint(0, 1)]
    host = chance.choice(["", "", "https://example.com"])
    ending = chance.choice(["", "", "#part", "?from=old"])
    return f"{' '.join([source, *query])} {host}/{'/'.join(parts)}{ending}{chance.choice(STATUSES)}"


def random_headers(chance: random.Random) -> Question:
    lines = []
    for number in range(chance.randint(1, 6)):
        segments = [chance.choice([*SEGMENTS, ":id"]) for _ in range(chance.randint(1, 3))]
        segments = [s if s != ":id" or segments.index(s) == n else "a" for n, s in enumerate(segments)]
        # Netlify's star takes `/ab` for `/a/*`: here it stands where no address has such a neighbour
        path = chance.choice(["/*", "/" + "/".join(segments), "/" + "/".join(segments)])
        lines += [path, f"  X-{chance.choice('ABC')}: {number}"]
    return Question("headers", "\n".join(lines), [_address(chance) for _ in range(20)])


def _address(chance: random.Random) -> str:
    segments = [chance.choice([*SEGMENTS, "%20", "é"]) for _ in range(chance.randint(0, 4))]
    return "/" + "/".join(segments) + "/" * (bool(segments) and chance.random() < 0.3)


RANDOM: dict[str, Callable[[random.Random], Question]] = {"redirects": random_redirects, "headers": random_headers}


class Netlify:
    """Their code in a process of its own, with what npm has for it in a folder of its own."""

    def __init__(self, folder: str) -> None:
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *PACKAGES], cwd=folder, check=True)
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(["node", NETLIFY], cwd=folder, stdin=pipe, stdout=pipe, text=True)

    def answers(self, question: Question) -> list[str]:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(question._asdict()), file=self._process.stdin, flush=True)
        answers: list[str] = json.loads(self._process.stdout.readline())
        return answers

    def end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


def changed_facts(netlify: Netlify) -> Iterator[str]:
    """The cases of the table for which their code answers something else today."""
    for kind in ANSWER:
        for case in cases(kind):
            [now] = netlify.answers(Question(kind, case["file"], [case["ask"]]))
            if now != case["netlify"]:
                yield f"{kind} {case['file']!r} {case['ask']}: the table has {case['netlify']!r}, they say {now!r}"


def differences(netlify: Netlify, seed: int) -> Iterator[str]:
    """Where their answer to random files is not ours."""
    for kind, make in RANDOM.items():
        question = make(random.Random(seed))
        for ask, theirs in zip(question.asks, netlify.answers(question), strict=True):
            ours = ANSWER[kind](question.file, ask)
            if theirs != ours:
                yield f"seed {seed} (make oracles SEED={seed}): {question.file!r} {ask}: we {ours!r}, they {theirs!r}"


def main() -> int:
    seeds, named = asked_for(__doc__, "make oracles", 5000)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        netlify = Netlify(folder)
        for line in () if named else changed_facts(netlify):
            wrong += 1
            print(line)
        for seed in seeds:
            for line in differences(netlify, seed):
                wrong += 1
                print(line, flush=True)
        netlify.end()
    table = sum(len(cases(kind)) for kind in ANSWER)
    print(
        f"{table} cases and {len(seeds):,} random files of each kind, {20 * 2 * len(seeds):,} requests: {wrong} wrong"
    )
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
