"""The way to a site by one login: a renewed login is another way, which goes on with what is known of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from dashboard.builds import Builds
from dashboard.memory import Memory, Told
from dashboard.program import Clock
from dashboard.sites import Place
from deployments.bucket import Bucket
from deployments.command import Site
from deployments.output import Output

if TYPE_CHECKING:
    from aws_types import BaseClient, Clients


class Way:
    """What is asked about the site at `place`: the commands' site, its catalog, its builds, and AWS's services."""

    def __init__(self, place: Place, now: Clock, tell: Told, before: Way | None = None) -> None:
        def remember(bucket: Bucket) -> Memory:
            return Memory(bucket, tell, before.memory if before else None)

        self.place = place
        self.site = Site(place.cloud, place.stack, Output(as_json=False), remember)
        self.memory = cast("Memory", self.site.catalog)
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self.builds: Builds = Builds(self.client, place.stack.pipeline, now, before.builds if before else None)

    @property
    def local(self) -> bool:
        """Whether it is on this machine."""
        return bool(self.place.cloud.site)

    @property
    def source(self) -> Literal["direct", "git", "zip"]:
        """From where its deployments come."""
        stack = self.place.stack
        return "direct" if not stack.pipeline else "git" if stack.repository else "zip"

    @property
    def client(self) -> Clients:
        """Gives the client of a service, in another Region if one is named; it is made once."""
        return cast("Clients", self._made)

    def _made(self, service: str, region: str = "") -> BaseClient:
        cloud = self.place.cloud
        where = service, region or cloud.region
        if where not in self._clients:
            self._clients[where] = cloud._replace(region=where[1]).made(service)
        return self._clients[where]
