"""The kinds of senders: how each proves itself, how it is read, and what a route can ask of it.

It is a table so that another kind is another row: what checks, reads and filters asks it, and names no sender itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from door import events, signatures
from door.request import Request


class Sender(NamedTuple):
    """A kind of sender.

    check: tells whether a request comes from it
    read: what a verified request says has happened
    events: which events start something if the route does not choose
    is_git: it names repositories, branches and commits
    lists_paths: it names the changed files
    can_ask: its requests can say what they wish (a commit, or something for the publisher)
    """

    check: signatures.Check
    read: Callable[[Request], list[events.Event]]
    events: tuple[str, ...] = ("**",)
    is_git: bool = False
    lists_paths: bool = False
    can_ask: bool = False


_CONTENTFUL = ("ContentManagement.*.publish", "ContentManagement.*.unpublish")  # not each save of a draft

SENDERS = {
    "github": Sender(signatures.hub("x-hub-signature-256", "sha256="), events.github, ("push",), True, True),
    "gitlab": Sender(signatures.gitlab_token, events.gitlab, ("Push Hook",), True, True),
    "gitlab-signed": Sender(signatures.standard, events.gitlab, ("Push Hook",), True, True),
    "bitbucket": Sender(
        signatures.hub("x-hub-signature", "sha256="), events.bitbucket, ("repo:push", "repo:refs_changed"), True
    ),
    "gitea": Sender(signatures.hub("x-gitea-signature", ""), events.gitea, ("push",), True, True),
    "forgejo": Sender(signatures.hub("x-forgejo-signature", ""), events.forgejo, ("push",), True, True),
    "standard": Sender(signatures.standard, events.standard, can_ask=True),
    "contentful": Sender(signatures.contentful, events.contentful, _CONTENTFUL),
    "sanity": Sender(signatures.sanity, events.sanity),
    "hook": Sender(signatures.plain, events.plain, can_ask=True),
}
