"""The dashboard against everybody who is not the person in front of it: other pages, and foreign names."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from dashboard.program import this_program
from dashboard.sites import OnThisMachine
from local.cloud.stack import Stack
from local.cloud.system import deployed
from local.commands.publication import publish
from tests.dashboard.opened import served
from workbench import ROOT
from workbench.aside import run_aside
from workbench.dashboards import dashboard_of, ready

PLAIN = ROOT / "tests" / "projects" / "plain"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack with one deployment."""
    with deployed() as stack:
        publish(stack, PLAIN, "mixed")
        yield stack


def asked(stack: Stack, **changed: str | None) -> tuple[int, Any]:
    """Status and text of a request that the page makes, with some headers changed or left out (None)."""

    async def ask() -> tuple[int, str]:
        dashboard = dashboard_of(stack, "http://localhost:1")
        url = await dashboard.start(0)
        await ready(dashboard)
        async with aiohttp.ClientSession() as session:
            async with session.get(url) as page:
                match = re.search(r'name="token" content="([^"]+)"', await page.text())
            assert match
            own = {"X-Token": match[1], "Origin": url, "Host": url.removeprefix("http://")}
            headers = {name: value for name, value in {**own, **changed}.items() if value is not None}
            request = {"site": "local/local", "action": "hold", "reason": "a test"}
            async with session.post(url + "/ask", json=request, headers=headers) as answer:
                result = answer.status, await answer.text()
        await dashboard.close()
        return result

    return run_aside(ask())


def held(stack: Stack) -> bool:
    """Whether new deployments wait."""
    return bool(stack.status()["hold"])


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"X-Token": None}, 403),
        ({"X-Token": "guessed"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "evil.example"}, 421),
        ({"Host": "evil.example:80", "Origin": None}, 421),
    ],
    ids=lambda value: "-".join(f"{name} {text}" for name, text in value.items()) if isinstance(value, dict) else "",
)
def test_what_no_page_of_ours_sends_changes_nothing(stack: Stack, changed: dict[str, str | None], status: int) -> None:
    assert status == asked(stack, **changed)[0]
    assert not held(stack)


def test_a_request_of_the_page_itself_holds_new_deployments(stack: Stack) -> None:
    status, text = asked(stack)
    assert (200, True) == (status, '"outcome": "on-hold"' in text)
    assert held(stack)
    stack.ask(action="release", by="test")


# Root can be somebody else. For everybody else it is the page that is somebody else's.
OWNER, SOMEBODY = (0, 65534) if os.getuid() == 0 else (os.getuid() + 1, None)


@pytest.fixture
def somebodys() -> Iterator[str]:
    """The address of a page of `OWNER`."""
    with served(OnThisMachine(), this_program()._replace(user=OWNER)) as url:
        yield url


@pytest.mark.parametrize("path", ["/", "/events", "/deployments?site=x", "/nowhere"])
def test_another_user_of_this_machine_gets_nothing(somebodys: str, path: str) -> None:
    ask = ["curl", "-si", somebodys + path]
    asked = subprocess.run(ask, capture_output=True, text=True, check=True, user=SOMEBODY)
    assert "403 Forbidden" in asked.stdout
    assert asked.stdout.endswith("this page is for the user who started it: start one of your own\n")
    assert "token" not in asked.stdout


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_the_own_user_gets_the_page_over_either_kind_of_socket(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with served(OnThisMachine(), this_program()) as url, socket.socket(family) as own:
        own.connect((address, int(url.rsplit(":", 1)[1])))
        own.sendall(f"GET / HTTP/1.1\r\nHost: {url[7:]}\r\n\r\n".encode())
        assert own.recv(15) == b"HTTP/1.1 200 OK"


def test_no_page_frames_it_and_it_loads_nothing_from_elsewhere(stack: Stack) -> None:
    async def look() -> str:
        dashboard = dashboard_of(stack, "http://localhost:1")
        url = await dashboard.start(0)
        async with aiohttp.ClientSession() as session, session.get(url) as page:
            policy = page.headers["Content-Security-Policy"]
        await dashboard.close()
        return policy

    policy = run_aside(look())
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
