"""What `up` says: of each resource, each change, each state of a stack, each known cause, and each version."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.session import get_session

from contract import VERSION
from deployments.up import version
from deployments.up.calls import CALLS
from deployments.up.causes import first_cause, remedy
from deployments.up.formation import Change
from deployments.up.meanings import meaning
from deployments.up.sentences import counts, in_short, sentences
from deployments.up.states import course, way_out
from workbench import ROOT
from workbench.read_yaml import as_yaml_1_1

if TYPE_CHECKING:
    from aws_types import StackEvent

GOLDEN = sorted((ROOT / "templates").glob("*.yaml"))
FORMATION = get_session().get_service_model("cloudformation")


def change(
    name: str, kind: str = "X", action: str = "Modify", replaced: bool | None = False, kept: bool = False
) -> Change:
    return Change(action, name, kind, replaced, kept)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_resource_of_every_template_has_words_of_its_own(path: Any) -> None:
    resources = as_yaml_1_1(path.read_text())["Resources"]
    told = {name: meaning(name, one["Type"]).what for name, one in resources.items()}
    # what no table knows is told by its own name and type
    assert {name: what for name, what in told.items() if "%s" in what or name in what} == {}
    assert len(set(told.values())) == len(told)


def test_what_is_replaced_is_said_with_what_is_noticed() -> None:
    told = {
        one.name: one.text for one in sentences([change(name, replaced=True) for name in ("Store", "PublisherRole")])
    }
    assert (
        "REPLACED: the store, which says what is live. The new one is empty: nothing is live, and visitors read"
        in told["Store"]
    )
    assert told["PublisherRole"].endswith("Nobody notices: the new one is there before the old one goes")
    (kept,) = sentences([change("SiteBucket", replaced=True, kept=True)])
    assert kept.text.endswith("The old one stays in your account")


def test_what_cloudformation_cannot_tell_is_said_only_where_somebody_would_notice() -> None:
    texts = {
        one.name: one.text for one in sentences([change(name, replaced=None) for name in ("Store", "PublishRule")])
    }
    assert texts["Store"].startswith("perhaps replaced (CloudFormation cannot tell before it does it): the store")
    assert "changed: the rule that publishes after a green build" == texts["PublishRule"]
    (stays,) = sentences([change("Distribution", "AWS::CloudFront::Distribution", replaced=None)])
    assert "changed" == stays.weight


def test_what_loses_something_comes_first_and_helpers_are_counted() -> None:
    made = [
        change("PublisherLog", action="Add"),
        change("PublisherRole", action="Add"),
        change("Pruner", action="Add"),
        change("Publisher"),
        change("Dashboard", action="Remove"),
        change("PrunerLog", action="Remove", kept=True),
        change("Store", replaced=True),
    ]
    lines = in_short(made)
    assert ["REPLACED", "removed", "removed", "changed", "new", "new"] == [re.split("[: ]", line)[0] for line in lines]
    assert "new: 2 roles, logs and permissions that serve these" == lines[-1]
    assert "removed: the log of the pruner. It stays in your account, but the stack does not own it any more" in lines
    assert "3 new, 1 changed, 1 replaced, 2 removed" == counts(made)


def test_every_state_that_cloudformation_has_leads_somewhere() -> None:
    states = FORMATION.shape_for("StackStatus").enum
    followed = {state for state in states if course(state) == "follow"}
    assert {state for state in states if state.endswith("_IN_PROGRESS")} - {"REVIEW_IN_PROGRESS"} == followed
    assert {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"} == {s for s in states if course(s) == "begin anew"}
    for state in states:
        if course(state) == "stop":
            assert "see its console" in way_out(state, "site", "eu-west-1") or "`aws cloudformation" in way_out(
                state, "site", "eu-west-1"
            )
    stuck = way_out("UPDATE_ROLLBACK_FAILED", "site", "eu-west-1")
    assert "`aws cloudformation continue-update-rollback --stack-name site --region eu-west-1`" in stuck


def event(status: str, name: str = "site", reason: str = "", kind: str = "") -> StackEvent:
    stack = "arn:aws:cloudformation:us-east-1:111122223333:stack/site/1"
    what = {
        "EventId": f"{name}-{status}",
        "StackId": stack,
        "LogicalResourceId": name,
        "ResourceType": kind or ("AWS::CloudFormation::Stack" if name == "site" else "AWS::X::Y"),
        "ResourceStatus": status,
        "Timestamp": datetime(2026, 5, 1, tzinfo=UTC),
    }
    return cast("StackEvent", {**what, "ResourceStatusReason": reason} if reason else what)


# The form is that of real courses, such as in https://github.com/aws/aws-cdk/issues/14780
COURSE = [
    event("CREATE_IN_PROGRESS"),
    event("CREATE_IN_PROGRESS", "Distribution"),
    event("CREATE_FAILED", "Publisher", "Resource creation cancelled"),
    event(
        "CREATE_FAILED",
        "Distribution",
        'Resource handler returned message: "Invalid request provided: One or more of the CNAMEs you provided are '
        "already associated with a different resource. (Service: CloudFront, Status Code: 409, Request ID: "
        '04c3eb61-4314-43e1-b511-8979a4bce421)" (RequestToken: 1, HandlerErrorCode: InvalidRequest)',
    ),
    event("CREATE_FAILED", "Store", "Resource creation cancelled"),
    event("ROLLBACK_IN_PROGRESS", "site", "The following resource(s) failed to create: [Publisher, Distribution]."),
    event("DELETE_FAILED", "SiteBucket", "The bucket is not empty"),
]


def test_the_first_cause_is_neither_the_last_line_nor_one_that_was_only_stopped() -> None:
    found = first_cause(COURSE)
    assert found
    assert "Distribution" == found.name
    assert found.text.startswith("Distribution (the distribution, through which visitors come): Invalid request")
    assert "Request ID" not in found.text
    assert found.remedy.startswith("another distribution has this domain name")
    assert first_cause(COURSE[:2]) is None


@pytest.mark.parametrize(
    ("said", "helps"),
    [
        (
            "Your account must be verified before you can add new CloudFront resources. (Error Code: AccessDenied)",
            "support",
        ),
        ("The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or", "us-east-1"),
        (
            "To add an alternate domain name (CNAME), you must attach a trusted certificate that covers it",
            "must name each",
        ),
        ("Connection arn:aws:codeconnections:us-east-1:1:connection/2 is not available", "handshake"),
        (
            "User: x is not authorized to perform: codestar-connections:PassConnection on resource: y",
            "may not use this",
        ),
        (
            "User: arn:aws:iam::1:user/me is not authorized to perform: iam:CreateRole on resource: z",
            "deployments rights",
        ),
        ("Access denied for operation 'AWS::Lambda::Function'.", "deployments rights"),
        ("taken already exists in stack arn:aws:cloudformation:us-east-1:1:stack/other/2", "by this name"),
        ("The requested bucket name is not available. The bucket namespace is shared by all users", "by this name"),
        ("Resource limit exceeded. TooManyDistributions", "Service Quotas"),
        ("The maximum number of key value stores was reached", "Service Quotas"),
        ("The KVS cannot be associated before the resource is provisioned", "--no-express"),
        ("Parameters: [ConnectionArn] must have values", "deployments init"),
        ("Parameter 'Routing' must be one of AllowedValues", "samconfig.toml"),
        ("Stack:arn is in UPDATE_IN_PROGRESS state and can not be updated.", "follows that first"),
        ("Rate exceeded", "in a few minutes"),
        ("Internal Failure", "AWS had a fault"),
        ("ChangeSet [arn:aws:cloudformation:x:1:changeSet/up-1/2] does not exist", "somebody changes the stack"),
    ],
)
def test_a_known_cause_has_its_remedy(said: str, helps: str) -> None:
    assert helps in remedy(said)


def test_a_cause_that_nobody_knows_gets_no_advice() -> None:
    assert "" == remedy("The moon is in the wrong house")


def test_a_template_of_each_version_says_which_it_is() -> None:
    for path in GOLDEN:
        made = version.origin(as_yaml_1_1(path.read_text())["Description"])
        assert path.stem == "webhook" or (made and (VERSION, path.stem.split("-")[0]) == made)
    assert ("0.1.0", "git") == version.origin(
        "Instant Hosting 0.1.0 (git): a static site whose new version is live at once"
    )
    assert version.origin("My own stack") is None


def test_versions_are_compared_as_numbers() -> None:
    assert version.is_newer("0.10.0", "0.9.0")
    assert not version.is_newer("0.2.0", "0.2.0")
    assert version.acts("99.0.0") == []


def test_what_an_upgrade_asks_is_what_the_changelog_marks() -> None:
    marked = re.findall(r"^- .*?\*\*(?:Act|Replaces)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE | re.DOTALL)
    told = version.acts("0.1.0")
    assert told
    assert {act.version for act in told} <= {"0.2.0", version.UNRELEASED}
    assert len(marked) >= len([act for act in told if act.version == "0.2.0"]) > 5
    assert [act for act in told if "**" in act.text or "](" in act.text] == []


def test_every_call_that_is_listed_is_one_of_aws() -> None:
    session = get_session()
    for call in CALLS:
        assert call.operation in session.get_service_model(call.service).operation_names
        assert call.action == "" or re.fullmatch(r"[a-z0-9]+:[A-Z]\w+", call.action)
