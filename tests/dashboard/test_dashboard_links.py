"""Where a commit can be read, for each host that a connection can be to.

The hosts' own pages say how their addresses look:
https://docs.github.com/en/pull-requests/committing-changes-to-your-project/creating-and-editing-commits/about-commits,
https://docs.gitlab.com/user/project/repository/, https://support.atlassian.com/bitbucket-cloud/docs/view-a-commit/
"""

from __future__ import annotations

import json

import pytest

from dashboard.links import Links, links, told

ARN = "arn:aws:codeconnections:eu-central-1:111122223333:connection/1a2b"
CONSOLE = (
    "https://eu-central-1.console.aws.amazon.com/codesuite/settings/connections/redirect"
    "?connectionArn=arn%3Aaws%3Acodeconnections%3Aeu-central-1%3A111122223333%3Aconnection%2F1a2b"
    "&referenceType=COMMIT&FullRepositoryId=ada%2Fshop&Commit={commit}"
)


@pytest.mark.parametrize(
    ("host", "repository", "page", "commit"),
    [
        ("GitHub", "ada/shop", "https://github.com/ada/shop", "/commit/{commit}"),
        ("GitLab", "ada/web/shop", "https://gitlab.com/ada/web/shop", "/-/commit/{commit}"),
        ("Bitbucket", "ada/shop", "https://bitbucket.org/ada/shop", "/commits/{commit}"),
        ("GitHub", 'a"d a/<shop>', "https://github.com/a%22d%20a/%3Cshop%3E", "/commit/{commit}"),
    ],
)
def test_a_commit_is_at_its_host(host: str, repository: str, page: str, commit: str) -> None:
    assert links(host, repository, ARN, "eu-central-1") == Links(host, page, page + commit)


@pytest.mark.parametrize("host", ["GitHubEnterpriseServer", "GitLabSelfManaged", "AzureDevOps", ""])
def test_of_a_host_whose_address_nobody_else_knows_aws_leads_to_the_commit(host: str) -> None:
    assert links(host, "ada/shop", ARN, "eu-central-1") == Links(host, "", CONSOLE)


def test_without_a_repository_or_a_connection_there_is_no_link() -> None:
    assert links("GitHub", "", ARN, "eu-central-1") == Links()
    assert links("", "ada/shop", "", "eu-central-1") == Links()


@pytest.mark.parametrize(
    ("summary", "host", "message"),
    [
        (json.dumps({"ProviderType": "GitLab", "CommitMessage": "Open\n\nthe shop"}), "GitLab", "Open\n\nthe shop"),
        ("Amazon S3 version id: 3sL4kqtJlcpXroDTDmJ", "", "Amazon S3 version id: 3sL4kqtJlcpXroDTDmJ"),
        ("", "", ""),
        ("[1]", "", "[1]"),
        ("[" * 2000, "", "[" * 2000),
    ],
)
def test_host_and_message_are_what_the_source_action_tells_of_the_commit(summary: str, host: str, message: str) -> None:
    assert told(summary) == (host, message)
