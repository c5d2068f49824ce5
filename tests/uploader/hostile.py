"""Archives that strangers might leave, made by seed, and what an upload may do with each: `make hostile`.

It exists because nobody thinks of every archive. Each is either refused, in one line and with nothing created, or
published as two other readers of tar understand it: Python's, and GNU tar.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from compiler.function import handler
from tests.uploader.pipeline import ARTIFACTS, SITE, Execution
from workbench.double import S3, Paginator, World
from workbench.inline import Inline
from workbench.seeds import asked_for
from workbench.tables import compiled
from workbench.together import UPLOADER

BLOCK = 512
END = bytes(2 * BLOCK)
PAGE = b"<h1>x</h1>"


def header(name: bytes, size: int | bytes, kind: bytes = b"0", at: dict[int, bytes] | None = None) -> bytes:
    """A header as tar knows it; what is given `at` an offset stands there, whatever it means, before the checksum."""
    digits = b"%011o\0" % size if isinstance(size, int) else size
    block = bytearray(BLOCK)
    fields = {0: name[:100], 100: b"0000644\0", 108: b"0000000\0", 116: b"0000000\0", 124: digits[:12]}
    fields |= {136: b"00000000000\0", 148: b" " * 8, 156: kind, 257: b"ustar\x0000"}
    for offset, value in (fields | (at or {})).items():
        block[offset : offset + len(value)] = value
    if 148 not in (at or {}):
        block[148:155] = b"%06o\0" % sum(block)
    return bytes(block)


def padded(body: bytes) -> bytes:
    return body + bytes(-len(body) % BLOCK)


def records(**members: bytes) -> bytes:
    """The records of an extended header."""
    made = b""
    for name, value in members.items():
        rest = b" %s=%s\n" % (name.encode(), value)
        size = len(rest) + 1
        while len(b"%d" % size) + len(rest) != size:
            size += 1
        made += b"%d" % size + rest
    return made


def extended(body: bytes, kind: bytes = b"x") -> bytes:
    return header(b"@", len(body), kind) + padded(body)


def entry(name: bytes, body: bytes = b"", kind: bytes = b"0", at: dict[int, bytes] | None = None) -> bytes:
    """A file, or what says that it is something else; its name in a header of its own if it is long or not ASCII."""
    long = len(name) > 100 or not name.isascii()
    short = name.decode("ascii", "replace").encode("ascii", "replace") if long else name
    return extended(records(path=name)) * long + header(short, len(body), kind, at) + padded(body)


class Maker:
    """One archive by its seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.taken: set[str] = set()

    def make(self) -> bytes:
        chance = self.chance
        parts = [self.good() for _ in range(chance.choice([0, 1, 3, 8, 30]))]
        if chance.random() < 0.96:
            parts.append(entry(b"index.html", PAGE))
        chance.shuffle(parts)
        wrong = chance.choices([0, 1, 2], [5, 5, 1])[0]
        whole = chance.random() < 0.3
        for _ in range(0 if whole else wrong):
            parts.insert(chance.randint(0, len(parts)), self.bad())
        made = b"".join(parts) + END
        return chance.choice(WHOLE)(self, made) if whole and wrong else made

    def name(self) -> str:
        """One that can be published, if not always by this program: of any script and length."""
        chance = self.chance
        size = chance.choice([1, 2, 3])
        name = "/".join(chance.choice(SEGMENTS)(chance) for _ in range(size))
        while name in self.taken or len(name.encode()) > 890:
            name = f"{len(self.taken)}{name[:99]}"
        self.taken.add(name)
        return name

    def good(self) -> bytes:
        body = self.chance.randbytes(self.chance.choice([0, 1, 511, 512, 513, 4000]))
        return entry(self.name().encode(), body)

    def bad(self) -> bytes:
        return self.chance.choice(BAD)(self)


SEGMENTS: list[Callable[[random.Random], str]] = [
    lambda chance: chance.choice(["a", "a", "docs", "index.html", "A", ".well-known", "x.tar.gz", "_next"]),
    lambda chance: f"{chance.randrange(10**6)}.{chance.choice(['html', 'js', 'css', 'png', 'bin'])}",
    lambda chance: f"app-{chance.randbytes(4).hex()}.{chance.choice(['js', 'css', 'woff2'])}",
    lambda chance: chance.choice(["caf\xe9", "cafe\u0301", "\u65e5\u672c", "\U0001f600", "\ufb01", "\u017f", "\u200b"]),
    lambda chance: chance.choice(["a b", "a+b", "100%", "%41", "?q", "#f", "a&b", "'", '"', "<b>", "~", "...", "a."]),
    lambda chance: chance.choice(["\x85", "\x9b2J", "\u2028", "\u202e", "\ufffe", "\uffff", "\xa0", "\ufeff"]),
    lambda chance: chance.choice(["l", "\u0142", "\u6c34"]) * chance.choice([50, 99, 100, 101, 250]),
    lambda chance: chance.choice([".git", ".env", ".env.local", "node_modules", ".DS_Store", ".aws", ".npmrc"]),
]
NAMES = (
    *(b"../a", b"/a", b"a/../b", b"a//b", b"a/", b"", b".", b"..", b"./a", b"a/.", b"%2e%2e/a", b"a/%2E/b", b"a\\b"),
    *(b"a\0b", b"a\nb", b"\x1b[2J", b"a\x7f", b"_errors/404.html", b"a" * 100 + b"/", b"/" * 101, b"x" * 901),
    *(b"\xff\xfe", b"a\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80", b"caf\xe9", b"n" * 5000),
)
SIZES = (
    *(b"-0000000001\0", b"0000000001_0", b"0o000000010\0", b" " * 12, bytes(12), b"00000000000 ", b"99999999999\0"),
    *(b"\x80" + bytes(10) + b"\1", b"\x80" + b"\xff" * 11, b"\xff" * 12, b"\x80" + bytes(3) + b"\1" + bytes(7)),
    *(b"77777777777\0", b"00000001000\0", b"77777777777 ", b"1\0          ", b"          1\0", b"+0000000001\0"),
)
LONG = (
    *(b"6 path=a\n", b"99 path=a\n", b"10 path=a\n", b"010 path=a\n", b"9 path=a", b"9 path=a\0", b"9 path=\n", b""),
    *(records(path=b"a", size=b"3"), records(path=b"a", path_=b"b"), records(size=b"0"), records(linkpath=b"a")),
    *(records(path=b"a") * 2, records(path=b"a\0b"), records(path=b"a\n12 size=99"), records(path=b"/a")),
    *(
        records(**{"GNU.sparse.size": b"99999999999", "GNU.sparse.name": b"a"}),
        records(hdrcharset=b"BINARY", path=b"a"),
    ),
    *(b"9" * 4400 + b" path=a\n", b"-9 path=a\n", b" 9 path=a\n", records(path=b"../a"), records(path=b"p" * 4200)),
)
KINDS = (*(bytes([one]) for one in range(48, 56)), b"\0", *(b"%c" % one for one in b"DKLMNSVXgx Az\xff"))

ODD = (
    *({345: prefix} for prefix in (b"before", b"..", b"/", b"\xff", bytes(154) + b"x")),
    *({257: magic} for magic in (b"ustar  \0", bytes(8), b"ustar\x0001", b"GNUtar ")),
    *({148: checksum} for checksum in (b"0000000\0", b" " * 8, b"\x80" + bytes(6) + b"\1", b"zzzzzz")),
)

BAD: list[Callable[[Maker], bytes]] = [
    lambda made: entry(made.chance.choice(NAMES), b"x"),
    lambda made: entry(made.name().encode(), b"x", made.chance.choice(KINDS)),
    lambda made: header(b"linked", 0, made.chance.choice([b"1", b"2"]), {157: made.chance.choice(NAMES)[:100]}),
    lambda made: entry(made.chance.choice([b"index.html", b"a", b"docs/a", b"A"]), b"y") * made.chance.choice([1, 2]),
    lambda made: header(b"size", made.chance.choice(SIZES)) + bytes(made.chance.choice([0, BLOCK, 4 * BLOCK])),
    lambda made: extended(made.chance.choice(LONG)) + entry(made.name().encode()[:90], b"x"),
    lambda made: extended(made.chance.choice(LONG), b"g"),
    lambda made: extended(records(path=made.name().encode())) * made.chance.choice([1, 2]),
    lambda made: entry(
        b"prefixed", b"x", at={345: made.chance.choice([b"before", b"..", b"/", b"\xff", bytes(154) + b"x"])}
    ),
    lambda made: entry(
        b"magic", b"x", at={257: made.chance.choice([b"ustar  \0", bytes(8), b"ustar\x0001", b"GNUtar "])}
    ),
    lambda made: entry(
        b"sum", b"x", at={148: made.chance.choice([b"0000000\0", b"       \0", b"\x80\0\0\0\0\0\0\1", b"zzzzzz"])}
    ),
    lambda made: entry(
        b"field", b"x", at={made.chance.choice([100, 108, 136, 265, 329, 500]): made.chance.randbytes(8)}
    ),
    lambda made: bytes(BLOCK * made.chance.choice([1, 2, 3])),
    lambda made: padded(made.chance.randbytes(made.chance.choice([1, 511, 512, 2000]))),
]
WHOLE: list[Callable[[Maker, bytes], bytes]] = [
    lambda made, data: data[: made.chance.randrange(len(data))],
    lambda made, data: data[: -made.chance.choice([1, BLOCK, len(END)])],
    lambda made, data: data + made.chance.randbytes(made.chance.choice([1, 511, 5000])),
    lambda made, data: data + entry(b"after.txt", b"x") + END,
    lambda made, data: _flipped(made.chance, data),
    lambda made, data: gzip.compress(data),
    lambda made, data: made.chance.choice([b"", bytes(10_240), b"PK\3\4" + bytes(600), made.chance.randbytes(2000)]),
]


def _flipped(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice([1, 2, 9])):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def python_reads(archive: bytes) -> dict[str, bytes]:
    """What Python's own reader finds: it must understand all of it, and find files only, each once."""
    found: dict[str, bytes] = {}
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:", encoding="utf-8", errors="strict", errorlevel=2) as tar:
        for member in tar:
            assert member.type == tarfile.REGTYPE, f"{member.name!r} is of kind {member.type!r}"
            assert member.name not in found, f"{member.name!r} is there twice"
            body = tar.extractfile(member)
            assert body
            found[member.name] = body.read()
            assert len(found[member.name]) == member.size
    return found


def gnu_tar_reads(archive: bytes) -> tuple[list[str], bytes]:
    """Names and all bytes as GNU tar finds them."""
    with tempfile.NamedTemporaryFile() as place:
        place.write(archive)
        place.flush()
        environment = {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
        names, bodies = (
            subprocess.run(["tar", *how, "-f", place.name], capture_output=True, check=True, env=environment).stdout
            for how in (["-P", "--quoting-style=literal", "-t"], ["-P", "-O", "-x"])
        )
    return names.decode().split("\n")[:-1], bodies


def never_published(path: str) -> bool:
    first, *_ = parts = path.lower().split("/")
    secret = any(part in (".git", ".ds_store") or part.startswith(".env") for part in parts)
    return secret or first == "node_modules" or (first[0] == "." and first != ".well-known")


class Memory:
    """The double of S3 in place of the emulator, and CodePipeline's two answers: ten thousand archives in minutes."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.reset()
        patch.setattr(UPLOADER, "connect", lambda: self.s3)
        patch.setattr(UPLOADER, "boto3", SimpleNamespace(client=lambda service: self.s3 if service == "s3" else self))
        patch.setattr(UPLOADER, "ThreadPoolExecutor", Inline)

    def reset(self) -> None:
        self.s3 = Buckets()
        self.told: dict[str, Any] = {}

    def shared(self, service: str) -> Any:
        return self.s3 if service == "s3" else self

    def list_functions(self) -> dict[str, list[str]]:
        return {"Functions": ["compiler"]}

    def invoke(self, **arguments: str) -> dict[str, Any]:
        answer = json.dumps(handler(json.loads(arguments["Payload"]), None))
        return {"Payload": io.BytesIO(answer.encode())}

    def tell_execution(self, _execution: str, **told: Any) -> None:
        self.told = told

    def get_pipeline_execution(self, **_: str) -> dict[str, Any]:
        return {"pipelineExecution": {}}

    def get_paginator(self, _operation: str) -> Any:
        moment = datetime.now(UTC)
        details = [{**one, "startTime": moment, "lastUpdateTime": moment} for one in self.told["actions"]]
        return SimpleNamespace(paginate=lambda **_: [{"actionExecutionDetails": details}])


class Buckets:
    """Two of the double's buckets behind one client."""

    def __init__(self) -> None:
        self._buckets = {name: S3(World()) for name in (ARTIFACTS, SITE)}

    def __getattr__(self, operation: str) -> Any:
        return lambda **arguments: getattr(self._buckets[arguments["Bucket"]], operation)(**arguments)

    def create_bucket(self, **_: str) -> None:
        pass

    def download_file(self, bucket: str, key: str, place: str) -> None:
        Path(place).write_bytes(self.get_object(Bucket=bucket, Key=key)["Body"].read())

    def get_paginator(self, _operation: str) -> Any:
        return Paginator(self)


def play(aws: Any, archive: bytes) -> str:
    """Let a build leave `archive` and upload it: why it was refused, or nothing; AssertionError says what is wrong."""
    aws.reset()
    s3 = aws.shared("s3")
    for bucket in (ARTIFACTS, SITE):
        s3.create_bucket(Bucket=bucket)
    one = Execution(aws, id=str(uuid.UUID(int=1)), build=str(uuid.UUID(int=2)))
    one.leave(archive)
    said = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
        status = one.upload()
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=SITE)
    there = {entry["Key"] for page in pages for entry in page.get("Contents", ())}
    if status:
        line = said.getvalue()
        assert line.startswith("uploader: "), line
        assert line[-1] == "\n", repr(line)
        assert line[:-1].isprintable(), repr(line)
        assert not any(kind in line for kind in ("Error(", "Exception(")), f"no sentence: {line}"
        assert not there, f"refused, and created {sorted(there)}"
        return line[:-1]
    read = python_reads(archive)
    names, bodies = gnu_tar_reads(archive)
    assert [*read] == names, f"GNU tar finds {names}, Python {[*read]}"
    assert b"".join(read.values()) == bodies, "GNU tar finds other bytes"
    identity = f"{one.commit}-{hashlib.sha256(one.archive.encode() + archive).hexdigest()[:16]}"

    def stored(key: str) -> bytes:
        body: bytes = s3.get_object(Bucket=SITE, Key=key)["Body"].read()
        return body

    manifest = json.loads(stored(f"manifests/{identity}.json"))
    hashed = {*manifest["immutable"]}
    wanted = {path: body for path, body in read.items() if not never_published(path)}
    places = {(f"immutable/{p}" if p in hashed else f"deployments/{identity}/{p}"): b for p, b in wanted.items()}
    sizes = {path: len(body) for path, body in wanted.items() if path not in hashed}
    for path, source, redirect, _ in compiled(one.routing, *wanted)["objects"]:  # which stand beside the site's files
        key = f"deployments/{identity}/{path}"
        places[key] = wanted[source] if source else stored(key)
        assert source or redirect.split(" ", 1)[0].encode() in places[key], f"{key} does not say {redirect}"
        sizes[path] = len(places[key])
    others = {f"manifests/{identity}.json", f"uploads/{identity}", f"executions/{one.id}"}
    assert there == {*places} | others, f"{sorted(there ^ {*places, *others})}"
    for key, body in places.items():
        assert stored(key) == body, f"{key} has other bytes"
    assert (manifest["files"], manifest["bytes"]) == (len(sizes), sum(sizes.values()))
    lines = "".join(f"{path} {sizes[path]}\n" for path in sorted(sizes))
    assert manifest["listing"] == hashlib.sha256(lines.encode()).hexdigest()
    assert stored(f"executions/{one.id}") == identity.encode()
    return ""


def main() -> int:
    seeds, named = asked_for(__doc__, "make hostile", 10_000, only="this one only; its archive stays in a file")
    started, refused, wrong = time.monotonic(), Counter[str](), 0
    with pytest.MonkeyPatch.context() as patch:
        aws = Memory(patch)
        for seed in seeds:
            archive = Maker(seed).make()
            try:
                refused[_kind(play(aws, archive))] += 1
            except (AssertionError, tarfile.TarError, subprocess.CalledProcessError, KeyError, ValueError) as problem:
                wrong += 1
                print(f"seed {seed} (make hostile SEED={seed}): {problem!r}", flush=True)
            if named:
                Path(f"hostile-{seed}.tar").write_bytes(archive)
    published = refused.pop("", 0)
    print(f"{len(seeds):,} archives: {published:,} published, {refused.total():,} refused, {wrong:,} wrong", end="")
    print(f", {time.monotonic() - started:.0f} seconds, double")
    for why, count in refused.most_common():
        print(f"{count:6,} {why}")
    return bool(wrong)


def _kind(line: str) -> str:
    """A refusal without what is this archive's only."""
    return re.sub(r"""'.*'|".*"|\d[\d,]*|0x..""", "_", line)[:90]


if __name__ == "__main__":
    sys.exit(main())
