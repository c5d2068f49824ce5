"""`--local`: the commands find what `instant-hosting local` runs, and say so when nothing does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from deployments import cloud
from local.cloud.emulator import Emulator
from tests.deployments.calling import TEMPLATE, Command
from workbench.site import VisitedStack, deployed


@dataclass(frozen=True)
class System:
    """What deployments.local_system.running() gives of a running local system."""

    emulator: Emulator
    site: str
    stack: str = "site"
    region: str = "us-east-1"

    @property
    def endpoint(self) -> str:
        return self.emulator.url

    @property
    def environment(self) -> dict[str, str]:
        return self.emulator.environment()


@pytest.fixture
def front(site: VisitedStack) -> Iterator[str]:
    """The address on this machine under which the local system shows the site."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = site.get(self.path, **{name: text for name, text in self.headers.items() if name != "Host"})
            self.send_response(answer.status)
            for name, text in answer.headers.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(answer.text.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Callable[[System | None], None]:
    """Make `deployments.local_system` say that this is running, and take the way to the emulator away."""

    def say(system: System | None) -> None:
        for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_DEFAULT_REGION"):
            monkeypatch.delenv(name)
        monkeypatch.setattr(cloud, "running", lambda: system)

    return say


def test_the_commands_work_on_the_local_site_and_name_its_address(
    site: VisitedStack, run: Command, publish: Callable[..., str], runs: Callable[[System | None], None], front: str
) -> None:
    first = publish("one")
    publish("two")
    with deployed(site.emulator, TEMPLATE, name="another"):
        runs(System(site.emulator, front))
        ended = run("rollback", "--local", "--json", AWS_PROFILE="nobody")
    assert (0, first, front) == (ended.status, ended.json["after"], ended.json["url"]), ended.err
    assert ended.json["seen"] is not None


def test_the_stack_in_the_environment_is_that_of_aws_and_one_on_the_command_line_counts(
    site: VisitedStack, run: Command, runs: Callable[[System | None], None], front: str
) -> None:
    runs(System(site.emulator, front))
    assert 0 == run("list", "--local", DEPLOYMENTS_STACK="blog").status
    ended = run("list", "--local", "--stack", "blog")
    assert (2, True) == (ended.status, "no stack blog in us-east-1" in ended.err)


def test_without_a_local_system_the_command_says_how_to_start_one(
    site: VisitedStack, run: Command, runs: Callable[[System | None], None]
) -> None:
    runs(None)
    ended = run("list", "--local")
    line = "deployments: nothing runs here: start it with `instant-hosting local`, or leave --local out\n"
    assert (1, line) == (ended.status, ended.err)


@pytest.mark.parametrize("option", ["region", "profile"])
def test_where_aws_is_does_not_go_with_the_local_site(run: Command, option: str) -> None:
    ended = run("list", "--local", f"--{option}", "x")
    line = f"deployments list: --{option} and --local exclude each other: leave one out (see --help)\n"
    assert (2, line) == (ended.status, ended.err)
