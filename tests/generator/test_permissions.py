"""docs/permissions.md against every template: no permission without its row, no row without its permission."""

from __future__ import annotations

import re

import pytest

from workbench.permissions import granted, rows, sections
from workbench.templates import every_template


def test_every_permission_of_every_template_has_its_row_and_every_row_its_permission() -> None:
    given = {grant for template in every_template().values() for grant in granted(template)}
    written = {row[:3] for row in rows() if row.ours == "yes"}
    assert sorted(given - written) == [], "docs/permissions.md: these are granted and have no row"
    assert sorted(written - given) == [], "docs/permissions.md: these rows say yes, and no template grants them"
    assert sorted(given & {row[:3] for row in rows() if row.ours != "yes"}) == []


def test_every_row_says_whether_aws_asks_for_it_and_why_it_is_so() -> None:
    assert len({row[:3] for row in rows()}) == len(rows())
    for row in rows():
        assert row.asked in ("yes", "no"), row
        assert row.ours in ("yes", "no"), row
        # what is granted because AWS asks for it needs no other reason
        assert row.why or row.asked == row.ours == "yes", row


@pytest.mark.parametrize("text", [text for _, text in sections()], ids=[title for title, _ in sections()])
def test_every_table_names_the_page_of_aws_that_it_was_held_against(text: str) -> None:
    assert re.search(r"\]\(https://docs\.aws\.amazon\.com/", text)


def test_every_role_and_policy_of_every_template_has_a_table() -> None:
    kinds = {"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::SQS::QueuePolicy"}
    titles = {
        title
        for template in every_template().values()
        for title, resource in template["Resources"].items()
        if resource["Type"] in kinds | {"AWS::SNS::TopicPolicy"}
    }
    assert {title.partition(",")[0] for title, _ in sections()} >= titles


# What AWS's page on a pipeline's role lists for its artifacts: a pipeline without one of them ends in its first run.
# https://docs.aws.amazon.com/codepipeline/latest/userguide/how-to-custom-role.html
ARTIFACTS = {
    "ArtifactBucket": {"s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"},
    "ArtifactBucket/*": {
        *("s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging"),
        *("s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging"),
    },
}


def test_a_pipeline_may_do_with_its_artifacts_what_aws_says_that_it_needs() -> None:
    for template in every_template().values():
        if "Pipeline" in template["Resources"]:
            given = {(action, on) for who, action, on in granted(template) if who == "PipelineRole"}
            for on, actions in ARTIFACTS.items():
                assert actions == {action for action, where in given if where == on}
