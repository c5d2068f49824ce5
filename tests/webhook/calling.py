"""The webhook as its senders call it, with its table, routes and secrets in the emulator."""

from __future__ import annotations

import json
from typing import Any

from door import settings
from door.entry import handler
from shared import aws as surroundings

from local.cloud.emulator import Emulator
from tests.webhook.pipelines import Pipelines
from tests.webhook.sending import SECRET, STANDARD_SECRET, Sent

GIT = {"pipeline": "site-pipeline", "branches": ["main", "release/*"]}
ROUTES: dict[str, dict[str, Any]] = {
    "github": {"sender": "github", **GIT},
    "gitlab": {"sender": "gitlab", **GIT},
    "gitlab-signed": {"sender": "gitlab-signed", **GIT},
    "bitbucket": {"sender": "bitbucket", **GIT},
    "gitea": {"sender": "gitea", **GIT},
    "forgejo": {"sender": "forgejo", **GIT},
    "standard": {"sender": "standard", "pipeline": "site-pipeline"},
    "contentful": {"sender": "contentful", "pipeline": "site-pipeline"},
    "sanity": {"sender": "sanity", "pipeline": "site-pipeline"},
    "hook": {"sender": "hook", "pipeline": "site-pipeline"},
}


class Context:
    """What Lambda gives beside the event."""

    function_name = "webhook"
    aws_request_id = "00000000-0000-0000-0000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return 15_000


class Answer:
    """What came back, and what its JSON says."""

    def __init__(self, response: dict[str, Any]) -> None:
        self.status: int = response["statusCode"]
        self.headers: dict[str, str] = response["headers"]
        self.content: dict[str, str] = json.loads(response["body"])

    @property
    def outcome(self) -> str:
        return self.content["outcome"]

    @property
    def reason(self) -> str:
        return self.content["reason"]


class Door:
    """The webhook with its surroundings; `started` is what the pipelines were started with."""

    def __init__(self, aws: Emulator, pipelines: Pipelines) -> None:
        self.aws, self.pipelines = aws, pipelines
        aws.client("dynamodb").create_table(
            TableName="deliveries",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.configure(ROUTES)
        for name in ROUTES:
            self.store_secret(name, STANDARD_SECRET if name in {"standard", "gitlab-signed"} else SECRET)

    def configure(self, routes: object) -> None:
        """Store the routes, with all caches empty."""
        text = routes if isinstance(routes, str) else json.dumps(routes)
        self.aws.client("ssm").put_parameter(Name="/webhook/routes", Type="String", Value=text, Overwrite=True)
        self.forget()

    def store_secret(self, name: str, text: str) -> None:
        secrets = self.aws.client("secretsmanager")
        try:
            secrets.create_secret(Name=f"webhook/{name}", SecretString=text)
        except secrets.exceptions.ResourceExistsException:
            secrets.put_secret_value(SecretId=f"webhook/{name}", SecretString=text)
        self.forget()

    def forget(self) -> None:
        """Empty what the process keeps, as a new one would have it."""
        for kept in (surroundings._made, surroundings.parameter_provider, settings._secrets):
            kept.cache_clear()

    def send(self, sent: Sent, *, base64_encoded: bool = False) -> Answer:
        return Answer(handler(sent.event(base64_encoded=base64_encoded), Context()))  # type: ignore[arg-type]

    @property
    def started(self) -> list[dict[str, Any]]:
        return self.pipelines.started

    def items(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.aws.client("dynamodb").scan(TableName="deliveries")["Items"]
        return found
