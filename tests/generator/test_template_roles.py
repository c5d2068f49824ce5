"""Which role may do what, and who may take it."""

from __future__ import annotations

from generator.settings import BuildVariable
from tests.generator.variants import EVERY_SOURCE, PIPELINES, resolved, template
from workbench.resolve import resolve


@EVERY_SOURCE
def test_a_wildcard_resource_needs_a_reason(source: str) -> None:
    found = resolved(source)
    for title in found.resources:
        for statement in found.statements(title):
            assert "*" not in statement.get("Resource", []), (title, statement)


TELLING = {"codebuild.amazonaws.com", "events.amazonaws.com"}


@EVERY_SOURCE
def test_a_role_is_assumed_for_this_accounts_resources_alone_where_the_service_tells_whose_they_are(
    source: str,
) -> None:
    roles = resolved(source).of_type("AWS::IAM::Role")
    assert roles
    for title, role in roles.items():
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        ours = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
        # what a service does not send must not be asked for: nobody could assume the role
        assert trust.get("Condition") == (ours if trust["Principal"]["Service"] in TELLING else None), title


WRITERS = {"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:*", "*"}


@EVERY_SOURCE
def test_only_the_pruner_may_delete_objects_and_only_the_publisher_may_write_the_store(source: str) -> None:
    found = resolved(source)
    for title in found.resources:
        for statement in found.statements(title):
            if statement["Effect"] == "Deny":
                continue
            deleting = {"s3:DeleteObject"} if title == "PrunerRole" else set()
            assert WRITERS & set(statement["Action"]) <= deleting, title
            if any(action.startswith("cloudfront-keyvaluestore:") for action in statement["Action"]):
                assert title == "PublisherRole"
                assert statement["Resource"] == ["<Store.Arn>"]


@PIPELINES
def test_the_upload_may_create_deployments_and_nothing_else_in_the_site_bucket(source: str) -> None:
    granted = {
        (action, resource.removeprefix("<SiteBucket.Arn>/"))
        for statement in resolved(source).statements("UploadRole")
        for action in statement["Action"]
        for resource in statement["Resource"]
        if resource.startswith("<SiteBucket.Arn>") and action == "s3:PutObject"
    }
    created = {"deployments/*", "immutable/*", "manifests/*", "executions/*", "uploads/*"}
    assert granted == {("s3:PutObject", path) for path in created}


@PIPELINES
def test_the_build_may_touch_nothing_but_its_archive_its_ticket_its_cache_and_its_log(source: str) -> None:
    statements = resolved(source).statements("BuildRole")
    written = {r for s in statements if "s3:PutObject" in s["Action"] for r in s["Resource"]}
    assert written == {f"<ArtifactBucket.Arn>/{path}" for path in ("*/Built/*", "archives/*", "cache/*")}
    touched = {r.partition("/")[0] for s in statements for r in s["Resource"]}
    assert touched <= {"<ArtifactBucket.Arn>", "<BuildLog.Arn>"}


def test_build_variables_reach_the_build_with_exactly_their_permissions() -> None:
    variables = (
        BuildVariable("API_URL", "PLAINTEXT", "https://api.example.com"),
        BuildVariable("TOKEN", "PARAMETER_STORE", "/site/token"),
        BuildVariable("KEY", "SECRETS_MANAGER", "site/key:json-key"),
        BuildVariable(
            "FULL", "SECRETS_MANAGER", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:site/full-AbCdEf:json-key"
        ),
        BuildVariable(
            "PARTIAL", "SECRETS_MANAGER", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:site/partial"
        ),
    )
    found = resolve(template("git", variables=variables))
    own = [v for v in found.properties("BuildProject")["Environment"]["EnvironmentVariables"] if "Type" in v]
    assert [(v["Name"], v["Type"], v["Value"]) for v in own] == list(variables)
    granted = {tuple(s["Action"]): s["Resource"] for s in found.statements("BuildRole")}
    assert granted["ssm:GetParameters",] == ["arn:aws:ssm:eu-central-1:111122223333:parameter/site/token"]
    assert granted["secretsmanager:GetSecretValue",] == [
        "arn:aws:secretsmanager:eu-central-1:111122223333:secret:site/key-??????",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:site/full-AbCdEf",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:site/partial-??????",
    ]
    without = resolve(template("git"))
    assert not [s for s in without.statements("BuildRole") if "ssm:GetParameters" in s["Action"]]
