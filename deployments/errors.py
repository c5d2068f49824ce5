"""Turns what AWS answers into one line for a person: what is wrong, its name, and the remedy.

It exists because the same few mistakes (credentials, permission, Region, network) can come out of every call.
"""

from __future__ import annotations

import re

from botocore import exceptions as aws
from botocore.exceptions import ClientError

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
_UNKNOWN = {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
_UNKNOWN |= {"AuthFailure", "InvalidSignatureException", "MissingAuthenticationToken"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"}
_NO_LOGIN = (
    aws.NoCredentialsError,
    aws.PartialCredentialsError,
    aws.CredentialRetrievalError,
    aws.SSOError,
    aws.UnauthorizedSSOTokenError,
)
_UNREACHABLE = (aws.HTTPClientError, aws.ConnectionError)

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
    """Why a command ends without having done what was asked, in one line; `status` is the exit code."""

    def __init__(self, text: str, status: int = FAILED) -> None:
        super().__init__(text)
        self.status = status


def explain(error: Exception) -> str:
    """The one line about an error of AWS's libraries: what was refused, and the remedy."""
    if isinstance(error, ClientError):
        return _answered(error)
    if isinstance(error, aws.ProfileNotFound):
        return f"{error}: see `aws configure list-profiles`, or give --profile"
    if isinstance(error, aws.NoRegionError):
        return "no Region: give --region, or set AWS_REGION"
    if isinstance(error, aws.InvalidRegionError):
        return f"{error} Give --region, or set AWS_REGION, as in eu-central-1"
    if isinstance(error, aws.ConfigParseError):
        return f"{error}: mend it, or name another file with AWS_CONFIG_FILE"
    if isinstance(error, _NO_LOGIN):
        return f"no usable credentials ({_one_line(error)}): `aws sso login`, or set AWS_PROFILE or give --profile"
    if isinstance(error, _UNREACHABLE):
        return f"AWS is not reachable: {_one_line(error)}; check the network, the proxy and --region"
    return _one_line(error)


def _answered(error: ClientError) -> str:
    answer = error.response["Error"]
    code, text = answer.get("Code", ""), _one_line(answer.get("Message", ""))
    if code in _EXPIRED:
        return f"the credentials have expired ({code}): log in again (`aws sso login`), or renew them"
    if code in _UNKNOWN:
        return f"AWS does not know these credentials ({code}): check AWS_PROFILE, --profile and the keys"
    if is_denied(error):
        return _denied(error, text)
    if code == "NoSuchBucket":
        return f"bucket {answer.get('BucketName', '')} does not exist: was the stack's bucket deleted by hand?"
    if code in ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException"):
        return f"the bucket is in another Region ({text}): give --region"
    if code == "RequestTimeTooSkewed":
        return "this machine's clock is wrong: set it, AWS refuses requests that are 15 minutes off"
    return f"{error.operation_name}: {text or code} ({code})"


def is_denied(error: ClientError) -> bool:
    """Whether a permission is lacking."""
    return error.response["Error"].get("Code") in _DENIED


def _denied(error: ClientError, text: str) -> str:
    """Which action on which ARN: from AWS's sentence where it says so, else from what was asked."""
    match = re.search(r'^User: (\S+) is not authorized to perform: ([\w:-]+)(?: on resource: "?([^\s"]+)"?)?', text)
    who, action, resource = match.groups() if match else (None, None, None)
    if error.operation_name.startswith("AssumeRole"):
        role = error.response["Error"].get("Resource", "the role")
        return f"not allowed: sts:{error.operation_name} on {role}: its trust policy must name this identity provider"
    asked = error.response["Error"]
    action = action or _ACTIONS.get(error.operation_name, asked.get("Action") or error.operation_name)
    resource = resource or asked.get("Resource") or "a resource that AWS does not name"
    return f"not allowed: {action} on {resource}{f' as {who}' if who else ''}: have it added to the policy"


def _one_line(value: object) -> str:
    """Without line breaks, and cut: a refused template comes back in full."""
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} ... {text[-_LONGEST // 2 :]}"
