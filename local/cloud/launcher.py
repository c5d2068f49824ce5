"""Starts ministack 1.5.33 with what is needed of AWS and it lacks: patches in the process, no fork.

1 AUTH=true: the store's real ARN for calls of its data plane (upstream evaluates `*`).
2 CloudFront Functions: `import cf from 'cloudfront'`, served from the associated store: live_code.py.
3 PutEvents may publish aws.* sources (MS_ALLOW_AWS_EVENTS=1), so that pipeline events can be sent.
4 Stub handlers for resource types it lacks (MS_STUB_TYPES), so that the unchanged template deploys.
5 AUTH=true: the condition keys of conditional writes, s3:if-none-match and s3:if-match.
6 A missing object is a 404 for a distribution that may list the bucket, as S3 answers; upstream says 403 always.
7 Requests count as TLS in policies: on AWS they are, on loopback they need not be.
8 GET /_local/origin: what S3 answers to a distribution (header `source-arn`), for an edge outside of this process.
9 PUT /_local/executions/ID: what CodePipeline's GetPipelineExecution tells about ID, and below `actions` what its
  ListActionExecutions does, and below `builds` what CodeBuild's BatchGetBuilds does; no build runs there.
10 It ends, with its folder, when whoever started it is gone: then its standard input ends.
11 It answers nobody but whoever knows this run's session token: guard.py.
12 A call of a store is made in the account that its ARN names; upstream reads none from a signature with SigV4A.
13 AUTH=true: what is asked of a log's stream needs a right on the stream; upstream evaluates the log.
14 AUTH=true: an alias that stands in the query (`?Qualifier=ci`) belongs to the ARN that policies are asked about.
15 A rule's target that is an alias is invoked as such, so that the function is told so.
16 A stack that a change set makes or changes has its template's description, as one of CreateStack has.

It patches private names, so the version is pinned exactly, and a name that is gone fails loudly at the start.
"""

from __future__ import annotations

import os
import sys

# a file on PYTHONPATH must not stand in for a library, nor one beside this for another's
sys.path.sort(key=lambda place: place in os.environ.get("PYTHONPATH", "").split(os.pathsep))

import functools
import json
import re
import runpy
import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

import ministack.app as gateway
import ministack.core.iam_actions as actions
import ministack.core.iam_evaluator as evaluator
import ministack.core.lambda_runtime as functions
import ministack.services.cloudformation as formation
import ministack.services.cloudformation.provisioners as provisioners
import ministack.services.cloudfront as cloudfront
import ministack.services.eventbridge as eventbridge
import ministack.services.lambda_svc as lambdas
import ministack.services.s3 as s3

if TYPE_CHECKING:
    from contextvars import ContextVar

    from local.cloud.guard import App, Receive, Scope, Send

Query = Mapping[str, list[str]]
Headers = Mapping[str, str]
Answered = tuple[int, Headers, bytes | str]  # status, headers and body

# what lies beside it: this is no module of a package here
guarded = runpy.run_path(str(Path(__file__).with_name("guard.py")))["guarded"]
live_code = runpy.run_path(str(Path(__file__).with_name("live_code.py")))["live_code"]
pipelines = runpy.run_path(str(Path(__file__).with_name("pipelines.py")))["Pipelines"]()
_resource_arn = actions.extract_resource_arn
_object_context = actions._s3_object_context
_origin_fetch = s3.serve_cloudfront_origin_fetch
_dispatch = eventbridge._dispatch_to_lambda
_execute = formation._ACTION_HANDLERS["ExecuteChangeSet"]

_STORE_PATH = re.compile(r"^/key-value-stores/(arn:[^/]+/[^/]+)")


def resource_arn(service: str, method: str, path: str, *rest: object, **options: object) -> str:
    match = _STORE_PATH.match(unquote(path)) if service == "cloudfront-keyvaluestore" else None
    arn = match[1] if match else _resource_arn(service, method, path, *rest, **options)
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
    stream = re.search(rb'"logStreamName": ?"([^"]+)"', rest[1]) if service == "logs" and len(rest) > 1 else None
    alias = rest[2].get("Qualifier") if service == "lambda" and path.endswith("/invocations") else None
    if alias:
        return f"{arn}:{alias[0] if isinstance(alias, list) else alias}"
    return f"{arn}:log-stream:{stream[1].decode()}" if stream else arn


def dispatch_to_lambda(arn: str, payload: str) -> None:
    """Invoke a rule's target, as upstream does; it learns by which ARN."""
    function, config, _ = lambdas._get_func_record_for_ref(arn)
    if not function or not arn.startswith("arn:"):
        _dispatch(arn, payload)
        return
    record = lambdas._execution_record_for_config(function, {**config, "FunctionArn": arn})
    work = record, json.loads(payload)
    threading.Thread(target=lambdas._execute_function_with_config_scope, args=work, daemon=True).start()


def execute_change_set(params: Query) -> Answered:
    answer = _execute(params)
    wanted = params.get("ChangeSetName", [""])[0]
    for change_set in formation._change_sets.values():
        if wanted in (change_set["ChangeSetId"], change_set["ChangeSetName"]):
            formation._stacks[change_set["StackName"]]["Description"] = change_set["_template"].get("Description", "")
    return answer


def object_context(action: str, query: Query, path: str, headers: Headers) -> dict[str, str]:
    context = _object_context(action, query, path, headers)
    for name in ("if-none-match", "if-match"):
        if action == "s3:PutObject" and headers.get(name):
            context[f"s3:{name}"] = headers[name]
    return context


def origin_fetch(
    bucket: str, key: str, method: str, headers: Headers, source_arn: str = "", oai_id: str = ""
) -> Answered:
    answer = _origin_fetch(bucket, key, method, headers, source_arn, oai_id)
    stored = s3._ensure_bucket(bucket)
    if answer[0] == 403 and stored is not None and key not in stored["objects"] and _may_list(bucket, source_arn):
        return s3._error("NoSuchKey", "The specified key does not exist.", 404, f"/{bucket}/{key}")
    return answer


def _may_list(bucket: str, source_arn: str) -> bool:
    owner = s3._bucket_owner_account(bucket) or s3.get_account_id()
    policy = s3._bucket_policies.get_scoped(owner, None, bucket)
    if not policy:
        return False
    context = evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="s3:ListBucket",
        resource_arn=f"arn:aws:s3:::{bucket}",
        region=s3.get_region(),
        service_context={"aws:sourcearn": source_arn},
    )
    decision = evaluator.evaluate_resource_policy(policy, context, service="cloudfront.amazonaws.com").decision
    return bool(decision == "Allow")


class _Tls:
    """In place of the request's origin: the same address, over TLS."""

    def __init__(self, origin: ContextVar[tuple[str, bool]]) -> None:
        self.origin = origin

    def get(self) -> tuple[str, bool]:
        return self.origin.get()[0], True

    def __getattr__(self, name: str) -> object:
        return getattr(self.origin, name)


def stub(kind: str) -> dict[str, Callable[..., object]]:
    """What CloudFormation does with a kind of resource that upstream lacks: it gives it a name and an ARN."""

    def create(logical_id: str, properties: Mapping[str, object], stack: str) -> tuple[str, dict[str, str]]:
        name = str(properties.get("Name") or f"{stack}-{logical_id}")
        return name, {"Arn": f"arn:aws:stub:::{kind}/{name}", "Version": "1"}

    return {"create": create, "delete": lambda *_: None}


def with_more(app: App) -> App:
    """The gateway with what is asked for outside of its services."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if store := _STORE_PATH.match(unquote(scope.get("path", ""))):
            gateway.set_request_account_id(store[1].split(":")[4])
        more = await _more(scope, receive)
        if more is None:
            await app(scope, receive, send)
            return
        status, headers, body = more
        start = [(name.encode("latin-1"), str(value).encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": start})
        await send({"type": "http.response.body", "body": body if isinstance(body, bytes) else body.encode()})

    return answer


async def _more(scope: Scope, receive: Receive) -> Answered | None:
    """Status, headers and body where we answer in place of the gateway; else None."""
    path, target = scope.get("path", ""), dict(scope.get("headers", ())).get(b"x-amz-target")
    if path == "/_local/origin":
        return _from_origin(scope)
    if path.startswith("/_local/executions/"):
        pipelines.keep(path.rsplit("/", 1)[1], json.loads(await _body(receive)))
        return 204, {}, b""
    if pipelines.answers(target):
        status, told = pipelines.answer(target, json.loads(await _body(receive)))
        return status, {"content-type": "application/x-amz-json-1.1"}, json.dumps(told)
    return None


def _from_origin(scope: Scope) -> Answered:
    query = parse_qs(scope["query_string"].decode(), strict_parsing=True)
    asked = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    arn = asked.pop("source-arn")
    gateway.set_request_account_id(arn.split(":")[4])
    return origin_fetch(query["bucket"][0], query["key"][0], "GET", asked, arn)


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


def end_with_parent() -> None:
    """Wait for the end of the standard input, then leave nothing behind.

    At once: an orderly end waits for the functions that run, and these for answers that nobody gives any more.
    """
    sys.stdin.buffer.read()
    functions.reset()
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os._exit(0)


def patch() -> None:
    """Put all of it in place."""
    gateway.app = guarded(with_more(gateway.app))
    actions.extract_resource_arn = resource_arn
    eventbridge._dispatch_to_lambda = dispatch_to_lambda
    actions._s3_object_context = object_context
    formation._ACTION_HANDLERS["ExecuteChangeSet"] = execute_change_set
    cloudfront.live_function_code = live_code
    evaluator._request_origin = _Tls(evaluator._request_origin)
    for module in (s3, cloudfront):
        if hasattr(module, "serve_cloudfront_origin_fetch"):
            module.serve_cloudfront_origin_fetch = origin_fetch
    if os.environ.get("MS_ALLOW_AWS_EVENTS") == "1":
        eventbridge._put_events = functools.partial(eventbridge._put_events, allow_aws_source=True)
    for kind in filter(None, os.environ.get("MS_STUB_TYPES", "").split(",")):
        provisioners._RESOURCE_HANDLERS[kind] = stub(kind)


def main() -> None:
    """Serve until the standard input ends."""
    patch()
    threading.Thread(target=end_with_parent, daemon=True).start()
    gateway.main()


if __name__ == "__main__":
    main()
