"""What the reporter is told: the reports (SSM), and the hosts' tokens (Secrets Manager).

They are no settings of the function, so a new report or a new token holds within a minute and needs no update of the
stack. And whoever may see the function's settings does not see a token.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from aws_lambda_powertools.utilities import parameters
from shared.aws import FRESH, client, document_text

from reporter.report import Report, parse


def reports(parameter: str) -> Mapping[str, Report]:
    """The reports in this parameter, at most a minute old."""
    return parse(document_text(parameter))


def token(name: str) -> str:
    """The secret with exactly this name, at most a minute old."""
    return str(_tokens().get(name, max_age=FRESH)).strip()


@functools.cache
def _tokens() -> parameters.SecretsProvider:
    return parameters.SecretsProvider(boto3_client=client("secretsmanager"))
