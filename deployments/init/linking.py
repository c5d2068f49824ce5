"""Decides on the connection to the Git host: one that is there, a new one, or one that is given.

Apart from the other answers, because a new one is made last, and may have to be left open: a person must finish it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from deployments.errors import USAGE, Failure
from deployments.init.account import Account
from deployments.init.asking import Asker, Choice
from deployments.init.connections import (
    OF_OWN_HOSTS,
    Connection,
    create_connection,
    delete_connection,
    get_connection,
    list_connections,
)
from deployments.init.repository import PROVIDERS, Repository
from deployments.output import Output

if TYPE_CHECKING:
    from aws_types import CodeConnectionsClient

_NEW = "new"
_CREATE = "https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-create.html"


class Link(NamedTuple):
    """What was decided about the connection; all empty: it must be added later.

    arn: of the one that is taken
    connection: what AWS tells of it, if it could be asked
    provider: of the new one that is wanted in place of it, and the names that are taken
    """

    arn: str = ""
    connection: Connection | None = None
    provider: str = ""
    taken: tuple[str, ...] = ()


class Linking(NamedTuple):
    """Decides on the connection for a pipeline in `region`, and makes it when all else is decided."""

    region: str
    asker: Asker
    output: Output
    account: Account

    def decide(self, given: str | None, now: str, host: Repository | None) -> Link:
        """The connection that is `given`, or the one of `now`, or one of the account's to the `host`."""
        client = self._client()
        arn = given if given is not None else now
        if arn.startswith("arn:"):
            return Link(arn, self.account.ask("the state of the connection", lambda: get_connection(client, arn)))
        providers = _providers(host)
        found = self.account.ask("the account's connections", lambda: list_connections(client, providers))
        if found is None:
            return Link()
        chosen = _named(found, given) if given and given != _NEW else None
        if chosen is None and given != _NEW:
            chosen = _chosen(found, providers, self.asker)
        if chosen is not None:
            return Link(chosen.arn, chosen)
        return Link(provider=_provider(providers, self.asker), taken=tuple(one.name for one in found))

    def make(self, link: Link) -> Connection | None:
        """The new connection that is wanted; None if none is, or if it could not be made."""
        if not link.provider:
            return None
        client = self._client()
        made = self.account.ask("a new connection", lambda: create_connection(client, link.provider, link.taken))
        if made:
            self.output.note(f"made the connection {made.name} to {made.provider} in {self.region}")
        return made

    def take_back(self, made: Connection) -> None:
        """Delete a connection that no file names; where that fails, say how it is taken."""
        try:
            delete_connection(self._client(), made.arn)
        except (ClientError, BotoCoreError):
            taken = f"`deployments init --connection {made.name}` takes it"
            self.output.note(f"the connection {made.name} stays: {taken}", "yellow")

    def _client(self) -> CodeConnectionsClient:
        return self.account.clients(self.region)("codeconnections")


def _providers(host: Repository | None) -> tuple[str, ...]:
    """Which kinds of connection reach the repository."""
    if host is None or not host.host:
        return (*dict.fromkeys(PROVIDERS.values()), *OF_OWN_HOSTS)
    return (host.provider,) if host.provider else OF_OWN_HOSTS


def _named(found: Sequence[Connection], name: str) -> Connection:
    chosen = next((one for one in found if one.name == name), None)
    if chosen is None:
        names = ", ".join(one.name for one in found) or "none"
        raise Failure(f"--connection {name} is no connection of this account to the host; there are: {names}", USAGE)
    return chosen


def _chosen(found: Sequence[Connection], providers: Sequence[str], asker: Asker) -> Connection | None:
    """One of the account's, or None for a new one."""
    usable = [one for one in found if one.is_usable]
    only = usable[0].name if len(usable) == 1 else ""
    new = [Choice(_NEW, "make one; a person finishes its handshake in the console")]
    if set(providers) == set(OF_OWN_HOSTS):
        new = []  # it needs a host, which is made in the console
        if not found:
            raise Failure(f"no connection to a Git host of your own: make one in the console ({_CREATE})", USAGE)
    choices = [Choice(one.name, _state(one)) for one in found] + new
    default = only or ("" if asker.yes or usable or not new else _NEW)
    answer = asker.choose("Which connection to the Git host?", choices, default, "--connection")
    return None if answer == _NEW else next(one for one in found if one.name == answer)


def _state(connection: Connection) -> str:
    state = {"AVAILABLE": "", "PENDING": ", its handshake is not finished", "ERROR": ", in error"}
    return f"{connection.provider}{state.get(connection.status, '')}"


def _provider(providers: Sequence[str], asker: Asker) -> str:
    """To which host a new connection goes."""
    makeable = [name for name in providers if name not in OF_OWN_HOSTS]
    if not makeable:
        raise Failure(f"a connection to a Git host of your own is made in the console: {_CREATE}", USAGE)
    if len(makeable) == 1:
        return makeable[0]
    return asker.choose("To which Git host?", [Choice(name) for name in makeable], "", "--connection with an ARN")
