"""What a malicious package in a build could try against the site, with the rights of the build: IAM refuses each.

Each attempt is made three times: by the template's own `BuildRole`, which is refused; by the role that builds had when
they uploaded, so that it shows what that role could; by a role that may do all, so that only rights are in its way.

The emulator has no CodePipeline and no CodeConnections: what is asked of them is put to its policy evaluation instead.
It never enforces a function's own policy (`AWS::Lambda::Permission`): tests/generator asserts that on the template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from generator import Settings, build_template
from generator.render import to_yaml
from local.cloud.emulator import Emulator
from workbench.roles import DENIED, Actor, add_role, document
from workbench.site import CONNECTION, GIT_PARAMETERS, VisitedStack, deployed, upload

ELSEWHERE = "f" * 40 + "-" + "f" * 16  # a deployment that another build is about to make


class Ground(NamedTuple):
    """A site with two deployments, held, and the roles that attack it."""

    site: VisitedStack
    live: str
    previous: str
    artifacts: str
    build: Actor
    old: Actor
    all: Actor


@pytest.fixture(scope="module")
def ground(strict: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("site")
    with deployed(strict, to_yaml(build_template(Settings())), parameters=GIT_PARAMETERS) as site:
        made = [upload(site, folder, text, COMMIT=letter * 40) for text, letter in (("one", "a"), ("two", "b"))]
        for deployment in made:
            assert site.ask(action="publish", deployment=deployment)["outcome"] == "published"
        assert site.ask(action="hold", reason="an attack")["outcome"] == "on-hold"
        artifacts = site.resources["ArtifactBucket"]
        for key in ("site/Source/another.zip", "archives/another.tar", "cache/another"):
            strict.shared("s3").put_object(Bucket=artifacts, Key=key, Body=b"another's")
        old = add_role(strict, "before", before(site.bucket, artifacts))
        every = add_role(strict, "all", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
        yield Ground(site, made[1], made[0], artifacts, Actor(strict, site.resources["BuildRole"]), old, every)


def before(site: str, artifacts: str) -> list[dict[str, Any]]:
    """What `BuildRole` could do when the build itself uploaded, as it was then."""

    def allow(*actions: str, on: list[str], **more: Any) -> dict[str, Any]:
        return {"Effect": "Allow", "Action": list(actions), "Resource": [f"arn:aws:s3:::{one}" for one in on], **more}

    created = [f"{site}/{prefix}/*" for prefix in ("deployments", "immutable", "manifests", "executions", "uploads")]
    listed = {"StringLike": {"s3:prefix": ["immutable/*", "prune.lock"]}}
    return [
        allow("s3:GetBucketAcl", "s3:GetBucketLocation", on=[artifacts]),
        allow("s3:GetObject", "s3:GetObjectVersion", on=[f"{artifacts}/*"]),
        allow("s3:GetObject", on=[*created[:3], f"{site}/prune.lock"]),
        allow("s3:PutObject", on=[f"{artifacts}/cache/*", *created]),
        allow("s3:ListBucket", on=[site], Condition=listed),
        {"Effect": "Allow", "Action": "codepipeline:GetPipelineExecution", "Resource": "*"},
    ]


class Attack(NamedTuple):
    """What is tried, and if builds could do it before."""

    service: str
    attempt: Callable[[Any, Ground], Any]
    before: bool


def create(key: Callable[[Ground], str], before: bool = True) -> Attack:
    """A new object of the site bucket."""
    return Attack(
        "s3",
        lambda s3, on: s3.put_object(Bucket=on.site.bucket, Key=key(on), Body=b"evil", IfNoneMatch="*"),
        before,
    )


def invoke(service: str, method: str, parameters: Callable[[Ground], dict[str, Any]]) -> Attack:
    """A call that builds never could make."""
    return Attack(service, lambda client, on: getattr(client, method)(**parameters(on)), False)


ATTACKS = {
    "a service worker in the deployment that is live": create(lambda on: f"deployments/{on.live}/sw.js"),
    "a 404 page in the deployment that is live": create(lambda on: f"deployments/{on.live}/404.html"),
    "a file in the previous deployment": create(lambda on: f"deployments/{on.previous}/sw.js"),
    "a file in a deployment that another build makes": create(lambda on: f"deployments/{ELSEWHERE}/index.html"),
    "a name of the pool that another deployment will have": create(lambda on: "immutable/assets/index-BdE8sX2_.js"),
    "another execution's pointer": create(lambda on: "executions/01234567-89ab-cdef-0123-456789abcdef"),
    "a manifest": create(lambda on: f"manifests/{ELSEWHERE}.json"),
    "a lease that stops pruning": create(lambda on: f"uploads/{ELSEWHERE}"),
    "a lock that stops pruning": create(lambda on: "prune.lock", before=False),
    "the history": create(lambda on: f"published/x-{ELSEWHERE}.json", before=False),
    "the page for what is missing": create(lambda on: "_errors/404.html", before=False),
    "a file of the live deployment taken away": Attack(
        "s3", lambda s3, on: s3.delete_object(Bucket=on.site.bucket, Key=f"deployments/{on.live}/none"), False
    ),
    "the names of the pool": Attack(
        "s3", lambda s3, on: s3.list_objects_v2(Bucket=on.site.bucket, Prefix="immutable/"), True
    ),
    "the bucket's policy": invoke("s3", "delete_bucket_policy", lambda on: {"Bucket": on.artifacts}),
    "sources of another execution": Attack(
        "s3", lambda s3, on: s3.put_object(Bucket=on.artifacts, Key="site/Source/another.zip", Body=b"evil"), False
    ),
    "reading another build's archive": Attack(
        "s3", lambda s3, on: s3.get_object(Bucket=on.artifacts, Key="archives/another.tar"), True
    ),
    "the store": invoke(
        "cloudfront-keyvaluestore",
        "update_keys",
        lambda on: {
            "KvsARN": on.site.outputs["StoreArn"],
            "IfMatch": "any",
            "Puts": [{"Key": "live", "Value": f"{on.previous} files"}],
        },
    ),
    "the publisher": invoke(
        "lambda", "invoke", lambda on: {"FunctionName": on.site.outputs["PublisherName"], "Payload": b"{}"}
    ),
    "the publisher's code": invoke(
        "lambda",
        "update_function_configuration",
        lambda on: {"FunctionName": on.site.resources["Publisher"], "Description": "evil"},
    ),
    "a request as an event": invoke(
        "events",
        "put_events",
        lambda on: {"Entries": [{"Source": "instant-hosting", "DetailType": "Deployment Request", "Detail": "{}"}]},
    ),
    "a pipeline's success as an event": invoke(
        "events",
        "put_events",
        lambda on: {"Entries": [{"Source": "aws.codepipeline", "DetailType": "x", "Detail": "{}"}]},
    ),
    "the upload, with variables of one's own": invoke(
        "codebuild", "start_build", lambda on: {"projectName": on.site.resources["UploadProject"]}
    ),
    "the upload project": invoke(
        "codebuild", "update_project", lambda on: {"name": on.site.resources["UploadProject"], "description": "evil"}
    ),
    "the edge function": invoke("cloudfront", "publish_function", lambda on: {"Name": "any", "IfMatch": "any"}),
    "the distribution": invoke(
        "cloudfront",
        "create_invalidation",
        lambda on: {
            "DistributionId": on.site.resources["Distribution"],
            "InvalidationBatch": {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "x"},
        },
    ),
    "the build's own rights": invoke(
        "iam",
        "put_role_policy",
        lambda on: {
            "RoleName": on.site.resources["BuildRole"],
            "PolicyName": "More",
            "PolicyDocument": document([{"Effect": "Allow", "Action": "account:GetRegionOptStatus", "Resource": "*"}]),
        },
    ),
    "another's secret": invoke("secretsmanager", "get_secret_value", lambda on: {"SecretId": "another"}),
}


def outcome(who: Actor, attack: Attack, ground: Ground) -> str:
    """What became of an attempt; whoever is refused by the bucket's policy only is let through by his role."""
    client = who.made(attack.service)
    try:
        attack.attempt(client, ground)
    except ClientError as error:
        said = str(error)
        if not re.search(DENIED, said):
            return "let through"  # to what is not there, or is there already
        return "let through by the role" if "explicit deny" in said else "refused"
    return "done"


def test_a_build_is_refused_each_way_in(ground: Ground) -> None:
    seen = {
        name: [outcome(who, attack, ground) for who in (ground.build, ground.old, ground.all)]
        for name, attack in ATTACKS.items()
    }
    assert {name: found[:2] for name, found in seen.items()} == {
        name: ["refused", "done" if attack.before else "refused"] for name, attack in ATTACKS.items()
    }
    assert "refused" not in {found[2] for found in seen.values()}


ASKED_OF_OTHERS = [
    *(
        f"codepipeline:{name}"
        for name in (
            *("StartPipelineExecution", "PutJobSuccessResult", "PutApprovalResult", "RetryStageExecution"),
            *("RollbackStage", "EnableStageTransition", "OverrideStageCondition", "UpdatePipeline", "DeletePipeline"),
            *("GetPipelineExecution", "ListActionExecutions", "PollForJobs"),
        )
    ),
    *("codeconnections:UseConnection", "codestar-connections:UseConnection"),
]


def test_a_build_is_refused_what_only_the_evaluation_can_tell(ground: Ground) -> None:
    pipeline = f"arn:aws:codepipeline:us-east-1:111122223333:{ground.site.uuid}"

    def allowed(who: Actor) -> list[str]:
        resources = {"codepipeline": pipeline, "codeconnections": CONNECTION, "codestar-connections": CONNECTION}
        return [action for action in ASKED_OF_OTHERS if who.may(action, resources[action.partition(":")[0]])]

    assert allowed(ground.build) == []
    assert allowed(ground.old) == ["codepipeline:GetPipelineExecution"]
    assert allowed(ground.all) == ASKED_OF_OTHERS


def test_a_build_may_write_its_archive_its_ticket_and_the_cache_and_so_those_of_other_builds(ground: Ground) -> None:
    """What stays: an archive of other bytes is refused by the upload, and the cache is a way into later builds."""
    s3 = ground.build.client("s3")
    for key in ("archives/another.tar", "site/Built/another", "cache/another"):
        s3.put_object(Bucket=ground.artifacts, Key=key, Body=b"of this build")
    for key in ("site/Source/another.zip", "cache/another"):
        assert s3.get_object(Bucket=ground.artifacts, Key=key)["Body"].read()


def test_what_was_tried_has_changed_nothing_that_visitors_see(ground: Ground) -> None:
    status = ground.site.status()
    assert (status["after"], status["hold"]["reason"]) == (ground.live, "an attack")
