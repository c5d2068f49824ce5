"""Git hosts on loopback, over HTTPS: they take commit statuses as GitHub and GitLab do, and refuse what those refuse.

https://docs.github.com/en/rest/commits/statuses#create-a-commit-status (its limit of 140 characters is only in its
answers); https://docs.gitlab.com/api/commits/#set-commit-pipeline-status, whose open status takes no state twice:
https://github.com/woodpecker-ci/woodpecker/issues/4067. The path says which host is meant.
"""

from __future__ import annotations

import datetime
import ipaddress
import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TOKEN = "glpat_or_github_pat_0123456789abcdefghij"
REPOSITORIES = {"example/website", "group/sub/website"}
GITHUB, GITLAB = "/api/v3", "/api/v4"


class Shown(NamedTuple):
    """A status as a developer sees it."""

    state: str
    description: str
    target: str
    context: str


class Asked(NamedTuple):
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, str]


Answer = tuple[int, dict[str, Any]]


class Hosts:
    """What the hosts were asked and show; `before` are answers that come instead, each once."""

    def __init__(self, certificate: Path) -> None:
        self.certificate = certificate
        self.url = ""
        self.asked: list[Asked] = []
        self.statuses: dict[tuple[str, str, str], list[Shown]] = {}
        self.before: list[int | Callable[[BaseHTTPRequestHandler], None]] = []
        self.lock = threading.Lock()

    def reset(self) -> None:
        self.asked.clear()
        self.statuses.clear()
        self.before.clear()

    def shown(self, commit: str, host: str = "github", repository: str = "example/website") -> Shown | None:
        """The newest status of a commit, which is the one that is shown."""
        found = self.statuses.get((host, repository, commit))
        return found[-1] if found else None

    def answer(self, asked: Asked) -> Answer:
        match = re.fullmatch(r"/api/v3/repos/(.+)/statuses/([0-9a-f]+)", asked.path)
        if match:
            return self._github(asked, match[1], match[2])
        match = re.fullmatch(r"/api/v4/projects/([^/]+)/statuses/([0-9a-f]+)", asked.path)
        return self._gitlab(asked, unquote(match[1]), match[2]) if match else (404, {"message": "Not Found"})

    def _github(self, asked: Asked, repository: str, commit: str) -> Answer:
        body = asked.body
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}
        if not asked.headers.get("user-agent"):
            return 403, {"message": "Request forbidden by administrative rules."}
        if repository not in REPOSITORIES:
            return 404, {"message": "Not Found"}
        if commit.startswith("dead"):
            return 422, {"message": f"No commit found for SHA: {commit}"}
        if body["state"] not in {"error", "failure", "pending", "success"} or len(body["description"]) > 140:
            return 422, {"message": "Validation Failed", "errors": [{"resource": "Status", "field": "description"}]}
        self._show("github", repository, commit, body)
        return 201, {"state": body["state"]}

    def _gitlab(self, asked: Asked, repository: str, commit: str) -> Answer:
        state = asked.body["state"]
        if asked.headers.get("private-token") != TOKEN:
            return 401, {"message": "401 Unauthorized"}
        if repository not in REPOSITORIES:
            return 404, {"message": "404 Project Not Found"}
        if commit.startswith("dead"):
            return 404, {"message": "404 Commit Not Found"}
        if state not in {"pending", "running", "success", "failed", "canceled"} or len(asked.body["target_url"]) > 255:
            return 400, {"error": "state does not have a valid value"}
        open_one = self.shown(commit, "gitlab", repository)
        refused = {"pending": {"pending", "running"}, "running": {"running"}}
        if open_one and open_one.state in refused.get(state, set()):
            event = {"pending": "enqueue", "running": "run"}[state]
            said = f"Cannot transition status via :{event} from :{open_one.state}"
            return 400, {"message": f'{said} (Reason(s): Status cannot transition via "{event}")'}
        self._show("gitlab", repository, commit, asked.body)
        return 201, {"status": state}

    def _show(self, host: str, repository: str, commit: str, body: dict[str, str]) -> None:
        shown = Shown(body["state"], body["description"], body["target_url"], body.get("context") or body["name"])
        self.statuses.setdefault((host, repository, commit), []).append(shown)


@contextmanager
def serve_hosts(folder: Path) -> Iterator[Hosts]:
    """The hosts at `url`, with a certificate that whoever trusts the file `certificate` believes."""
    certificate, key = _certificate(folder)
    hosts = Hosts(certificate)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with hosts.lock:
                asked = Asked(self.path, headers, body)
                hosts.asked.append(asked)
                scripted = hosts.before.pop(0) if hosts.before else None
            if callable(scripted):
                scripted(self)
                return
            with hosts.lock:
                status, content = (scripted, {"message": "scripted"}) if scripted else hosts.answer(asked)
            self.reply(status, content)

        def do_GET(self) -> None:
            with hosts.lock:
                hosts.asked.append(Asked(self.path, dict(self.headers.items()), {}))
            self.reply(200, {})

        def reply(self, status: int, content: dict[str, Any], **headers: str) -> None:
            text = json.dumps(content).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *arguments: Any) -> None:
            """Nothing: pytest shows what matters."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *arguments: Any) -> None:
            """Nothing: a client that went away is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    hosts.url = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hosts
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def redirect(to: str, status: int = 301) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: Any) -> None:
        request.reply(status, {"message": "Moved Permanently"}, Location=to)

    return answer


def slowly(seconds: float) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: Any) -> None:
        time.sleep(seconds)
        request.reply(201, {})

    return answer


def hang_up(request: BaseHTTPRequestHandler) -> None:
    request.connection.close()


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "hosts.pem", folder / "hosts.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret
