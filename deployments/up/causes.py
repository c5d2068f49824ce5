"""The first cause of a failed operation, and its remedy: CloudFormation's last line only says that others ended.

https://github.com/aws/aws-cdk/issues/14780 and https://github.com/aws/aws-sam-cli/issues/1865 are what users miss.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from deployments.up.meanings import meaning

if TYPE_CHECKING:
    from aws_types import StackEvent

_STACK = "AWS::CloudFormation::Stack"
# What CloudFormation says of those that it stops because another one failed
_FOLLOWS = re.compile(r"(creation|update|deletion) cancell?ed", re.IGNORECASE)
_LONGEST = 500  # characters of what AWS says: a refused property comes back with its whole value


class Cause(NamedTuple):
    """What failed first: `name` is the resource, "" if it is the whole stack; `remedy` is "" if none is known."""

    name: str
    text: str
    remedy: str


class _Known(NamedTuple):
    """A cause that is known by what AWS says."""

    said: str
    remedy: str
    name: str = ""


# In this order: the first that matches. The words are AWS's, from the pages and reports beside them.
_KNOWN = (
    # https://github.com/aws-samples/aws-cdk-examples/issues/279
    _Known(
        r"account must be verified",
        "AWS's support must first allow CloudFront for this account: open a case in the console, with this sentence",
    ),
    # https://docs.aws.amazon.com/cloudfront/latest/DeveloperGuide/CNAMEs.html#alternate-domain-names-move
    _Known(
        r"CNAMEs? you provided (are|is) already associated|CNAMEAlreadyExists|incorrectly configured DNS record that "
        r"points to another CloudFront",
        "another distribution has this domain name, perhaps in another account (Amplify and API Gateway make some, "
        "too): take it away there, or leave DomainNames and CertificateArn out for now",
    ),
    # https://docs.aws.amazon.com/cloudfront/latest/DeveloperGuide/cnames-and-https-requirements.html
    _Known(
        r"SSL certificate doesn't exist|isn't in us-east-1|InvalidViewerCertificate|certificate.*isn't valid",
        "CertificateArn must be a certificate in us-east-1 that is issued (not pending): `aws acm describe-certificate "
        "--region us-east-1 --certificate-arn ...` says its status",
    ),
    _Known(
        r"doesn't cover the alternate domain|certificate that covers",
        "the certificate must name each of DomainNames: request one in us-east-1 that does",
    ),
    # https://docs.aws.amazon.com/dtconsole/latest/userguide/connections-update.html
    _Known(
        r"connection.{0,200}(not available|is not in|pending)|(pending|not available).{0,80}connection",
        "the connection's handshake is not finished: finish it in the console under Developer Tools, Connections, or "
        "run `deployments init` again",
    ),
    _Known(
        r"(codeconnections|codestar-connections):(UseConnection|PassConnection|GetConnection)",
        "you may not use this connection: `deployments rights` prints the policy that you need",
    ),
    # https://repost.aws/knowledge-center/cloudformation-kvs: aws-solutions-library-samples/
    # secure-media-delivery-at-the-edge-on-aws, pull request 37
    _Known(
        r"KVS cannot be associated before",
        "the store was not ready when it was needed: run `deployments up --no-express`, which waits for each resource",
    ),
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
    _Known(
        r"not authorized to perform|AccessDenied|access denied|UnauthorizedOperation|is not authorized|Unauthorized",
        "you lack a permission: `deployments rights` prints the policy that you need",
    ),
    _Known(
        r"bucket name is not available|BucketAlreadyExists|BucketAlreadyOwnedByYou|already exists",
        "something by this name is there already, often kept by a stack that was deleted: delete it or rename it, or "
        "give this stack another name",
    ),
    _Known(
        r"LimitExceeded|limit exceeded|TooMany|quota|maximum number of|exceeds the (limit|quota)|limit .{0,40}exceeded",
        "the account's quota is used up: delete what is not needed, or ask for more in Service Quotas "
        "(docs/regions-and-quotas.md)",
    ),
    # what CloudFormation answers to a request at once
    _Known(
        r"must have values",
        "set it in samconfig.toml, under parameter_overrides: `deployments init` asks for it",
    ),
    _Known(
        r"^Parameters?\b|parameter .{0,60}(failed to satisfy|must be)",
        "correct it in samconfig.toml, under parameter_overrides",
    ),
    _Known(
        r"_IN_PROGRESS state|OBSOLETE|OperationInProgress|cannot be executed in its current|in EXECUTE_|"
        r"ChangeSet .{0,300}does not exist",
        "somebody changes the stack at the same time: run `deployments up` again, which follows that first",
    ),
    _Known(
        r"throttl|Rate exceeded",
        "AWS had too many requests at once: run `deployments up` again in a few minutes",
    ),
    _Known(
        r"invalid principal|Unrecognized resource types?|not (supported|available) in (this )?region|"
        r"Resource type .{0,80} (is not supported|does not exist)",
        "this Region lacks something: docs/regions-and-quotas.md says which Regions have all",
    ),
    _Known(
        r"Service ?Control ?Polic|explicit deny",
        "your organization forbids it: ask whoever manages its policies",
    ),
    _Known(
        r"internal failure|InternalFailure|ServiceUnavailable|service failure",
        "AWS had a fault: run `deployments up` again",
    ),
)


def first_cause(events: Sequence[StackEvent]) -> Cause | None:
    """The first failure of an operation whose events these are, oldest first; None if nothing failed."""
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    own = [event for event in failed if not _FOLLOWS.search(event.get("ResourceStatusReason", ""))]
    of_resources = [event for event in own if event["ResourceType"] != _STACK]
    for event in (of_resources or own or failed)[:1]:
        name = "" if event["ResourceType"] == _STACK else event["LogicalResourceId"]
        return cause(event.get("ResourceStatusReason", "no reason was given"), name, event["ResourceType"])
    return None


def cause(said: str, name: str = "", kind: str = "") -> Cause:
    """What AWS said of a failure, with the resource in words, and the remedy where it is known."""
    text = _one_line(said)
    words = meaning(name, kind).what
    who = words if words.startswith(f"{name} ") else f"{name} ({words})"
    return Cause(name, f"{who}: {text}" if name else text, remedy(text))


def remedy(said: str) -> str:
    """What helps against what AWS says; "" if no cause is known that says so."""
    return next((known.remedy for known in _KNOWN if re.search(known.said, said, re.IGNORECASE)), "")


def _one_line(said: str) -> str:
    """Without line breaks, IDs of requests, and what each handler says before the reason."""
    text = " ".join(said.split())
    text = re.sub(r"^Resource handler returned message: \"(.*)\"( \(RequestToken: .*\))?$", r"\1", text)
    text = re.sub(r",? ?(Request ID|Extended Request ID|RequestToken|Proxy|SDK Attempt Count): ?[^,;)]*", "", text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
