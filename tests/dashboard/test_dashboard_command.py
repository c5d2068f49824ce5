"""`deployments dashboard` as a person starts it: all sites of a Region on one page, and how it ends."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from dashboard.viewers import OF_AWS, Viewers
from local.cloud.emulator import Emulator
from tests.dashboard.opened import Opened, listening
from tests.deployments.calling import TEMPLATE, start
from workbench.site import deployed


@pytest.fixture
def environment(aws: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    return aws


@contextmanager
def commanded(*arguments: str) -> Iterator[Opened]:
    """The page of the command, which Ctrl-C ends."""
    process = start("dashboard", "--port", "0", *arguments)
    assert process.stderr
    with listening(process.stderr.readline().split()[1]) as page:
        try:
            yield page
        finally:
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
    assert (130, "deployments: interrupted") == (process.returncode, said.strip())


def test_all_sites_of_a_region_are_on_one_page_each_for_itself(environment: Emulator) -> None:
    with deployed(environment, TEMPLATE, name="shop") as shop, deployed(environment, TEMPLATE, name="blog"):
        with commanded() as page:
            both = page.until(lambda told: [site["revision"] for site in told["sites"] if site["revision"]][1:])
            assert ["us-east-1/blog", "us-east-1/shop"] == [site["site"] for site in both["sites"]]
            assert "on-hold" == page.ask("hold", site="us-east-1/shop", reason="only this one")["outcome"]
            page.site(lambda site: site["hold"], "shop")
            assert page.site(lambda _: True, "blog")["hold"] is None
            assert 404 == page.ask("hold", site="us-east-1/else", reason="x")["status"]
            assert shop.status()["hold"]
        with commanded("--stack", "blog", "--region", "us-east-1") as page:
            one = page.until(lambda told: told["sites"])
            assert ["blog"] == [site["name"] for site in one["sites"]]


def test_a_site_that_is_not_there_says_so_beside_those_that_are(environment: Emulator, tmp_path: Path) -> None:
    with deployed(environment, TEMPLATE, name="shop"), commanded("--stack", "nowhere", "--stack", "shop") as page:
        shop = page.site(lambda site: site["revision"], "shop")
        assert "ok" == shop["health"]["state"]
        lost = page.site(lambda _: True, "nowhere")
        assert ("us-east-1/nowhere", "us-east-1", None) == (lost["site"], lost["region"], lost["live"])
        assert "refused" == lost["health"]["state"]
        assert "no stack nowhere in us-east-1: there are shop" in lost["health"]["line"]
        assert 404 == page.ask("hold", site="us-east-1/nowhere", reason="x")["status"]


def test_a_port_that_is_taken_is_said_in_one_line(environment: Emulator) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start("dashboard", "--port", str(taken.getsockname()[1]))
        _, said = process.communicate(timeout=60)
    assert 2 == process.returncode
    assert said.startswith("deployments: port ")
    assert "is taken by another program: end that one, or choose with --port" in said


@pytest.mark.parametrize(
    ("viewers", "paces"),
    [
        ([("", False)], (5, 5)),
        ([("a", False)], (5, 30)),
        ([("a", True)], (60, 60)),
        ([("a", True), ("b", False)], (30, 5)),
        ([], (60, 60)),
    ],
)
def test_aws_is_asked_as_often_as_somebody_looks(viewers: list[tuple[str, bool]], paces: tuple[Any, ...]) -> None:
    looking = Viewers(OF_AWS)
    with ExitStack() as pages:
        for site, hidden in viewers:
            pages.enter_context(looking.looking(site, hidden))
        assert paces == (looking.pace("a"), looking.pace("b"))
