"""Accidents of the action Upload, by seed: `make accidents`.

It exists because an action is killed, throttled, cut off from its answers and run twice where nobody looks. Each seed
packs a site, lets a few runs of the action meet their accidents, in processes of their own and sometimes two at once,
and then one run in peace. A seed gives the same accidents; which thread is first is the machine's choice.

After each run: whoever ended well has left one complete deployment and the pointer to it; nobody has written a second
version of a file or a manifest; what was refused is one line.
"""

from __future__ import annotations

import io
import itertools
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import boto3
import botocore.httpsession
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from botocore.retries.bucket import TokenBucket

from local.cloud.emulator import Emulator, start_emulator
from tests.uploader.pipeline import ARTIFACTS, SITE, Execution, make_compiler
from workbench.seeds import asked_for
from workbench.together import UPLOADER

CREATED = ("deployments/", "immutable/", "manifests/")  # never written twice
HASHED = "assets/shared-BdE8sX2_.js"
FASTER = 200  # than the pauses between two attempts


class Accidents(NamedTuple):
    """What happens to the requests of one run: to some by their number, to others by chance."""

    kind: str = ""  # before or after: when the request of `number` kills the process
    number: int = 0
    lost: float = 0  # share of the answers that never come
    refused: float = 0  # share of the requests that are too many
    seed: int = 0


def meet(accidents: Accidents) -> None:
    """Let the requests of this process have their accidents."""
    http: Any = botocore.httpsession.URLLib3Session
    real, sleep, numbers, lock = http.send, time.sleep, itertools.count(), threading.Lock()
    chance = random.Random(accidents.seed)

    def send(session: Any, request: Any) -> AWSResponse:
        with lock:
            number, fate = next(numbers), chance.random()
        if fate < accidents.refused:
            return _too_many(request)
        if (accidents.kind, accidents.number) == ("before", number):
            os.kill(os.getpid(), signal.SIGKILL)
        answer: AWSResponse = real(session, request)
        if (accidents.kind, accidents.number) == ("after", number):
            os.kill(os.getpid(), signal.SIGKILL)
        if fate > 1 - accidents.lost:
            raise (ConnectionClosedError, ReadTimeoutError)[number % 2](endpoint_url=request.url)
        return answer

    # how fast boto3 goes when S3 asks for less is its own matter
    news: dict[Any, tuple[str, Any]] = {http: ("send", send), TokenBucket: ("acquire", lambda *_, **__: True)}
    news |= {time: ("sleep", lambda seconds: sleep(seconds / FASTER)), UPLOADER: ("_PAUSE", 0)}
    for owner, (name, value) in news.items():
        setattr(owner, name, value)


def _too_many(request: Any) -> AWSResponse:
    class Raw(io.BytesIO):
        def stream(self, *_: object, **__: object) -> Iterator[bytes]:
            yield self.read()

    if "X-Amz-Target" in request.headers:
        return AWSResponse(request.url, 400, {}, Raw(b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'))
    return AWSResponse(request.url, 503, {}, Raw(b"<Error><Code>SlowDown</Code><Message>slow</Message></Error>"))


class Story:
    """A site, its execution, and what happens to the action."""

    def __init__(self, aws: Emulator, seed: int, folder: Path) -> None:
        self.aws, self.chance, self.folder = aws, random.Random(seed), folder
        self.s3 = aws.shared("s3")
        self.runs: Counter[str] = Counter()
        aws.reset()
        for bucket in (ARTIFACTS, SITE):
            self.s3.create_bucket(Bucket=bucket)
        make_compiler(aws)
        self.s3.put_bucket_versioning(Bucket=SITE, VersioningConfiguration={"Status": "Enabled"})
        self.one = Execution(aws, id=str(uuid.UUID(int=seed)), build=str(uuid.UUID(int=seed + 2**64)))
        self.back = Execution(aws, id=str(uuid.UUID(int=seed + 2**65)))
        target = {"rollbackTargetPipelineExecutionId": self.one.id}
        aws.tell_execution(self.back.id, rollbackMetadata=target)
        self.files = self.make()
        self.apart = self.chance.random() < 0.3  # the pool has other bytes under a name
        if self.apart:
            self.files[HASHED] = b"mine"
            self.s3.put_object(Bucket=SITE, Key=f"immutable/{HASHED}", Body=b"theirs")
        site = folder / "site"
        for path, body in self.files.items():
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_bytes(body)
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            self.one.packed(site)

    def make(self) -> dict[str, bytes]:
        chance = self.chance
        files = {"index.html": b"<h1>x</h1>"}
        for number in range(chance.choice([1, 5, 20, 40])):
            hashed = chance.random() < 0.4
            name = f"assets/f{number}-{chance.randbytes(4).hex()}a1.js" if hashed else f"f{number}.txt"
            files[name] = chance.randbytes(chance.choice([0, 10, 3000]))
        if chance.random() < 0.2:
            files["large.bin"] = chance.randbytes(2**20 + 1)
        return files

    def play(self) -> None:
        """Tell it; AssertionError says what went wrong."""
        for _ in range(self.chance.choice([1, 2, 3])):
            both = self.chance.random() < 0.3
            self.act([self.accidents() for _ in range(1 + both)])
        self.act([Accidents()])
        for execution in (self.one, self.back):
            assert self.pointer(execution), "after a run in peace there is no pointer"
        self.s3.delete_object(Bucket=ARTIFACTS, Key=self.one.archive)
        self.act([Accidents()])

    def accidents(self) -> Accidents:
        chance = self.chance
        number, seed = chance.randrange(len(self.files) + 16), chance.randrange(2**32)
        lost, refused = chance.choice([0, 0, 0.05, 0.5]), chance.choice([0, 0, 0.1, 0.8])
        return Accidents(chance.choice(["", "before", "after"]), number, lost, refused, seed)

    def act(self, fates: list[Accidents]) -> None:
        peace = fates == [Accidents()]
        runs = [(self.one, fate) for fate in fates]
        if peace:
            runs.append((self.back, fates[0]))
        elif self.chance.random() < 0.2:
            runs[-1] = (self.back, fates[-1])
        begun = [(execution, fate, *self.begin(execution, fate, f"{n}")) for n, (execution, fate) in enumerate(runs)]
        for execution, fate, process, log in begun:
            status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
            said = log.read_text()
            self.runs["killed" if status < 0 else "failed" if status else "done"] += 1
            assert status in ((0,) if peace else (0, 1, -9) if fate.kind else (0, 1)), (status, fate, said)
            if status == 1:
                assert said.startswith("uploader: "), said
                assert said.count("\n") == 1, said
            if status == 0:
                assert self.pointer(execution), f"{fate} ended well without a pointer"
        self.judge()

    def begin(self, execution: Execution, fate: Accidents, name: str) -> tuple[int, Path]:
        """Start the action in a process of its own; its ID, and the file that gets what it says of its failure."""
        log = self.folder / name
        process = os.fork()
        if process == 0:
            status = 99
            try:
                with log.open("w") as errors, redirect_stdout(io.StringIO()), redirect_stderr(errors):
                    meet(fate)
                    status = UPLOADER.main(execution.environment())
            finally:
                os._exit(status)
        return process, log

    def pointer(self, execution: Execution) -> str:
        keys = {version["Key"] for version in self.versions(f"executions/{execution.id}")}
        return self.read(keys.pop()).decode() if keys else ""

    def judge(self) -> None:
        """There is one deployment or none; what is complete is exactly the site; nothing has a second version."""
        versions = self.versions("")
        twice = [key for key, count in Counter(v["Key"] for v in versions).items() if count > 1]
        assert not [key for key in twice if key.startswith(CREATED)], f"written twice: {twice}"
        keys = {version["Key"] for version in versions}
        manifests = [key for key in keys if key.startswith("manifests/")]
        assert len(manifests) < 2, manifests
        folders = {key.split("/")[1] for key in keys if key.startswith("deployments/")}
        assert len(folders) < 2, folders
        for execution in (self.one, self.back):
            pointed = self.pointer(execution)
            assert not pointed or [f"manifests/{pointed}.json"] == manifests, f"{pointed} is no complete deployment"
        for key in manifests:
            manifest = json.loads(self.read(key))
            assert ("-x" in manifest["id"]) == self.apart
            hashed = set() if self.apart else {*manifest["immutable"]}
            folder = f"deployments/{manifest['id']}/"
            places = {(f"immutable/{p}" if p in hashed else folder + p): body for p, body in self.files.items()}
            wanted = {place for place in places if place.startswith(folder)}
            assert {key for key in keys if key.startswith("deployments/")} == wanted, keys
            for place, body in places.items():
                assert self.read(place) == body, f"{place} has other bytes"
        if self.apart:
            assert self.read(f"immutable/{HASHED}") == b"theirs"

    def versions(self, prefix: str) -> list[dict[str, Any]]:
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=SITE, Prefix=prefix)
        return [{**one, "Key": unquote(one["Key"])} for page in pages for one in page.get("Versions", ())]

    def read(self, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=SITE, Key=key)["Body"].read()
        return body


def main() -> int:
    seeds, _ = asked_for(__doc__, "make accidents", 60)
    started, runs, wrong = time.monotonic(), Counter[str](), 0
    with start_emulator() as aws:
        os.environ.update(aws.environment())
        for service in ("s3", "codepipeline"):
            boto3.client(service)  # what it reads of its models is there for each process
        for seed in seeds:
            with tempfile.TemporaryDirectory() as folder:
                story = Story(aws, seed, Path(folder))
                try:
                    story.play()
                except AssertionError as problem:
                    wrong += 1
                    print(f"seed {seed} (make accidents SEED={seed}): {problem}", flush=True)
                runs += story.runs
    told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(runs.items()))
    print(f"{len(seeds):,} stories, {wrong:,} wrong; of {runs.total():,} runs {told}", end="")
    print(f"; {time.monotonic() - started:.0f} seconds")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
