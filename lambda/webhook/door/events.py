"""Reads what happened at the sender, in one form for all senders. Each sender has a function; nothing is decided.

Ten kinds of senders name a branch in nearly as many ways. The filters of a route are written once, so they see one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from door.payloads import Members, inner, members, objects, text
from door.request import Refusal, Request

_NOTHING = {"ping": "a ping", "diagnostics:ping": "a ping", "Tag Push Hook": "a tag"}
_MOST_COMMITS = 2048  # GitHub lists no more in one push, and does not say whether there were more


class Event(NamedTuple):
    """One thing that happened.

    name: what the sender calls it; a route's `events` choose among these
    nothing: why it can start nothing, whatever a route says (a ping, a tag, a deleted branch), or ""
    paths: the files that changed, or None if the sender does not list all of them
    wish: the members that the caller of a plain hook gave
    """

    name: str
    nothing: str = ""
    repository: str = ""
    fork: bool = False
    branch: str = ""
    commit: str = ""
    paths: frozenset[str] | None = None
    wish: Members = {}


def github(request: Request) -> list[Event]:
    """https://docs.github.com/en/webhooks/webhook-events-and-payloads#push"""
    return [_git(_name(request, "x-github-event"), members(request))]


def gitea(request: Request) -> list[Event]:
    """https://docs.gitea.com/usage/repository/webhooks"""
    return [_git(_name(request, "x-gitea-event"), members(request))]


def forgejo(request: Request) -> list[Event]:
    """https://forgejo.org/docs/latest/user/webhooks/"""
    return [_git(_name(request, "x-forgejo-event"), members(request))]


def gitlab(request: Request) -> list[Event]:
    """https://docs.gitlab.com/user/project/integrations/webhook_events/#push-events"""
    return [_git(_name(request, "x-gitlab-event"), members(request))]


def bitbucket(request: Request) -> list[Event]:
    """Cloud's `repo:push` and Data Center's `repo:refs_changed`: several branches in one request.

    https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/
    https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html
    """
    name, body = _name(request, "x-event-key"), members(request)
    if name in _NOTHING:
        return [Event(name, nothing=_NOTHING[name])]
    repository = inner(body, "repository")
    project = text(repository, "project", "key")
    full_name = text(repository, "full_name") or f"{project}/{text(repository, 'slug')}".strip("/")
    base = Event(name, repository=full_name, fork=bool({"parent", "origin"} & set(repository)))
    if name == "repo:push":
        return [_cloud_change(base, change) for change in _changes(inner(body, "push"))]
    if name == "repo:refs_changed":
        return [_data_center_change(base, change) for change in _changes(body)]
    return [base]


def contentful(request: Request) -> list[Event]:
    """https://www.contentful.com/developers/docs/webhooks/headers"""
    return [Event(_name(request, "x-contentful-topic"))]


def sanity(request: Request) -> list[Event]:
    """`create`, `update` or `delete`; the body is whatever the projection makes of the document."""
    return [Event(_name(request, "sanity-operation"))]


def standard(request: Request) -> list[Event]:
    """Standard Webhooks: the member `type` names the event, `data` holds what it is about."""
    body = members(request)
    if not text(body, "type"):
        raise Refusal(400, "the body has no member 'type': send one that names the event")
    return [_asked(text(body, "type"), inner(body, "data"))]


def plain(request: Request) -> list[Event]:
    """A plain hook: its body is empty, or has members, or is a text that nobody reads."""
    kind = request.header("content-type").partition(";")[0].strip().lower()
    named = kind.endswith(("/json", "+json", "/x-www-form-urlencoded"))
    return [_asked("", members(request) if named and request.body else {})]


def _name(request: Request, header: str) -> str:
    name = request.header(header)
    if not name:
        raise Refusal(400, f"the header {header} is missing: send it, or name your sender in the route")
    return name


def _asked(name: str, wish: Members) -> Event:
    return Event(name, branch=text(wish, "branch"), commit=text(wish, "commit"), wish=wish)


def _git(name: str, body: Members) -> Event:
    """An event in GitHub's form, which GitLab, Gitea and Forgejo follow."""
    repository, project = inner(body, "repository"), inner(body, "project")
    full_name = text(project, "path_with_namespace") or text(repository, "full_name")
    base = Event(name, repository=full_name, fork=repository.get("fork") is True)
    if name in _NOTHING:
        return base._replace(nothing=_NOTHING[name])
    if name not in {"push", "Push Hook"}:
        return base
    ref, commit = text(body, "ref"), text(body, "after")
    if not ref or not commit:
        raise Refusal(400, "the push lacks 'ref' or 'after': send both, as the Git host does")
    push = _ref(base, ref)
    if not push.nothing and not commit.strip("0"):
        return push._replace(nothing=f"the branch {push.branch} was deleted")
    return push._replace(commit=commit, paths=_paths(body))


def _ref(base: Event, ref: str) -> Event:
    if ref.startswith("refs/tags/"):
        return base._replace(nothing="a tag")
    if not re.fullmatch("refs/heads/.+", ref, re.DOTALL):
        return base._replace(nothing=f"{ref} is not a branch")
    return base._replace(branch=ref.removeprefix("refs/heads/"))


def _paths(body: Members) -> frozenset[str] | None:
    """Every file that the push touched. None if not all are listed, or if there is no commit (a new branch)."""
    commits = objects(body, "commits")
    total = body.get("total_commits_count", body.get("total_commits", len(commits)))
    if not commits or total != len(commits) or len(commits) >= _MOST_COMMITS or body.get("forced") is True:
        return None
    paths: set[str] = set()
    for kind in ("added", "modified", "removed"):
        for commit in commits:
            found = commit.get(kind)
            if not isinstance(found, list) or not all(isinstance(path, str) for path in found):
                return None
            paths.update(found)
    return frozenset(paths)


def _changes(of: Members) -> list[Members]:
    changes = objects(of, "changes")
    if not changes:
        raise Refusal(400, "the push lacks 'changes': send them, as Bitbucket does")
    return changes


def _cloud_change(base: Event, change: Members) -> Event:
    new, old = inner(change, "new"), inner(change, "old")
    if (text(new, "type") or text(old, "type")) in {"tag", "annotated_tag"}:
        return base._replace(nothing="a tag")
    if not new:
        return base._replace(nothing=f"the branch {text(old, 'name')} was deleted")
    return _complete(base, text(new, "name"), text(new, "target", "hash"))


def _data_center_change(base: Event, change: Members) -> Event:
    event = _ref(base, text(change, "ref", "id"))
    if not event.nothing and text(change, "type") == "DELETE":
        return event._replace(nothing=f"the branch {event.branch} was deleted")
    return event if event.nothing else _complete(event, event.branch, text(change, "toHash"))


def _complete(base: Event, branch: str, commit: str) -> Event:
    if not branch or not commit:
        raise Refusal(400, "a change lacks its branch or its commit: send both, as Bitbucket does")
    return base._replace(branch=branch, commit=commit)
