"""What a prune of 2,500 deployments with 400,000 objects takes: time, memory, requests, and several runs to the end.

The pruner runs as in Lambda, a process for each run; S3 and the publisher are the double behind HTTP, because the
emulator looks at all objects for each page of a listing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from workbench import ROOT

DEPLOYMENTS, OBJECTS = 2_500, 400_000
KEEP, KEEP_DAYS = 50, 30
LIMIT = 256  # MB
SECONDS = 120  # what each run has, to see several; on AWS it is 15 minutes

RUN = """
import json, re, sys, time
sys.path.insert(0, "lambda")
from pruner import daily
class Context:
    def get_remaining_time_in_millis(self):
        return 1000 * ({seconds} + 20)
started = time.monotonic()
answer = daily.handler({{}}, Context())
used = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])  # of this program, not its parent's
print(json.dumps([answer, time.monotonic() - started, time.process_time(), used / 1024]), file=sys.stderr)
"""


class Run(NamedTuple):
    answer: dict[str, Any]
    seconds: float
    processor: float  # seconds of it that the process had
    megabytes: float


class Server:
    """The double in a process of its own."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def prune(self, seconds: float, keep: int = KEEP, days: int = KEEP_DAYS) -> Run:
        """One run of the Lambda function that has so much time."""
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "111122223333",
            "AWS_SECRET_ACCESS_KEY": "x",
            "AWS_DEFAULT_REGION": "us-east-1",
            "SITE_BUCKET": "site-bucket",
            "PUBLISHER": "publisher",
            "KEEP": str(keep),
            "KEEP_DAYS": str(days),
        }
        command = [sys.executable, "-c", RUN.format(seconds=seconds)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return Run(*json.loads(done.stderr.splitlines()[-1]))

    def counts(self) -> dict[str, Any]:
        with urllib.request.urlopen(self.url + "/counts", data=b"") as answer:
            counts: dict[str, Any] = json.loads(answer.read())
        return counts


@contextmanager
def served(deployments: int, objects: int) -> Iterator[Server]:
    """The double with such a site, until the block ends."""
    path = os.pathsep.join(str(ROOT / folder) for folder in (".", "lambda", "codebuild"))
    command = [sys.executable, "-m", "workbench.served", str(deployments), str(objects)]
    environment = {**os.environ, "PYTHONPATH": path, "SITE_BUCKET": "site-bucket", "STORE_ARN": "arn", "STACK": "site"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield Server(int(process.stdout.readline()))
        finally:
            process.terminate()


def tell(run: Run, what: object) -> None:
    print(f"{run.seconds:6.1f} s ({run.processor:.1f} s of a processor), {run.megabytes:4.0f} MB: {what}", flush=True)


def main() -> int:
    """Print each run; exit status 1 if one took more memory than it may."""
    with served(DEPLOYMENTS, OBJECTS) as server:
        print(f"before: {sum(server.counts()['objects'].values()):,} objects, {DEPLOYMENTS:,} deployments")
        run = server.prune(900, keep=DEPLOYMENTS)
        tell(run, "everything stays: every manifest is read, the whole pool is compared")
        peak = run.megabytes
        while run.answer["reason"] or not run.answer["objects"]:
            run = server.prune(SECONDS)
            peak = max(peak, run.megabytes)
            tell(run, run.answer)
        tell(server.prune(900), "nothing is left to do")
        print(f"after: {server.counts()}")
    print(f"memory: {peak:.0f} MB (required: under {LIMIT})")
    return 0 if peak < LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
