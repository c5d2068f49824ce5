"""Finds the sites that a page is about: by a fresh look each time, so that a login that was renewed is taken up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from botocore.exceptions import ClientError

from dashboard.health import Gone
from deployments.cloud import Cloud, connect_alone, connect_to
from deployments.command import Site
from deployments.errors import Failure, explain, is_denied
from deployments.local_system import LocalSystem, running
from deployments.output import Output
from deployments.stack import Stack, all_stacks, find_stack


class Sites(Protocol):
    """Where sites are."""

    @property
    def local(self) -> bool:
        """Whether they are on this machine."""

    def find(self) -> list[Site]:
        """Those that are there now; the commands' errors say why they cannot be told."""

    def none(self) -> str:
        """What to say where there is none."""


class InRegion(NamedTuple):
    """The stacks called `names` in a Region of AWS, all of ours if there are no names."""

    region: str | None
    profile: str | None
    names: Sequence[str] = ()
    local: bool = False

    def find(self) -> list[Site]:
        """The stacks' sites, through a session of its own."""
        cloud = connect_alone(self.region, self.profile)
        stacks = [find_stack(cloud, name) for name in self.names] or _all(cloud)
        return [_site(cloud, stack) for stack in stacks]

    def none(self) -> str:
        """Where one could be."""
        return f"no site's stack in {self.region or 'this Region'}: create one, or give --region"


class OnThisMachine(NamedTuple):
    """What `instant-hosting local` runs now, or the one `system` if it is given."""

    system: LocalSystem | None = None
    local: bool = True

    def find(self) -> list[Site]:
        """Its site, if it runs."""
        system = self.system or running()
        if not system:
            raise Gone("nothing runs here: start it with `instant-hosting local`")
        cloud = connect_to(system)
        return [_site(cloud, find_stack(cloud, None))]

    def none(self) -> str:
        """It has one, or it does not run."""
        return "nothing runs here"


def _all(cloud: Cloud) -> list[Stack]:
    try:
        return all_stacks(cloud)
    except ClientError as error:
        if not is_denied(error):
            raise
        raise Failure(f"{explain(error)}; or name the sites that you may see with --stack") from error


def _site(cloud: Cloud, stack: Stack) -> Site:
    return Site(cloud, stack, Output(as_json=False))


def key_of(site: Site) -> str:
    """What the page calls a site."""
    return f"{'local' if site.cloud.site else site.cloud.region}/{site.stack.name}"
