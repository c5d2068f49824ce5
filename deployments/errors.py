"""Turns what AWS answers into one line for a person: what is wrong, its name, and the remedy.

It exists because the same few mistakes (credentials, permission, Region, network) can come out of every call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from botocore import exceptions as aws
from botocore.exceptions import ClientError

from deployments.programs import DONE as DONE
from deployments.programs import FAILED as FAILED
from deployments.programs import INTERRUPTED as INTERRUPTED
from deployments.programs import USAGE as USAGE

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN = {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
_UNKNOWN |= {"AuthFailure", "InvalidSignatureException", "MissingAuthenticationToken"}
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
_PASSING = {"Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "SlowDown"}
_PASSING |= {"RequestThrottled", "RequestThrottledException", "RequestLimitExceeded", "BandwidthLimitExceeded"}
_PASSING |= {"PriorRequestNotComplete", "TransactionInProgressException"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"}
_NO_LOGIN = (
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.SSOError,
    aws.TokenRetrievalError,  # of a profile with an sso-session
    aws.NoAuthTokenError,
    aws.LoginError,  # of `aws login`
)
_UNREACHABLE = (aws.HTTPClientError, aws.ConnectionError)

Kind = Literal["login", "denied", "unreachable", "refused"]
_LONGEST = 400  # characters of what AWS says

# The permission that an operation needs, where it is not the operation's own name
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_ACTIONS = {
    "ListObjectsV2": "s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
    "HeadObject": "s3:GetObject",
    "DeleteObjects": "s3:DeleteObject",
    "Invoke": "lambda:InvokeFunction",
}


class Failure(Exception):  # noqa: N818  # what a command ends with, and the word of the reference page
    """Why a command ends without having done what was asked, in one line; `status` is the exit code.

    told: what programs get besides: what the publisher answered, with its word for the outcome
    remedy: what to do, where it is not what stands behind the line's last colon or semicolon; "" for nothing
    """

    def __init__(
        self, text: str, status: int = FAILED, told: Mapping[str, object] | None = None, *, remedy: str | None = None
    ) -> None:
        super().__init__(text)
        self.status, self.told, self.remedy = status, dict(told or {}), remedy


class Trouble(NamedTuple):
    """An error of AWS's libraries: of which kind it is, what is wrong, and the remedy; of a denial what was refused."""

    kind: Kind
    what: str
    remedy: str = ""
    between: str = ": "
    action: str = ""
    resource: str = ""

    def line(self) -> str:
        """All of it in one line."""
        return f"{self.what}{self.between}{self.remedy}" if self.remedy else self.what


def explain(error: Exception) -> str:
    """The one line about an error of AWS's libraries: what was refused, and the remedy."""
    return trouble(error).line()


def trouble(error: Exception) -> Trouble:
    """What an error of AWS's libraries means to a person."""
    if isinstance(error, ClientError):
        return _answered(error)
    if isinstance(error, aws.ProfileNotFound):
        return Trouble("login", str(error), "see `aws configure list-profiles`, or give --profile")
    if isinstance(error, aws.NoRegionError):
        return Trouble("refused", "no Region", "give --region, or set AWS_REGION")
    if isinstance(error, aws.InvalidRegionError):
        return Trouble("refused", str(error), "Give --region, or set AWS_REGION, as in eu-central-1", between=" ")
    if isinstance(error, aws.ConfigParseError):
        return Trouble("refused", str(error), "mend it, or name another file with AWS_CONFIG_FILE")
    if isinstance(error, _NO_LOGIN):
        what = f"no usable credentials ({_one_line(error)})"
        command = "aws login" if isinstance(error, aws.LoginError) else "aws sso login"
        return Trouble("login", what, f"`{command}`, or set AWS_PROFILE or give --profile")
    if isinstance(error, _UNREACHABLE):
        what = f"AWS is not reachable: {_one_line(error)}"
        return Trouble("unreachable", what, "check the network, the proxy and --region", between="; ")
    remedy = "correct the AWS_ variable, or the line of ~/.aws/config, that says so" if _is_of_settings(error) else ""
    return Trouble("refused", _one_line(error), remedy)


def _is_of_settings(error: Exception) -> bool:
    """Whether AWS's library refuses what somebody has set for it, for which it has a dozen errors."""
    return isinstance(error, aws.BotoCoreError) and type(error).__name__.startswith("Invalid")


def _answered(error: ClientError) -> Trouble:
    answer = error.response["Error"]
    code, text = answer.get("Code", ""), _one_line(answer.get("Message", ""))
    if code in _EXPIRED:
        what = f"the credentials have expired ({code})"
        return Trouble("login", what, "log in again (`aws sso login`), or renew them")
    if code in _UNKNOWN:
        what = f"AWS does not know these credentials ({code})"
        return Trouble("login", what, "check AWS_PROFILE, --profile and the keys")
    if is_denied(error):
        return _denied(error, text)
    if code == "NoSuchBucket":
        what = f"bucket {answer.get('BucketName', '')} does not exist"
        return Trouble("refused", what, "was the stack's bucket deleted by hand?")
    if code in ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"):
        return Trouble("refused", f"the bucket is in another Region ({text})", "give --region")
    if code == "RequestTimeTooSkewed":
        remedy = "set it, AWS refuses requests that are 15 minutes off"
        return Trouble("refused", "this machine's clock is wrong", remedy)
    remedy = "AWS has too much to do, run it again in a few minutes" if is_passing(error) else ""
    return Trouble("refused", f"{error.operation_name}: {text or code} ({code})", remedy)


def is_passing(error: ClientError) -> bool:
    """Whether AWS had too many requests at once, or a fault: the next try may be answered."""
    answered = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return answered >= 500 or error.response["Error"].get("Code") in _PASSING


def is_denied(error: ClientError) -> bool:
    """Whether a permission is lacking."""
    return error.response["Error"].get("Code") in _DENIED


def is_absent(error: ClientError) -> bool:
    """Whether CloudFormation says that there is no such stack, for which it has no code of its own."""
    return bool(error.response["Error"].get("Code") == "ValidationError")


def _denied(error: ClientError, text: str) -> Trouble:
    """Which action on which ARN: from AWS's sentence where it says so, else from what was asked."""
    match = re.search(r'^User: (\S+) is not authorized to perform: ([\w:-]+)(?: on resource: "?([^\s"]+)"?)?', text)
    who, action, resource = match.groups() if match else (None, None, None)
    if error.operation_name.startswith("AssumeRole"):
        role, action = error.response["Error"].get("Resource", "the role"), f"sts:{error.operation_name}"
        remedy = "its trust policy must name this identity provider"
        return Trouble("denied", f"not allowed: {action} on {role}", remedy, action=action, resource=role)
    asked = error.response["Error"]
    action = action or _ACTIONS.get(error.operation_name, asked.get("Action") or error.operation_name)
    resource = resource or asked.get("Resource") or "a resource that AWS does not name"
    what = f"not allowed: {action} on {resource}{f' as {who}' if who else ''}"
    return Trouble("denied", what, "have it added to the policy", action=action, resource=resource)


def _one_line(value: object) -> str:
    """Without line breaks, and cut: a refused template comes back in full."""
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"
