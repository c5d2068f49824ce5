"""The senders of the tests: requests as each of them documents its own, signed here with nothing of the webhook's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

SECRET = "It's a Secret to Everybody, even in tests"
STANDARD_SECRET = "whsec_" + base64.b64encode(b"a standard secret of 32 bytes...").decode()
COMMIT, OLD, NONE = "a" * 39 + "1", "b" * 40, "0" * 40


@dataclass(frozen=True)
class Sent:
    """A request on its way: `path` as in the URL, `body` as bytes."""

    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"

    def but(self, **headers: str) -> Sent:
        """The same with other headers; `_` stands for `-`."""
        return replace(self, headers={**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}})

    def without(self, header: str) -> Sent:
        return replace(self, headers={k: v for k, v in self.headers.items() if k != header})

    def event(self, *, base64_encoded: bool = False) -> dict[str, Any]:
        """The function URL's event. https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html"""
        path, _, query = self.path.partition("?")
        text = base64.b64encode(self.body).decode() if base64_encoded else self.body.decode()
        return {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "requestContext": {
                "http": {"method": self.method, "path": path, "sourceIp": "192.0.2.1", "protocol": "HTTP/1.1"},
                "domainName": "abc.lambda-url.us-east-1.on.aws",
                "requestId": str(uuid.uuid4()),
                "stage": "$default",
            },
            "body": text,
            "isBase64Encoded": base64_encoded,
        }


def compact(content: Any) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()


def hex_mac(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def push(branch: str = "main", commit: str = COMMIT, *files: str, **members: Any) -> dict[str, Any]:
    """A push as GitHub and Gitea send it, with the members that matter."""
    changed = {"id": commit, "added": [], "removed": [], "modified": list(files or ("README.md",))}
    return {
        "ref": f"refs/heads/{branch}",
        "before": OLD,
        "after": commit,
        "created": False,
        "deleted": False,
        "forced": False,
        "commits": [changed],
        "repository": {"full_name": "example/website", "fork": False, "pushed_at": time.time_ns()},
        **members,
    }


def github(content: Any = None, event: str = "push", secret: str = SECRET, path: str = "/github") -> Sent:
    body = content if isinstance(content, bytes) else compact(push() if content is None else content)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/044aadd",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature": "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest(),
        "X-Hub-Signature-256": f"sha256={hex_mac(secret, body)}",
    }
    return Sent(path, body, headers)


def gitlab_push(branch: str = "main", commit: str = COMMIT, *files: str, **members: Any) -> dict[str, Any]:
    changed = {"id": commit, "added": [], "removed": [], "modified": list(files or ("README.md",))}
    return {
        "object_kind": "push",
        "event_name": "push",
        "before": OLD,
        "after": commit,
        "ref": f"refs/heads/{branch}",
        "checkout_sha": commit,
        "project": {"path_with_namespace": "example/website"},
        "commits": [changed],
        "total_commits_count": 1,
        **members,
    }


def gitlab(content: Any = None, event: str = "Push Hook", secret: str = SECRET) -> Sent:
    headers = {
        "Content-Type": "application/json",
        "X-Gitlab-Event": event,
        "X-Gitlab-Token": secret,
        "Idempotency-Key": str(uuid.uuid4()),
        "X-Gitlab-Event-UUID": str(uuid.uuid4()),
    }
    return Sent("/gitlab", compact(content or gitlab_push()), headers)


def sign_standard(sent: Sent, secret: str = STANDARD_SECRET, at: float | None = None, name: str = "") -> Sent:
    name, stamp = name or f"msg_{uuid.uuid4().hex}", str(int(time.time() if at is None else at))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{name}.{stamp}.".encode() + sent.body, hashlib.sha256).digest()
    return sent.but(webhook_id=name, webhook_timestamp=stamp, webhook_signature="v1," + base64.b64encode(mac).decode())


def gitlab_signed(content: Any = None, event: str = "Push Hook", secret: str = STANDARD_SECRET, **sign: Any) -> Sent:
    sent = Sent("/gitlab-signed", compact(content or gitlab_push()), {"X-Gitlab-Event": event})
    return sign_standard(sent.but(Content_Type="application/json"), secret, **sign)


def bitbucket_change(branch: str = "main", commit: str = COMMIT, kind: str = "branch") -> dict[str, Any]:
    new = {"type": kind, "name": branch, "target": {"type": "commit", "hash": commit}}
    old = {"type": kind, "name": branch, "target": {"type": "commit", "hash": OLD}}
    return {"new": new, "old": old, "created": False, "closed": False, "forced": False, "truncated": False}


def bitbucket(content: Any = None, event: str = "repo:push", secret: str = SECRET) -> Sent:
    content = content or {
        "push": {"changes": [bitbucket_change(commit=uuid.uuid4().hex + "0" * 8)]},
        "repository": {"full_name": "example/website", "type": "repository"},
    }
    body = compact(content)
    headers = {
        "Content-Type": "application/json",
        "X-Event-Key": event,
        "X-Hook-UUID": str(uuid.uuid4()),
        "X-Request-UUID": str(uuid.uuid4()),
        "X-Attempt-Number": "1",
        "X-Hub-Signature": f"sha256={hex_mac(secret, body)}",
    }
    return Sent("/bitbucket", body, headers)


def gitea(content: Any = None, event: str = "push", secret: str = SECRET, kind: str = "Gitea") -> Sent:
    body = compact(content or push(total_commits=1))
    headers = {
        "Content-Type": "application/json",
        f"X-{kind}-Event": event,
        f"X-{kind}-Delivery": str(uuid.uuid4()),
        f"X-{kind}-Signature": hex_mac(secret, body),
    }
    return Sent(f"/{kind.lower()}", body, headers)


def forgejo(content: Any = None, event: str = "push", secret: str = SECRET) -> Sent:
    return gitea(content, event, secret, "Forgejo")


def standard(content: Any = None, secret: str = STANDARD_SECRET, **sign: Any) -> Sent:
    content = content or {"type": "content.published", "timestamp": "2026-05-01T10:00:00Z", "data": {"id": 7}}
    return sign_standard(Sent("/standard", compact(content), {"Content-Type": "application/json"}), secret, **sign)


def contentful(
    content: Any = None, event: str = "ContentManagement.Entry.publish", secret: str = SECRET, at: float | None = None
) -> Sent:
    body = compact(content or {"sys": {"id": uuid.uuid4().hex, "type": "Entry"}})
    stamp = str(int((time.time() if at is None else at) * 1000))
    listed = "content-type,x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic"
    headers = {
        "Content-Type": "application/vnd.contentful.management.v1+json",
        "X-Contentful-Signed-Headers": listed,
        "X-Contentful-Timestamp": stamp,
        "X-Contentful-Topic": event,
    }
    lower = {name.lower(): value for name, value in headers.items()}
    text = ";".join(f"{name}:{lower[name]}" for name in listed.split(","))
    signed = f"POST\n/contentful\n{text}\n".encode() + body
    headers |= {"X-Contentful-Signature": hex_mac(secret, signed), "X-Contentful-Idempotency-Key": uuid.uuid4().hex}
    return Sent("/contentful", body, headers)


def sanity(content: Any = None, event: str = "update", secret: str = SECRET, at: float | None = None) -> Sent:
    body = compact(content or {"_id": "post-1"})
    stamp = int((time.time() if at is None else at) * 1000)
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).digest()
    signature = base64.urlsafe_b64encode(mac).decode().rstrip("=")
    headers = {
        "Content-Type": "application/json",
        "Sanity-Operation": event,
        "Idempotency-Key": str(uuid.uuid4()),
        "Sanity-Webhook-Signature": f"t={stamp},v1={signature}",
    }
    return Sent("/sanity", body, headers)


def hook(body: bytes = b"", secret: str = SECRET, path: str = "/hook", **headers: str) -> Sent:
    return Sent(path, body, {"Authorization": f"Bearer {secret}"}).but(**headers)


# One request of each sender that starts the pipeline; each call gives a new delivery.
SENDERS: dict[str, Callable[..., Sent]] = {
    "github": github,
    "gitlab": gitlab,
    "gitlab-signed": gitlab_signed,
    "bitbucket": bitbucket,
    "gitea": gitea,
    "forgejo": forgejo,
    "standard": standard,
    "contentful": contentful,
    "sanity": sanity,
    "hook": hook,
}
TIMED: dict[str, Callable[..., Sent]] = {
    "gitlab-signed": gitlab_signed,
    "standard": standard,
    "contentful": contentful,
    "sanity": sanity,
}
SIGNATURES = {
    "github": "X-Hub-Signature-256",
    "gitlab": "X-Gitlab-Token",
    "gitlab-signed": "webhook-signature",
    "bitbucket": "X-Hub-Signature",
    "gitea": "X-Gitea-Signature",
    "forgejo": "X-Forgejo-Signature",
    "standard": "webhook-signature",
    "contentful": "X-Contentful-Signature",
    "sanity": "Sanity-Webhook-Signature",
    "hook": "Authorization",
}
