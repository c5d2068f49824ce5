"""What goes wrong is one line with the remedy, and an exit code that says whose fault it is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from deployments.publisher import Publisher, State
from local.cloud.emulator import ACCOUNT, Emulator, start_emulator
from tests.deployments.calling import TEMPLATE, Command, Make, Run
from workbench import ROOT
from workbench.site import VisitedStack, deployed

if TYPE_CHECKING:
    from aws_types import Invoked

Publish = Callable[..., str]


def one_line(ended: Run) -> str:
    """The command's error, which is one line and no traceback."""
    (line,) = ended.err.splitlines()
    return line


def test_an_unknown_stack_is_named_with_those_there_are(site: VisitedStack, run: Command) -> None:
    ended = run("list", "--stack", "sight")
    line = "deployments: no stack sight in us-east-1: there are site; give another --stack or --region"
    assert (2, line) == (ended.status, one_line(ended))


def test_another_region_has_no_stack_and_the_remedy_says_so(site: VisitedStack, run: Command) -> None:
    ended = run("list", "--region", "eu-west-1")
    assert 2 == ended.status
    assert "no site's stack in eu-west-1: give --region" in one_line(ended)


def test_of_several_stacks_one_must_be_chosen(site: VisitedStack, run: Command) -> None:
    with deployed(site.emulator, TEMPLATE, name="shop"):
        ended = run("list")
        assert 2 == ended.status
        assert one_line(ended).endswith("give --stack (or DEPLOYMENTS_STACK), one of shop, site")
        assert 0 == run("list", "--stack", "shop").status
        assert 0 == run("list", DEPLOYMENTS_STACK="shop").status


def test_a_stack_of_something_else_is_told_from_ours(environment: Emulator, run: Command) -> None:
    queue = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    environment.client("cloudformation").create_stack(StackName="queue", TemplateBody=queue)
    ended = run("status", "--stack", "queue")
    assert "has no output PublisherName, SiteBucketName, SiteUrl, StoreArn: it is no site's stack" in one_line(ended)


def test_without_credentials_the_remedy_is_to_log_in(
    site: VisitedStack, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    ended = run("list")
    assert 1 == ended.status
    assert "no usable credentials (Unable to locate credentials): `aws sso login`" in one_line(ended)


def test_an_unknown_profile_is_named(site: VisitedStack, run: Command) -> None:
    ended = run("list", "--profile", "nobody")
    assert 1 == ended.status
    assert "(nobody) could not be found: see `aws configure list-profiles`" in one_line(ended)


def test_a_setting_that_the_library_refuses_is_named_with_where_it_may_stand(site: VisitedStack, run: Command) -> None:
    line = one_line(run("list", AWS_RETRY_MODE="abc"))
    assert '"abc" must be one of' in line
    assert line.endswith("correct the AWS_ variable, or the line of ~/.aws/config, that says so")


@pytest.mark.parametrize("command", [["list"], ["show"], ["prune", "--extras"]], ids=" ".join)
def test_a_record_that_somebody_has_spoiled_is_named_with_the_remedy(
    site: VisitedStack, run: Command, publish: Publish, command: list[str]
) -> None:
    live = publish("one")
    key = f"manifests/{live}.json"
    site.emulator.client("s3").put_object(Bucket=site.bucket, Key=key, Body=b"{")
    ended = run(*command, *([] if command == ["list"] else [live]))
    assert 1 == ended.status
    assert f"{key} in the site's bucket is no JSON" in one_line(ended)
    assert one_line(ended).endswith("take back the version before it, or delete it")


def test_without_a_region_it_is_asked_for(environment: Emulator, run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    ended = run("list")
    assert 2 == ended.status
    assert "deployments: no Region: give --region" in one_line(ended)


def test_unreachable_is_said_in_one_line(environment: Emulator, run: Command) -> None:
    ended = run("list", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert 1 == ended.status
    assert "AWS is not reachable" in one_line(ended)


def test_nothing_to_go_back_to_is_refused(site: VisitedStack, run: Command, publish: Publish) -> None:
    publish("one")
    ended = run("rollback")
    assert 1 == ended.status
    assert "refused: nothing to roll back to" in one_line(ended)


def test_a_refused_promote_names_what_could_be_chosen(site: VisitedStack, run: Command, publish: Publish) -> None:
    there = publish("one")
    publish("two")  # live, so no choice
    gone = "upload-" + "0" * 16
    ended = run("promote", gone, "--json")
    assert (1, "refused", [there]) == (ended.status, ended.json["outcome"], ended.json["choices"])
    assert one_line(ended).endswith(f"; you could choose {there}")


def test_while_the_ledger_is_unreadable_every_command_says_so_and_how_it_is_mended(
    site: VisitedStack, run: Command, publish: Publish, make: Make
) -> None:
    publish("one")
    store, arn = site.emulator.client("cloudfront-keyvaluestore"), site.outputs["StoreArn"]
    etag = store.describe_key_value_store(KvsARN=arn)["ETag"]
    store.update_keys(KvsARN=arn, IfMatch=etag, Puts=[{"Key": "ledger", "Value": "{oops"}])
    asked = [["list"], ["show", "upload-"], ["status"], ["publish", str(make()), "--routing", "mixed"], ["prune"]]
    asked += [["promote", "upload-"], ["rollback"], ["hold", "--reason", "fire"], ["release", "--publish"]]
    for arguments in asked:
        ended = run(*arguments)
        line = one_line(ended)
        assert (arguments, 1) == (arguments, ended.status)
        assert re.search(r"the store's `ledger` is unreadable \(.*\): mend or delete it$", line), (arguments, line)
        assert "update the stack" not in line


def test_each_command_that_switches_says_what_was_live_and_is_refused_if_another_one_is(
    site: VisitedStack, run: Command, publish: Publish, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = publish("one"), publish("two"), publish("three")
    state = Publisher.state

    def overtaken(self: Publisher, **options: bool) -> State:
        """What is live when the command looks; then somebody else goes back."""
        known = state(self, **options)
        site.ask(action="promote", deployment=second)
        return known

    for arguments in (["rollback"], ["promote", first], ["publish", str(make())], ["release", "--publish"]):
        site.ask(action="promote", deployment=third)
        with monkeypatch.context() as patched:
            patched.setattr(Publisher, "state", overtaken)
            ended = run(*arguments)
        assert (arguments, 1) == (arguments, ended.status)
        assert f"refused: {second} is live, not {third} as was seen: look again" in one_line(ended)
        assert ("`promote upload-" in ended.err) == (arguments[0] == "publish")
        assert site.live() == f"{second} mixed"
    assert 0 == run("rollback").status


def test_a_numbered_publish_is_ordered_by_its_number_and_not_by_what_was_seen(
    site: VisitedStack, run: Command, publish: Publish, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish("one", "--sequence", "1")
    asked: list[dict[str, object]] = []
    ask = Publisher.ask

    def noted(self: Publisher, action: str, **wish: Any) -> Any:
        asked.append({"action": action, **wish})
        return ask(self, action, **wish)

    monkeypatch.setattr(Publisher, "ask", noted)
    publish("two", "--sequence", "2")
    publish("three")
    assert [wish["seen"] is None for wish in asked if wish["action"] == "publish"] == [True, False]


def test_a_publisher_that_is_too_old_to_know_status_is_told_from_one_that_refuses(
    site: VisitedStack, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {"outcome": "refused", "reason": "action 'status' is not one of publish, promote"}
    monkeypatch.setattr("deployments.publisher.Publisher.ask", lambda *_, **__: old)
    assert "update the stack with a template of this version" in one_line(run("status"))


KNOWN = "rollback takes action (str), by (str), steps (int)"


@pytest.mark.parametrize(
    ("reason", "is_too_old"),
    [
        (f"'seen' is '': {KNOWN}", True),
        (f"{{'action': 'rollback', 'seen': ''}} is not a request: {KNOWN}; IDs are [0-9A-Za-z]", True),
        (f"'steps' is '2': {KNOWN}, seen (str)", False),
        ("steps is 0: write 1 or more", False),
    ],
)
def test_a_publisher_that_does_not_know_what_was_sent_is_called_older(
    site: VisitedStack, run: Command, publish: Publish, monkeypatch: pytest.MonkeyPatch, reason: str, is_too_old: bool
) -> None:
    publish("one")
    ask = Publisher.ask

    def refusing(self: Publisher, action: str, **wish: Any) -> Any:
        return ask(self, action, **wish) if action == "status" else {"outcome": "refused", "reason": reason}

    monkeypatch.setattr(Publisher, "ask", refusing)
    line = one_line(run("rollback"))
    assert f"refused: {reason}" in line
    assert ("this publisher is older than the command" in line) == is_too_old


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lst"], "No such command 'lst'"),
        (["rollback", "--steps", "0"], "0 is not in the range x>=1"),
        (["show"], "Missing argument 'ID'"),
        (["hold"], "Missing option '--reason'"),
        (["show", "a/b"], "'a/b' is neither an ID"),
        (["hold", "--reason", ""], "Invalid value for '--reason': it is empty; a reason has 1 to 200 bytes"),
        (["hold", "--reason", " \t"], "Invalid value for '--reason': it is blank; a reason has 1 to 200 bytes"),
        (["hold", "--reason", "é" * 101], "Invalid value for '--reason': it has 202 bytes; a reason has 1 to 200"),
        (["publish", __file__], f"Invalid value for 'DIR': Directory '{__file__}' is a file"),
        (["publish", ""], "Invalid value for 'DIR': it is empty: give a folder, or . for this one"),
        (["prune", "--keep-days", "0"], "0 is not in the range x>=1"),
    ],
)
def test_wrong_usage_is_exit_code_2(site: VisitedStack, run: Command, arguments: list[str], said: str) -> None:
    ended = run(*arguments)
    assert 2 == ended.status
    assert said in one_line(ended)


def test_the_longest_reason_of_a_hold_is_the_publishers(site: VisitedStack, run: Command) -> None:
    assert 0 == run("hold", "--reason", '"' * 100).status  # each is two bytes of JSON
    assert 2 == run("hold", "--reason", '"' * 101).status


@pytest.mark.parametrize(
    ("arguments", "name"), [(["hold", "--reason"], "reason"), (["publish", "nowhere", "--message"], "message")]
)
def test_text_of_a_terminal_in_another_encoding_is_refused_before_anything_is_asked(
    environment: Emulator, run: Command, sent: list[tuple[str, str]], arguments: list[str], name: str
) -> None:
    ended = run(*arguments, b"caf\xe9".decode("utf-8", "surrogateescape"))  # as Python reads Latin-1 arguments
    line = f"deployments {arguments[0]}: {name} 'caf\\udce9' is not UTF-8: write it in UTF-8 (see --help)"
    assert (2, line, []) == (ended.status, one_line(ended), sent)


@pytest.fixture(scope="module")
def strict() -> Iterator[VisitedStack]:
    """A deployed site where IAM is enforced."""
    with start_emulator(enforce_iam=True) as emulator, deployed(emulator, TEMPLATE) as site:
        yield site


@pytest.fixture
def user(strict: VisitedStack, run: Command, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Become a user with the policies that are given, in front of the strict site."""
    iam = strict.emulator.client("iam")
    for name, value in strict.emulator.environment().items():
        monkeypatch.setenv(name, value)

    def become(*arns: str, **actions: str) -> None:
        iam.create_user(UserName="ci")
        for arn in arns:
            iam.attach_user_policy(UserName="ci", PolicyArn=arn)
        for number, (action, resource) in enumerate(actions.items()):
            statement = {"Effect": "Allow", "Action": action.replace("_", ":"), "Resource": resource}
            document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            iam.put_user_policy(UserName="ci", PolicyName=f"p{number}", PolicyDocument=document)
        key = iam.create_access_key(UserName="ci")["AccessKey"]
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        monkeypatch.delenv("AWS_SESSION_TOKEN")

    yield become
    for arn in [p["PolicyArn"] for p in iam.list_attached_user_policies(UserName="ci")["AttachedPolicies"]]:
        iam.detach_user_policy(UserName="ci", PolicyArn=arn)
    for name in iam.list_user_policies(UserName="ci")["PolicyNames"]:
        iam.delete_user_policy(UserName="ci", PolicyName=name)
    for key in iam.list_access_keys(UserName="ci")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="ci", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="ci")


def test_the_deploy_policy_is_enough_to_publish_and_says_what_it_lacks_for_more(
    strict: VisitedStack, user: Callable[..., None], run: Command, make: Make
) -> None:
    user(strict.outputs["DeployPolicyArn"])
    ended = run("publish", str(make({"assets/index-BdE8sX2_.js": "1"})), "--routing", "spa", "--stack", "site")
    assert (0, "published") == (ended.status, ended.facts["outcome"]), ended.err
    assert "<h1>hello</h1>" == strict.get("/").text
    again = run("publish", str(make({"index.html": "<h1>again</h1>"})), "--stack", "site")
    assert (0, "1 file, 1 B") == (again.status, again.facts["reused"]), again.err
    assert run("status", "--stack", "site", "--json").json["live"].startswith("upload-")
    ended = run("list", "--stack", "site")
    assert 1 == ended.status
    assert f"not allowed: s3:ListBucket on arn:aws:s3:::{strict.bucket}" in one_line(ended)
    live = strict.live()
    for command in (["rollback"], ["hold", "--reason", "fair"], ["release"], ["publish", str(make()), "--force"]):
        ended = run(*command, "--stack", "site")
        assert 1 == ended.status
        what = "publish with force" if command[0] == "publish" else command[0]
        assert f"{what} is for operators: DeployPolicyArn allows publish and status only" in one_line(ended)
    assert live == strict.live()


@pytest.mark.parametrize(
    "name", ["{0}", "{0}:webhook", "{0}:$LATEST", "arn:aws:lambda:us-east-1:111122223333:function:{0}"]
)
def test_the_deploy_policy_reaches_nothing_but_its_alias(
    strict: VisitedStack, user: Callable[..., None], name: str
) -> None:
    user(strict.outputs["DeployPolicyArn"])
    keys = {name: os.environ[name.upper()] for name in ("aws_access_key_id", "aws_secret_access_key")}
    client = strict.emulator.client("lambda", aws_session_token=None, **keys)
    publisher = strict.outputs["PublisherName"]
    status = json.dumps({"action": "status"})
    ways: list[Invoked] = [{"FunctionName": f"{publisher}:ci"}, {"FunctionName": publisher, "Qualifier": "ci"}]
    for allowed in ways:
        assert json.loads(client.invoke(**allowed, Payload=status)["Payload"].read())["outcome"] == "status"
        hold = json.dumps({"action": "hold", "reason": "fair"})
        answer = json.loads(client.invoke(**allowed, Payload=hold)["Payload"].read())
        assert (answer["outcome"], "alias ci takes publish, status" in answer["reason"]) == ("refused", True)
    for kind in ("RequestResponse", "Event"):
        with pytest.raises(client.exceptions.ClientError, match=r"AccessDenied|not authorized"):
            client.invoke(FunctionName=name.format(publisher), InvocationType=kind, Payload=status)
    with pytest.raises(client.exceptions.ClientError, match=r"AccessDenied|not authorized"):
        client.invoke(FunctionName=publisher, Qualifier="webhook", Payload=status)


def test_whoever_may_not_describe_stacks_is_told_so(
    strict: VisitedStack, user: Callable[..., None], run: Command
) -> None:
    user()
    ended = run("list", "--stack", "site")
    assert 1 == ended.status
    assert "not allowed: cloudformation:DescribeStacks on " in one_line(ended)


def test_whoever_may_not_ask_the_publisher_is_told_so(
    strict: VisitedStack, user: Callable[..., None], run: Command
) -> None:
    user(cloudformation_DescribeStacks="*")
    ended = run("rollback", "--stack", "site")
    assert 1 == ended.status
    assert "not allowed: lambda:InvokeFunction on " in one_line(ended)
    assert strict.outputs["PublisherName"] in one_line(ended)
    assert "DeployPolicyArn allows it" in one_line(run("status", "--stack", "site"))


def test_whoever_may_invoke_the_function_alone_needs_no_alias(
    strict: VisitedStack, user: Callable[..., None], run: Command, make: Make
) -> None:
    function = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{strict.outputs['PublisherName']}"
    user(
        cloudformation_DescribeStacks="*",
        lambda_InvokeFunction=function,
        s3_PutObject="*",
        s3_GetObject="*",
        s3_ListBucket="*",
    )
    ended = run("publish", str(make({"index.html": "<h1>operator</h1>"})), "--routing", "spa", "--stack", "site")
    assert (0, "published") == (ended.status, ended.facts["outcome"]), ended.err
    assert 0 == run("hold", "--reason", "fair", "--stack", "site").status
    assert 0 == run("release", "--stack", "site").status


def test_a_denied_upload_names_action_and_object(
    strict: VisitedStack, user: Callable[..., None], run: Command, make: Make
) -> None:
    user(cloudformation_DescribeStacks="*", lambda_InvokeFunction="*")
    ended = run("publish", str(make()), "--routing", "mixed", "--stack", "site")
    assert 1 == ended.status
    assert f"not allowed: s3:PutObject on arn:aws:s3:::{strict.bucket}/" in one_line(ended)


def test_keys_that_aws_does_not_know_are_told_from_missing_rights(
    strict: VisitedStack, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in strict.emulator.environment().items():
        monkeypatch.setenv(name, value)
    ended = run("list", "--stack", "site", AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE")
    assert 1 == ended.status
    assert "AWS does not know these credentials" in one_line(ended)


def test_a_closed_pipe_is_no_error(site: VisitedStack, publish: Publish) -> None:
    publish("one")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "deployments", "list"]
    ended = subprocess.run(command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (0, b"") == (ended.returncode, ended.stderr)


@pytest.fixture
def refusing() -> Iterator[Callable[[str, str], str]]:
    """Start an AWS that answers every request of CloudFormation with this error; its address."""
    servers: list[tuple[ThreadingHTTPServer, Thread]] = []

    def refuse(code: str, message: str) -> str:
        text = f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        body = f"{text}<RequestId>1</RequestId></ErrorResponse>".encode()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(403)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield refuse
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


ROLE = "arn:aws:sts::111122223333:assumed-role/Reader/ada"
STACK = "arn:aws:cloudformation:us-east-1:111122223333:stack/site/*"


@pytest.mark.parametrize(
    ("code", "message", "said"),
    [
        # https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
        (
            "ExpiredToken",
            "The security token included in the request is expired",
            "have expired (ExpiredToken): log in",
        ),
        ("InvalidClientTokenId", "The security token is invalid", "does not know these credentials"),
        ("RequestTimeTooSkewed", "The difference is too large", "this machine's clock is wrong"),
        (  # https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
            "AccessDenied",
            f"User: {ROLE} is not authorized to perform: cloudformation:DescribeStacks on resource: {STACK} because no "
            "identity-based policy allows the cloudformation:DescribeStacks action",
            f"not allowed: cloudformation:DescribeStacks on {STACK} as {ROLE}: have it added to the policy",
        ),
        ("AccessDenied", "Access Denied", "not allowed: cloudformation:DescribeStacks on site: have it added"),
        ("Unheard", "of " * 1000, "DescribeStacks: of of"),
    ],
)
def test_what_aws_refuses_becomes_one_short_line_with_the_remedy(
    environment: Emulator, run: Command, refusing: Callable[[str, str], str], code: str, message: str, said: str
) -> None:
    ended = run("list", "--stack", "site", AWS_ENDPOINT_URL_CLOUDFORMATION=refusing(code, message))
    assert 1 == ended.status
    line = one_line(ended)
    assert said in line
    assert len(line) < 600


def test_ctrl_c_while_the_libraries_load_is_one_line() -> None:
    """They take a second, in which somebody notices a wrong --stack."""
    code = """
import sys
class Interrupted:
    def find_spec(self, name, *_):
        if name == "boto3":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from deployments.__main__ import main
sys.exit(main(["status"]))
"""
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (130, "\ndeployments: interrupted\n") == (ended.returncode, ended.stderr)  # as behind each ^C


@pytest.mark.parametrize(
    ("package", "command"), [("boto3", "list"), ("botocore", "list"), ("click", "--help"), ("rich", "list")]
)
def test_a_package_that_is_not_installed_is_one_line_with_the_extra(package: str, command: str) -> None:
    """The generator's own packages are all that `pip install .` brings."""
    code = f"""
import sys
sys.modules["{package}"] = None
from deployments.__main__ import main
sys.exit(main(["{command}"]))
"""
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    remedy = "pip install 'instant-hosting[cli]', or pip install '.[cli]' in the checkout"
    assert (2, f"deployments: {package} is missing: {remedy}\n") == (ended.returncode, ended.stderr)
