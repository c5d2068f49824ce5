"""One answer of `doctor`: what was asked, what AWS answered, what the product assumes, and whether that agrees.

Both answers stand side by side, because AWS may change what it does without a word.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable, Sequence
from typing import NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from deployments.errors import Failure, explain


class Finding(NamedTuple):
    """An answer; `kept` is False where it is not what the product assumes, None where there was no answer."""

    question: str
    seen: str
    assumed: str
    kept: bool | None = True
    otherwise: str = "the product does not do what it promises"

    @property
    def verdict(self) -> str:
        """`OK`, or `different` and what follows from it."""
        if self.kept is None:
            return "not answered"
        return "OK" if self.kept else f"different: {self.otherwise}"


def answers(question: str, look: Callable[[], Sequence[Finding]]) -> list[Finding]:
    """What `look` finds; a look that fails is a question without an answer, and no end of the examination."""
    try:
        return list(look())
    except (ClientError, BotoCoreError) as error:
        seen = explain(error)
    except (Failure, OSError, http.client.HTTPException, LookupError, ValueError) as error:
        seen = f"{type(error).__name__}: {error}"
    return [Finding(question, " ".join(seen.split()), "see docs/operations.md#check-aws-with-doctor", None)]
