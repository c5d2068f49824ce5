"""What the door is told: the routes (SSM), and which secrets hold now (Secrets Manager).

They are no settings of the function, so a new route or a new secret holds within a minute and needs no update of the
stack. A minute, because each request would wait for both services otherwise.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from botocore.exceptions import ClientError
from shared.aws import FRESH, client, document_text
from shared.document import ConfigurationError

from door.route import Route, parse

SHORTEST_SECRET = 16  # bytes; anybody could guess a shorter one, or an empty one


class Settings(NamedTuple):
    """What the stack tells the door.

    parameter: where the routes are
    prefix: what the names of the secrets begin with
    rotation: for how long a previous secret holds beside a new one
    table: where is remembered what was carried out
    """

    parameter: str
    prefix: str
    rotation: timedelta
    table: str


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The settings in the function's environment."""
    rotation = timedelta(hours=float(environment["ROTATION_HOURS"]))
    return Settings(environment["ROUTES_PARAMETER"], environment["SECRET_PREFIX"], rotation, environment["TABLE"])


def routes(settings: Settings) -> Mapping[str, Route]:
    """The routes, at most a minute old."""
    return parse(document_text(settings.parameter))


def secrets(settings: Settings, name: str, clock: Callable[[], float] = time.monotonic) -> tuple[str, ...]:
    """The secret's current text, and its previous one while the current one is new; at most a minute old."""
    return _secrets(settings.prefix + name, settings.rotation, int(clock() // FRESH))


@functools.lru_cache(maxsize=128)  # more than a document has routes, for this minute and the last one
def _secrets(name: str, rotation: timedelta, _minute: int) -> tuple[str, ...]:
    current = client("secretsmanager").get_secret_value(SecretId=name)
    texts = [current["SecretString"]]
    if len(texts[0].encode()) < SHORTEST_SECRET:
        raise ConfigurationError(f"the secret {name} is shorter than {SHORTEST_SECRET} bytes: store a longer one")
    if datetime.now(UTC) - current["CreatedDate"] < rotation:
        texts += _previous(name)
    return tuple(texts)


def _previous(name: str) -> list[str]:
    try:
        found = client("secretsmanager").get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return []
    return [found["SecretString"]] if len(found["SecretString"].encode()) >= SHORTEST_SECRET else []
