"""The account's connections to Git hosts: which can be used, a new one, and the wait for its handshake.

Only a person can finish the handshake, in the console. Whoever interrupts the wait loses nothing: the connection is in
the files by then, and the next `init` waits on.
https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html
"""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from deployments.errors import Failure

if TYPE_CHECKING:
    from aws_types import CodeConnectionsClient, ConnectionsRequest, NewConnection, ToldConnection

_LOOK_SECONDS = 5  # between two looks: a person's clicks take longer, and each look is a request
_WAIT_SECONDS = 3600  # an hour, as a person may have to find somebody who may finish it at the Git host
# https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_CreateConnection.html: ConnectionName
_NAME_LIMIT = 32
# What a connection needs a host for, which a person makes first
# https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-create-gitlab-managed.html
OF_OWN_HOSTS = ("GitHubEnterpriseServer", "GitLabSelfManaged")


class Connection(NamedTuple):
    """A connection, as AWS tells of it; `status` is PENDING, AVAILABLE or ERROR."""

    arn: str
    name: str
    provider: str
    status: str

    @property
    def is_usable(self) -> bool:
        return self.status == "AVAILABLE"

    @property
    def region(self) -> str:
        """Where it was made, and where its handshake is finished."""
        return self.arn.split(":")[3]

    @property
    def page(self) -> str:
        """Where a person finishes the handshake."""
        return f"https://{self.region}.console.aws.amazon.com/codesuite/settings/connections?region={self.region}"


def list_connections(client: CodeConnectionsClient, providers: Collection[str]) -> list[Connection]:
    """The account's connections to these hosts, the usable ones first."""
    found: list[Connection] = []
    more: ConnectionsRequest = {}
    while True:
        answer = client.list_connections(**more)
        found += [_connection(one) for one in answer.get("Connections", ())]
        if not answer.get("NextToken"):
            break
        more = {"NextToken": answer["NextToken"]}
    return sorted((one for one in found if one.provider in providers), key=lambda one: (not one.is_usable, one.name))


def get_connection(client: CodeConnectionsClient, arn: str) -> Connection:
    """The connection by its ARN; `Failure` if the account has none such."""
    try:
        return _connection(client.get_connection(ConnectionArn=arn)["Connection"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        raise Failure(f"no connection {arn} in this account: `deployments init --connection new` makes one") from None


def create_connection(client: CodeConnectionsClient, provider: str, taken: Collection[str]) -> Connection:
    """A new connection to `provider`, by a name that is not taken; its handshake is not finished."""
    names = [f"site-{provider.lower()}"[:_NAME_LIMIT], *(f"site-{provider.lower()}-{n}" for n in range(2, 100))]
    name = next(one for one in names if one not in taken)
    request: NewConnection = {"ProviderType": provider, "ConnectionName": name}  # type: ignore[typeddict-item]  # of PROVIDERS
    arn = client.create_connection(**request)["ConnectionArn"]
    return Connection(arn, name, provider, "PENDING")


def delete_connection(client: CodeConnectionsClient, arn: str) -> None:
    """Delete a connection that nothing uses yet."""
    client.delete_connection(ConnectionArn=arn)


def wait_until_usable(client: CodeConnectionsClient, arn: str) -> None:
    """Wait until a person has finished the handshake; `Failure` if that does not come."""
    ends = time.monotonic() + _WAIT_SECONDS
    while True:
        connection = get_connection(client, arn)
        if connection.is_usable:
            return
        if time.monotonic() > ends:
            raise Failure(f"{connection.name} is still {connection.status}: finish its handshake at {connection.page}")
        time.sleep(_LOOK_SECONDS)


def _connection(told: ToldConnection) -> Connection:
    return Connection(
        told["ConnectionArn"], told["ConnectionName"], told.get("ProviderType", ""), told["ConnectionStatus"]
    )
