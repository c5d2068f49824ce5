"""Where a commit can be read: the address at the host that the repository is at.

AWS tells the host's name and not its address, so the addresses stand here.
"""

from __future__ import annotations

import json
from typing import NamedTuple
from urllib.parse import quote

# https://docs.aws.amazon.com/codeconnections/latest/APIReference/API_Connection.html names the hosts; those that are
# somebody's own (GitHubEnterpriseServer, GitLabSelfManaged) have an address that only AWS's page knows.
_HOSTS = {
    "GitHub": ("https://github.com/{}", "/commit/{{commit}}"),
    "GitLab": ("https://gitlab.com/{}", "/-/commit/{{commit}}"),
    "Bitbucket": ("https://bitbucket.org/{}", "/commits/{{commit}}"),
}


class Links(NamedTuple):
    """A repository's page, and its commits' with {commit} in it; empty where they are not known."""

    host: str = ""
    repository: str = ""
    commit: str = ""


def links(host: str, repository: str, connection: str, region: str) -> Links:
    """The pages of `repository` at `host`; of a host that is somebody's own, by way of AWS's console."""
    if not repository:
        return Links()
    path = quote(repository)
    if host in _HOSTS:
        page, commit = _HOSTS[host]
        return Links(host, page.format(path), page.format(path) + commit.format())
    console = f"https://{region}.console.aws.amazon.com/codesuite/settings/connections/redirect?connectionArn="
    place = f"{console}{quote(connection, safe='')}&referenceType=COMMIT&FullRepositoryId={quote(repository, safe='')}"
    return Links(host, "", f"{place}&Commit={{commit}}" if connection else "")


def told(summary: str) -> tuple[str, str]:
    """Host and message, as a source action of a connection tells them of its commit."""
    try:
        known = json.loads(summary)
        return str(known.get("ProviderType", "")), str(known.get("CommitMessage", ""))
    except (ValueError, AttributeError, RecursionError):  # whoever uploads a zip may write what they like
        return "", summary
