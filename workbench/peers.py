"""Serves a folder with two other programs that host built sites, to ask them what they answer to an address.

`serve` and `wrangler pages dev` come from npm: `PEERS` names the folder in which `npm install serve wrangler` ran.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

HOPS = 5
REDIRECTS = (301, 302, 303, 307, 308)
NAVIGATION = {
    "Accept": "text/html,*/*;q=0.8",
    "Accept-Encoding": "identity",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Mode": "navigate",
}
# the newest date that the program's own engine knows must not be before it
WRANGLER = "wrangler pages dev {folder} --ip 127.0.0.1 --port {port} --compatibility-date 2025-06-01"
SERVE = "serve {folder} --no-port-switching --no-clipboard --listen tcp://127.0.0.1:{port}"


class Reply(NamedTuple):
    """What became of an address: each status on the way, where it ended, and a digest of what came."""

    statuses: tuple[int, ...]
    address: str
    digest: str
    kind: str  # its content type

    @property
    def end(self) -> tuple[int, str]:
        """The last status, and what came with it if it is the site's."""
        return self.statuses[-1], self.digest if self.statuses[-1] == 200 else ""


def ask(base: str, path: str, headers: Mapping[str, str] = NAVIGATION) -> Reply:
    """What `base` answers to a navigation to `path`, which is sent as it is written."""
    host = urlsplit(base).netloc
    statuses: list[int] = []
    while True:
        connection = http.client.HTTPConnection(host, timeout=30)
        with contextlib.closing(connection):
            connection.request("GET", path, headers=dict(headers))
            answer = connection.getresponse()
            body = answer.read()
        statuses.append(answer.status)
        target = urljoin(f"http://{host}{path}", answer.getheader("Location", ""))
        leads = answer.status in REDIRECTS and urlsplit(target).netloc == host
        if not leads or len(statuses) > HOPS:
            digest = hashlib.sha256(body).hexdigest()[:16]
            return Reply(tuple(statuses), path, digest, answer.getheader("Content-Type", ""))
        parts = urlsplit(target)
        path = parts.path + f"?{parts.query}" * bool(parts.query)


@contextlib.contextmanager
def peers(folder: Path) -> Iterator[dict[str, str]]:
    """The addresses of both programs while they serve `folder`."""
    with contextlib.ExitStack() as running:
        yield {
            name: running.enter_context(_serving(command, folder))
            for name, command in (("wrangler", WRANGLER), ("serve", SERVE))
        }


@contextlib.contextmanager
def _serving(command: str, folder: Path) -> Iterator[str]:
    bin_folder = Path(os.environ["PEERS"]) / "node_modules" / ".bin"
    port = _free_port()
    words = [word.format(folder=folder, port=port) for word in command.split()]
    with tempfile.TemporaryDirectory() as own:  # a program's working folder is where it keeps its state
        environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "CI": "1"}
        environment["WRANGLER_SEND_METRICS"] = "false"
        process = subprocess.Popen(
            [str(bin_folder / words[0]), *words[1:]],
            cwd=own,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            _wait(base, process)
            yield base
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            ask(base, "/")
            return
        time.sleep(0.2)
    raise RuntimeError(f"{base} does not answer: was it installed in $PEERS?")
