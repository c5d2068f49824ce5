"""Finds the sites that a page is about: by a fresh look each time, so that a login that was renewed is taken up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from botocore.exceptions import ClientError

from dashboard.health import Gone, health_of
from dashboard.shown import Health
from dashboard.viewers import OF_AWS, OF_THIS_MACHINE, Paces
from deployments.cloud import Cloud, connect_alone, connect_to
from deployments.errors import Failure, explain, is_denied
from deployments.local_system import LocalSystem, running
from deployments.stack import Stack, all_stacks, find_stack


class Place(NamedTuple):
    """Where a site is: its stack, and the login with which it was found."""

    cloud: Cloud
    stack: Stack

    @property
    def key(self) -> str:
        """What the page calls the site."""
        return _key(self.cloud, self.stack.name)

    @property
    def owner(self) -> tuple[str, str]:
        """What tells the site from another one of the same name: whose AWS it is in, and its bucket."""
        return self.cloud.endpoint, self.stack.bucket


class Missing(NamedTuple):
    """A site that somebody asked for by the name of its stack, and why it cannot be shown."""

    region: str
    name: str
    why: Health


class Found(NamedTuple):
    """By what the page calls them: the sites that are there, and those that are not."""

    places: Mapping[str, Place]
    missing: Mapping[str, Missing] = {}


class Sites(Protocol):
    """Where sites are."""

    @property
    def paces(self) -> Paces:
        """How often it is worth looking there."""

    def find(self) -> Found:
        """Those that are there now; the commands' errors say why none of them can be told."""

    def none(self) -> str:
        """What to say where there is none."""


class InRegion(NamedTuple):
    """The stacks called `names` in a Region of AWS, all of ours if there are no names."""

    region: str | None
    profile: str | None
    names: Sequence[str] = ()
    paces: Paces = OF_AWS

    def find(self) -> Found:
        """The stacks' sites, through a session of its own."""
        cloud = connect_alone(self.region, self.profile)
        if not self.names:
            return Found(_by_key(Place(cloud, stack) for stack in _all(cloud)))
        each = [_named(cloud, name) for name in dict.fromkeys(self.names)]
        missing = {_key(cloud, one.name): one for one in each if isinstance(one, Missing)}
        return Found(_by_key(one for one in each if isinstance(one, Place)), missing)

    def none(self) -> str:
        """Where one could be."""
        return f"no site's stack in {self.region or 'this Region'}: create one, or give --region"


class OnThisMachine(NamedTuple):
    """What `instant-hosting local` runs now, or the one `system` if it is given."""

    system: LocalSystem | None = None
    paces: Paces = OF_THIS_MACHINE

    def find(self) -> Found:
        """Its site, if it runs."""
        system = self.system or running()
        if not system:
            raise Gone("nothing runs here: start it with `instant-hosting local`")
        cloud = connect_to(system)
        return Found(_by_key([Place(cloud, find_stack(cloud, None))]))

    def none(self) -> str:
        """It has one, or it does not run."""
        return "nothing runs here"


def _named(cloud: Cloud, name: str) -> Place | Missing:
    """The site of the stack `name`, or why there is none; what is wrong with all of AWS is wrong with all sites."""
    try:
        return Place(cloud, find_stack(cloud, name))
    except (Failure, ClientError) as error:
        why = health_of(error)
        if why["state"] not in ("denied", "refused"):
            raise
        return Missing(cloud.region, name, why)


def _all(cloud: Cloud) -> list[Stack]:
    try:
        return all_stacks(cloud)
    except ClientError as error:
        if not is_denied(error):
            raise
        raise Failure(f"{explain(error)}; or name the sites that you may see with --stack") from error


def _by_key(places: Iterable[Place]) -> dict[str, Place]:
    return {place.key: place for place in places}


def _key(cloud: Cloud, stack: str) -> str:
    return f"{'local' if cloud.site else cloud.region}/{stack}"
