"""Carries a decision out: starts a pipeline, or asks a publisher. Each delivery is carried out once.

Apart from `decision`, which calls nobody, so that what is decided can be tried without AWS.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyAlreadyInProgressError
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ReadTimeoutError
from shared.aws import client

from door.decision import Ask, Start
from door.request import Refusal

if TYPE_CHECKING:
    from aws_types import SourceRevision, StartRequest

# Most senders sign no time. Somebody who recorded a request could send it again and bring an old commit back; only this
# memory prevents that.
REMEMBERED = 365 * 24 * 3600
ALIAS = "webhook"  # through this alias a publisher takes what routes can allow, and nothing else
# Seconds for the same delivery that is being handled at this moment: with the work itself, whose calls end after six,
# it stays within the ten seconds that GitHub waits
_PATIENCE = 4
_PAUSE = 0.2  # seconds between two looks at it: twenty fit into the patience
_SHOWN = 500  # characters of a publisher's failure: one line of the log

Outcome = dict[str, str]


def carry_out(
    what: Start | Ask,
    route: str,
    names: tuple[str, ...],
    context: LambdaContext,
    table: str,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Do it, or say what came of it when one of the delivery's `names` was carried out before, as `table` remembers."""
    token = hashlib.sha256(f"{route} {names[0]}".encode()).hexdigest() if names else uuid.uuid4().hex
    act = (lambda: _start(what, token)) if isinstance(what, Start) else (lambda: _ask(what))
    work = _Work(route, act, context, table)
    end = clock() + _PATIENCE
    while True:
        try:
            return work.once(names)
        except IdempotencyAlreadyInProgressError:
            if clock() > end:
                raise Refusal(409, "the same delivery is being carried out; send it again later") from None
            sleep(_PAUSE)


class _Work(NamedTuple):
    """What is to be done once: for which route, what does it, and the table that remembers it."""

    route: str
    act: Callable[[], Outcome]
    context: LambdaContext
    table: str

    def once(self, names: tuple[str, ...]) -> Outcome:
        """What `act` makes, remembered under each of the names: under the first, and inside that under the others."""
        if not names:
            return self.act()

        def under(name: str) -> Outcome:  # noqa: ARG001  # the key, which the guard takes from the arguments
            return self.once(names[1:])

        config = IdempotencyConfig(
            expires_after_seconds=REMEMBERED, hash_function="sha256", response_hook=_again, lambda_context=self.context
        )
        # one for each name: it keeps the name's state
        memory = DynamoDBPersistenceLayer(self.table, boto3_client=client("dynamodb"))
        guarded = idempotent_function(
            under, data_keyword_argument="name", persistence_store=memory, config=config, key_prefix=self.route
        )
        outcome: Outcome = guarded(name=names[0])
        return outcome


def _again(response: Outcome, idempotent_data: DataRecord) -> Outcome:  # noqa: ARG001  # the library's protocol
    return {**response, "outcome": "duplicate", "reason": f"carried out before: {response['outcome']}"}


def _start(what: Start, token: str) -> Outcome:
    # the token makes CodePipeline recognise a repetition that the memory missed
    wish: StartRequest = {"name": what.pipeline, "clientRequestToken": token}
    if what.commit:
        revision: SourceRevision = {
            "actionName": what.source,
            "revisionType": "COMMIT_ID",
            "revisionValue": what.commit,
        }
        wish["sourceRevisions"] = [revision]
    started = client("codepipeline").start_pipeline_execution(**wish)
    return {"outcome": "started", "execution": started["pipelineExecutionId"], "commit": what.commit}


def _ask(what: Ask) -> Outcome:
    try:
        answer = client("lambda").invoke(FunctionName=f"{what.publisher}:{ALIAS}", Payload=json.dumps(what.request))
    except ReadTimeoutError:
        return {"outcome": "asked", "reason": "the publisher has not answered yet; its log says what came of it"}
    text = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise RuntimeError(f"the publisher {what.publisher} failed: {text[:_SHOWN]}")
    found = json.loads(text)
    if found["outcome"] == "refused":
        raise Refusal(400, str(found.get("reason", "")))
    return {name: str(found.get(name, "")) for name in ("outcome", "reason", "deployment", "before", "after")}
