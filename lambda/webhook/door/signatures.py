"""Tells whether a request comes from somebody who knows the secret: each sender's scheme, over the raw bytes.

Nothing of a body is parsed here. What a scheme signs decides what names a delivery. Somebody could record a request and
send it again, so a name is taken only from what an attacker cannot change.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from door.keys import standard_keys
from door.request import Request

TOLERANCE = 300  # seconds between a signed timestamp and now, both ways: what the Standard Webhooks libraries allow


class Verified(NamedTuple):
    """A request that comes from the sender.

    A later request with any of these `names` is the same delivery. Without names each request is a new one.
    """

    names: tuple[str, ...] = ()


Check = Callable[[Request, Sequence[str], float], Verified | None]


def hub(header: str, prefix: str) -> Check:
    """The scheme of GitHub, Bitbucket, Gitea: `prefix` and the hexadecimal HMAC-SHA256 of the body.

    Their delivery IDs are not signed and there is no timestamp, so the body itself names the delivery.
    https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    """

    def check(request: Request, secrets: Sequence[str], _now: float) -> Verified | None:
        wanted = [prefix + _mac(secret.encode(), request.body).hex() for secret in secrets]
        return Verified((_digest(request.body),)) if _is_one_of(request.header(header), wanted) else None

    return check


def gitlab_token(request: Request, secrets: Sequence[str], _now: float) -> Verified | None:
    """GitLab's secret token, sent as it is; nothing is signed.

    https://docs.gitlab.com/user/project/integrations/webhooks/
    """
    if not _is_one_of(request.header("x-gitlab-token"), secrets):
        return None
    return _named(request.header("idempotency-key") or request.header("x-gitlab-event-uuid"))


def standard(request: Request, secrets: Sequence[str], now: float) -> Verified | None:
    """Standard Webhooks, also GitLab's signing token: `v1,` or `v1a,` and a signature of ID, timestamp and body.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """
    name, sent = request.header("webhook-id"), request.header("webhook-timestamp")
    # a full stop separates what is signed: with one in the ID, parts of it could be passed off as the timestamp
    if not re.fullmatch(r"[!-\-/-~]{1,256}", name) or not _is_recent(sent, 1, now):
        return None
    signed = f"{name}.{sent}.".encode() + request.body
    given = request.header("webhook-signature").split(" ")[:8]  # a rotation has two
    verified = [verify(signed, one) for verify in standard_keys(secrets) for one in given]
    return Verified((name,)) if any(verified) else None


def contentful(request: Request, secrets: Sequence[str], now: float) -> Verified | None:
    """Contentful: the hexadecimal HMAC-SHA256 of method, path, the headers that it lists, and the body.

    https://github.com/contentful/node-apps-toolkit (src/requests)
    """
    listed = [name.strip().lower() for name in request.header("x-contentful-signed-headers").split(",")]
    relied_upon = {"x-contentful-timestamp"} | ({"x-contentful-topic"} & set(request.headers))
    # in milliseconds
    if not relied_upon <= set(listed) or not _is_recent(request.header("x-contentful-timestamp"), 1000, now):
        return None
    headers = ";".join(f"{name}:{request.header(name).strip()}" for name in sorted(listed))
    signed = f"{request.method}\n{request.path}\n{headers}\n".encode(errors="surrogatepass") + request.body
    wanted = [_mac(secret.encode(), signed).hex() for secret in secrets]
    if not _is_one_of(request.header("x-contentful-signature"), wanted):
        return None
    # https://www.contentful.com/developers/changelog/idempotency-key-headers-for-webhook-requests/
    return _named(request.header("x-contentful-idempotency-key"), _digest(signed))


def sanity(request: Request, secrets: Sequence[str], now: float) -> Verified | None:
    """Sanity: `t=<milliseconds>,v1=` and the base64url HMAC-SHA256 of timestamp and body.

    https://github.com/sanity-io/webhook-toolkit (src/signature.ts); the age is checked here, not there
    """
    match = re.fullmatch(r"t=([0-9]+)[, ]+v1=([^, ]+)", request.header("sanity-webhook-signature"))
    if not match or not _is_recent(match[1], 1000, now):  # in milliseconds
        return None
    signed = f"{match[1]}.".encode() + request.body
    wanted = [base64.urlsafe_b64encode(_mac(secret.encode(), signed)).rstrip(b"=").decode() for secret in secrets]
    if not _is_one_of(match[2], wanted):
        return None
    return _named(request.header("idempotency-key"), _digest(signed))


def plain(request: Request, secrets: Sequence[str], _now: float) -> Verified | None:
    """A plain deploy hook: the secret as a bearer token, or as the rest of the path."""
    scheme, _, token = request.header("authorization").partition(" ")
    given = request.rest if request.rest else token if scheme.lower() == "bearer" else ""
    return _named(request.header("idempotency-key")) if _is_one_of(given, secrets) else None


def _named(*names: str) -> Verified:
    return Verified(tuple(name for name in names if name))


def _is_recent(text: str, unit: int, now: float) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,16}", text)) and abs(now - int(text) / unit) <= TOLERANCE


def _mac(key: bytes, signed: bytes) -> bytes:
    return hmac.digest(key, signed, "sha256")


def _digest(signed: bytes) -> str:
    return hashlib.sha256(signed).hexdigest()


def _is_one_of(given: str, wanted: Iterable[str]) -> bool:
    """Whether `given` is one of `wanted`. The time that it takes tells neither which one, nor how much of it fits."""
    found = given.encode(errors="surrogatepass")
    # compares with all of them, also when one was found
    return sum(hmac.compare_digest(found, one.encode()) for one in wanted) > 0
