"""`--packaging sam`: what `sam build` packages, and a stack that changes from inline to packaged and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator.settings import SOURCES, Source
from local.cloud.emulator import Emulator
from tests.webhook.public_key import BODY, KEY, SIGNATURE
from workbench import ROOT, sam
from workbench.once import once, shared
from workbench.site import GIT_PARAMETERS, VisitedStack, deployed, upload

SAM_TEMPLATES = [*(f"{source}-sam" for source in SOURCES), "webhook"]
Build = Callable[[str], Path]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The built template of a name, built when the first of the workers asks for it: git's by the README's command."""

    def get(name: str) -> Path:
        folder = shared(tmp_path_factory) / f"sam-{name}"
        if name == "git-sam":
            return once(folder, lambda: build_as_the_readme_says(folder)) / ".aws-sam" / "build" / "template.yaml"
        return once(folder, lambda: sam.build(name, folder)) / "template.yaml"

    return get


def build_as_the_readme_says(folder: Path) -> None:
    sam.run("build", "--config-env", "packaged", cwd=sam.checkout(folder))


@pytest.mark.parametrize("name", SAM_TEMPLATES)
def test_sam_validates_each_sam_template_and_finds_nothing_to_say(name: str) -> None:
    found = sam.run("validate", "--lint", "--region", "us-east-1", "--template-file", f"templates/{name}.yaml")
    assert "is a valid SAM Template" in found.stdout


def _entry(source: str) -> str:
    """The module of the publisher's handler."""
    return "publisher.direct" if source == "direct" else "publisher.pipeline"


@pytest.mark.parametrize("name", SAM_TEMPLATES)
def test_sam_builds_each_sam_template_with_its_requirements(built: Build, name: str) -> None:
    template = built(name)
    title, module, library = ("Webhook", "door.entry", "aws_lambda_powertools")
    if name != "webhook":
        title, module, library = ("Publisher", _entry(name.removesuffix("-sam")), "awscrt")
    folder = template.parent / title
    assert (folder / f"{module.replace('.', '/')}.py").is_file()
    assert (folder / library).is_dir()
    assert "OK" in sam.in_runtime(f"import {module}, {library}; assert {module}.handler; print('OK')", folder)


def test_the_webhooks_two_functions_are_packaged_apart_and_the_door_verifies_ed25519_on_its_python(
    built: Build,
) -> None:
    folder = built("webhook").parent
    code = f"""
import sys, door.entry
from door.keys import standard_keys
assert "nacl" not in sys.modules, "only who has such a key waits for it at a cold start"
(verify,) = standard_keys([{KEY!r}])
print(verify(b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330." + {BODY!r}, {SIGNATURE!r}), verify(b"", {SIGNATURE!r}))
"""
    assert sam.in_runtime(code, folder / "Webhook").strip() == "True False"
    assert sam.in_runtime("import reporter.entry; print('OK')", folder / "Status").strip() == "OK"
    assert not [name for name in ("door", "nacl", "cffi") if (folder / "Status" / name).exists()]
    assert not (folder / "Webhook" / "reporter").exists()


def test_the_packaged_publisher_signs_with_awss_own_signer_and_the_inline_one_with_ours(built: Build) -> None:
    code = """
import publisher.direct, botocore.auth
publisher.aws.register_signer()
print(botocore.auth.AUTH_TYPE_MAPS['v4a'])
"""
    packaged = sam.in_runtime(code, built("direct-sam").parent / "Publisher")
    assert "botocore.crt.auth" in packaged
    assert "publisher.signature.SigV4AAuth" in sam.in_runtime(code, ROOT / "lambda")


@pytest.fixture(params=["git", "direct"])  # zip has the functions of git
def site(request: pytest.FixtureRequest, aws: Emulator) -> Iterator[tuple[Source, VisitedStack]]:
    """A stack deployed from an inline template."""
    source: Source = request.param
    text = (ROOT / "templates" / f"{source}.yaml").read_text()
    with deployed(aws, text, parameters=GIT_PARAMETERS if source == "git" else {}) as found:
        yield source, found


def update(site: VisitedStack, template: Path) -> None:
    """`sam deploy` of a template over the stack that is there."""
    parameters = [f"{key}={value}" for key, value in GIT_PARAMETERS.items() if "Pipeline" in site.resources]
    arguments = [
        "--stack-name",
        site.name,
        "--capabilities",
        "CAPABILITY_IAM",
        "--resolve-s3",
        "--no-confirm-changeset",
    ]
    git = ["--parameter-overrides", *parameters] if "SourceBucket" not in site.resources and parameters else []
    sam.run("deploy", "--template-file", str(template), "--no-confirm-changeset", *arguments, *git, aws=site.emulator)


def resources(site: VisitedStack) -> dict[str, str]:
    found = site.emulator.client("cloudformation").describe_stack_resources(StackName=site.name)["StackResources"]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}


def handler(site: VisitedStack) -> str:
    function = site.emulator.client("lambda").get_function_configuration(FunctionName=site.outputs["PublisherName"])
    return str(function["Handler"])


def publish(site: VisitedStack, folder: Path, text: str) -> None:
    """A new deployment of one page, made live by asking the publisher."""
    wish = json.dumps({"action": "publish", "deployment": upload(site, folder, text)})
    client = site.emulator.client("lambda")
    answer = client.invoke(FunctionName=site.outputs["PublisherName"], Payload=wish)["Payload"].read()
    assert json.loads(answer)["outcome"] == "published", answer
    assert text in site.get("/").text


@pytest.mark.long
def test_a_stack_moves_from_inline_to_packaged_and_back_and_keeps_everything_that_it_has(
    site: tuple[Source, VisitedStack], built: Build, tmp_path: Path
) -> None:
    source, stack = site
    before = resources(stack)
    publish(stack, tmp_path / "pages", "published inline")
    assert handler(stack) == "index.handler"

    update(stack, built(f"{source}-sam"))
    assert handler(stack) == f"{_entry(source)}.handler"
    assert resources(stack) == before, "the same logical IDs with the same physical ones: nothing was replaced"
    assert "published inline" in stack.get("/").text
    publish(stack, tmp_path / "pages", "published by the packaged one")

    update(stack, ROOT / "templates" / f"{source}.yaml")
    assert handler(stack) == "index.handler"
    assert resources(stack) == before
    publish(stack, tmp_path / "pages", "published inline again")


def test_the_two_commands_of_the_readme_deploy_a_packaged_site(aws: Emulator, built: Build) -> None:
    checkout = built("git-sam").parents[2]
    parameters = ["--parameter-overrides", *(f"{key}={value}" for key, value in GIT_PARAMETERS.items())]
    sam.run("deploy", "--config-env", "packaged", "--no-confirm-changeset", *parameters, aws=aws, cwd=checkout)
    stack = aws.client("cloudformation").describe_stacks(StackName="site-packaged")["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE"
    publisher = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}["PublisherName"]
    function = aws.client("lambda").get_function_configuration(FunctionName=publisher)
    assert function["Handler"] == "publisher.pipeline.handler"
