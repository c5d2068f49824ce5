"""One template in three accounts and two Regions at once, as a StackSet puts it there, updates it and takes one away.

The emulator has no StackSets; what they do to an account is done here: a stack each, of one template and one set of
parameters, with the overrides of its account, and a name that StackSets makes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from generator import Settings, build_template
from generator.render import to_yaml
from generator.settings import SOURCES, Source
from local.cloud.emulator import Emulator, start_emulator
from workbench import uploads
from workbench.site import until

ACCOUNTS = ("111122223333", "222233334444", "333344445555")
REGIONS = ("us-east-1", "eu-central-1")
KEPT = ("SiteBucket", "Store")  # what holds deployments, and what is live


class Instance:
    """A stack of the set, in its account and Region, with whoever publishes there."""

    def __init__(self, aws: Emulator, account: str, region: str) -> None:
        self.aws, self.account, self.region = aws, account, region
        self.name = f"StackSet-sites-{uuid.uuid4()}"
        self._formation = self.client("cloudformation")
        self._templates = f"templates-{account}-{region}"  # the emulator reads no other account's bucket

    def client(self, service: str) -> Any:
        return self.aws.made(service, account=self.account, region=self.region)

    def create(self, template: bytes, parameters: Mapping[str, str]) -> None:
        self.aws.client("s3", account=self.account).create_bucket(Bucket=self._templates)
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        self._formation.create_stack(
            StackName=self.name, **self._stored(template), Capabilities=["CAPABILITY_IAM"], Parameters=given
        )
        self._look("CREATE_COMPLETE")

    def update(self, template: bytes, **parameters: str) -> None:
        """With the parameters that it has, except those that the set changes."""
        (stack,) = self._formation.describe_stacks(StackName=self.name)["Stacks"]
        given = {item["ParameterKey"]: item["ParameterValue"] for item in stack["Parameters"]} | parameters
        listed = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
        self._formation.update_stack(
            StackName=self.name, **self._stored(template), Capabilities=["CAPABILITY_IAM"], Parameters=listed
        )
        self._look("UPDATE_COMPLETE")

    def delete(self) -> None:
        self._formation.delete_stack(StackName=self.name)
        until(self._status, lambda status: status == "DELETE_COMPLETE", seconds=60)

    def _stored(self, template: bytes) -> dict[str, str]:
        self.client("s3").put_object(Bucket=self._templates, Key="site.yaml", Body=template)
        return {"TemplateURL": f"{self.aws.url}/{self._templates}/site.yaml"}

    def _look(self, wanted: str) -> None:
        assert until(self._status, lambda status: not status.endswith("PROGRESS"), seconds=60) == wanted
        (stack,) = self._formation.describe_stacks(StackName=self.name)["Stacks"]
        self.uuid = stack["StackId"].rsplit("/", 1)[1]
        self.outputs = {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}
        found = self._formation.describe_stack_resources(StackName=self.name)["StackResources"]
        self.resources = {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in found}
        self.types = {item["LogicalResourceId"]: item["ResourceType"] for item in found}

    def _status(self) -> str:
        try:
            (stack,) = self._formation.describe_stacks(StackName=self.name)["Stacks"]
        except self._formation.exceptions.ClientError:
            return "DELETE_COMPLETE"
        return str(stack["StackStatus"])

    def publish(self, folder: Path) -> None:
        """Upload a page that names this instance; the pipeline's event makes it live where there is a pipeline."""
        folder.mkdir()
        (folder / "index.html").write_text(self.page)
        execution, has_pipeline = str(uuid.uuid4()), "Pipeline" in self.resources
        variables = {"EXECUTION": execution, "PIPELINE": self.uuid, "COMMIT": uuid.uuid4().hex + "0" * 8}
        environment = {
            **self.aws.environment(),
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "SITE_BUCKET": self.resources["SiteBucket"],
            "ROUTING": "files",
            "PATH": "/usr/bin:/bin",
        }
        command = [sys.executable, uploads.PROGRAM, str(folder)]
        more = variables if has_pipeline else {}
        subprocess.run(command, env=environment | more, check=True, capture_output=True, timeout=60)
        if has_pipeline:
            self._succeed(execution)
        else:
            listed = self.client("s3").list_objects_v2(Bucket=self.resources["SiteBucket"], Prefix="manifests/")
            self._ask(action="publish", deployment=Path(listed["Contents"][0]["Key"]).stem)

    def _ask(self, **wish: str) -> None:
        invoke = self.client("lambda").invoke
        answer = invoke(FunctionName=self.outputs["PublisherName"], Payload=json.dumps(wish))
        assert json.loads(answer["Payload"].read())["outcome"] == "published"

    def _succeed(self, execution: str) -> None:
        entry = {
            "Source": "aws.codepipeline",
            "DetailType": "CodePipeline Pipeline Execution State Change",
            "Resources": [f"arn:aws:codepipeline:{self.region}:{self.account}:{self.uuid}"],
            "Detail": json.dumps(
                {
                    "pipeline": self.uuid,
                    "execution-id": execution,
                    "start-time": "2026-05-01T10:00:00.000Z",
                    "state": "SUCCEEDED",
                    "version": 3.0,
                    "pipeline-execution-attempt": 1.0,
                }
            ),
        }
        assert not self.client("events").put_events(Entries=[entry])["FailedEntryCount"]

    @property
    def page(self) -> str:
        return f"<p>{self.account} in {self.region}</p>"

    def visit(self) -> tuple[int, str]:
        """What a visitor gets."""
        domain = self.outputs["SiteUrl"].removeprefix("https://")
        # the emulator finds a distribution among those of the account that a request names
        names = f"AWS4-HMAC-SHA256 Credential={self.account}/20260501/{self.region}/s3/aws4_request"
        headers = {"Host": domain, "X-Forwarded-Proto": "https", "Authorization": names}
        request = urllib.request.Request(self.aws.url + "/", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""

    def live(self) -> str:
        """The store's `live`."""
        store = self.client("cloudfront-keyvaluestore")
        return str(store.get_key(KvsARN=self.outputs["StoreArn"], Key="live")["Value"])


@pytest.fixture
def aws() -> Iterator[Emulator]:
    with start_emulator() as running:
        yield running


def written(settings: Settings) -> bytes:
    return to_yaml(build_template(settings)).encode()


def overrides(source: Source, account: str, region: str) -> dict[str, str]:
    """What each account says for itself: its own connection, which is in its own Region."""
    if source != "git":
        return {}
    return {"ConnectionArn": f"arn:aws:codeconnections:{region}:{account}:connection/{uuid.uuid4()}"}


@pytest.mark.parametrize("source", SOURCES)
def test_a_set_of_three_accounts_and_two_regions_has_six_sites_that_know_nothing_of_each_other(
    aws: Emulator, source: Source, tmp_path: Path
) -> None:
    template = written(Settings(source=source))
    instances = [Instance(aws, account, region) for account, region in product(ACCOUNTS, REGIONS)]
    parameters = {"git": {"Repository": "example/website"}, "zip": {}, "direct": {}}[source]

    def create(one: Instance) -> None:
        one.create(template, parameters | overrides(source, one.account, one.region))
        one.publish(tmp_path / one.name)

    with ThreadPoolExecutor(len(instances)) as at_once:
        list(at_once.map(create, instances))
        for one in instances:
            assert until(one.visit, lambda seen: seen[0] == 200) == (200, one.page)
        names = Counter((one.types[title], name) for one in instances for title, name in one.resources.items())
        assert [name for name, count in names.items() if count > 1] == []

        before = [(one.live(), one.resources, one.outputs, one.visit()) for one in instances]
        later = written(Settings(source=source, tags={"team": "web"}))
        list(at_once.map(lambda one: one.update(later, RetentionDays="60"), instances))
        assert [(one.live(), one.resources, one.outputs, one.visit()) for one in instances] == before

        gone, *others = instances
        gone.delete()
        assert [(one.live(), one.resources, one.outputs, one.visit()) for one in others] == before[1:]
        assert gone.live() == before[0][0]
        kept = gone.client("s3").list_objects_v2(Bucket=gone.resources["SiteBucket"])
        assert {item["Key"].split("/")[0] for item in kept["Contents"]} >= {"deployments", "manifests"}
        distributions = gone.client("cloudfront").list_distributions()["DistributionList"].get("Items", [])
        assert [item["Id"] for item in distributions] == [
            one.resources["Distribution"] for one in others if one.account == gone.account
        ]


@pytest.mark.parametrize("source", SOURCES)
def test_a_removed_instance_leaves_what_holds_deployments_and_nothing_else_of_the_site(source: Source) -> None:
    resources = build_template(Settings(source=source)).to_dict()["Resources"]
    retained = {title for title, found in resources.items() if found.get("DeletionPolicy", "").startswith("Retain")}
    assert set(KEPT) <= retained
    assert retained - set(KEPT) <= {"SourceBucket", "ArtifactBucket"}, "and a pipeline's own buckets"
