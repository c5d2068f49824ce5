"""The IDs that a shell offers behind the tab key: nobody types one, and each tab asks AWS once, or offers nothing."""

from __future__ import annotations

from collections.abc import Mapping

import click
from botocore.exceptions import BotoCoreError, ClientError

from deployments.bucket import Bucket
from deployments.catalog import Catalog
from deployments.cloud import Cloud, connect, connect_locally
from deployments.errors import Failure
from deployments.stack import find_stack


def identities(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:  # noqa: ARG001  # click's
    """The site's deployments whose IDs begin so, newest first."""
    given = {name: value for name, value in context.params.items() if value}
    try:
        cloud = connect_locally() if "local" in given else connect(given.get("region"), given.get("profile"))
        return [made.id for made in _catalog(cloud, given).made() if made.id.startswith(begun)]
    except (Failure, ClientError, BotoCoreError):  # a line that is being typed is no place for an error
        return []


def _catalog(cloud: Cloud, given: Mapping[str, str]) -> Catalog:
    stack = find_stack(cloud, None if cloud.stack else given.get("stack"))
    return Catalog(Bucket(cloud.client("s3"), stack.bucket))
