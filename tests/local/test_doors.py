"""Who may speak to a port of ours, request by request; tests/browser/test_foreign_pages.py tries it with a browser."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import pytest

from instant_hosting.who import is_foreign, is_ours
from local.cloud.emulator import ACCOUNT, Emulator

if TYPE_CHECKING:
    from aws_types import DistributionConfig

ORIGIN = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
LIST = ("GET", "/2015-03-31/functions")


def asked(emulator: Emulator, method: str, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str]]:
    """Status and headers of the emulator's answer to a request with these headers and no others."""
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=30)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in {"Host": f"127.0.0.1:{emulator.port}", **headers}.items():
        connection.putheader(name, value.replace("TOKEN", emulator.token))
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}


OWN = {"X-Amz-Security-Token": "TOKEN"}


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        (*LIST, {}),
        (*LIST, {"X-Amz-Security-Token": "guessed"}),
        (*LIST, {"Authorization": "AWS4-HMAC-SHA256 Credential=111122223333/20261129/us-east-1/lambda/aws4_request"}),
        (*LIST, {**OWN, "Origin": "http://evil.example"}),
        (*LIST, {**OWN, "Origin": "null"}),
        (*LIST, {**OWN, "Sec-Fetch-Site": "cross-site"}),
        (*LIST, {**OWN, "Sec-Fetch-Site": "none"}),
        (*LIST, {**OWN, "Host": "evil.example"}),
        (*LIST, {**OWN, "Host": "localhost.evil.example"}),
        (*LIST, {**OWN, "Host": "evilcloudfront.net"}),
        (*LIST, {**OWN, "Host": ""}),
        (*LIST, {"Host": "d111111abcdef8.cloudfront.net"}),  # of no distribution: it would be the API's
        (*LIST, {"Host": "x.on.aws"}),
        ("GET", "/_ministack/health", {"Host": f"{'a' * 32}.lambda-url.us-east-1.on.aws"}),
        ("OPTIONS", "/", {"Origin": "http://evil.example", "Access-Control-Request-Method": "PUT"}),
        ("POST", "/_ministack/reset", {}),
        ("PUT", "/_local/executions/x", {}),
        ("GET", "/_local/origin?bucket=b&key=k", {"source-arn": "arn:aws:cloudfront::111122223333:distribution/E"}),
        ("GET", "/anything", {"Host": "d111111abcdef8.cloudfront.net", "Origin": "http://evil.example"}),
    ],
    ids=lambda value: " ".join(f"{name} {text}" for name, text in value.items()) if isinstance(value, dict) else "",
)
def test_the_emulator_answers_no_page_no_other_name_and_nobody_without_the_token_of_this_run(
    emulator: Emulator, method: str, path: str, headers: dict[str, str]
) -> None:
    status, answered = asked(emulator, method, path, headers)
    assert 403 == status
    assert not [name for name in answered if name.startswith("access-control")]


def test_its_own_programs_get_an_answer_that_no_other_origin_may_read(emulator: Emulator) -> None:
    for where in ("X-Amz-Security-Token", ""):
        query = "" if where else f"?X-Amz-Security-Token={emulator.token}"
        status, answered = asked(emulator, LIST[0], LIST[1] + query, {where: "TOKEN"} if where else {})
        assert (200, []) == (status, [name for name in answered if name.startswith("access-control")])


def test_under_the_name_of_a_distribution_nothing_but_this_distribution_answers(aws: Emulator) -> None:
    """Any request may name any account, and in another one the name is nobody's: there the API would answer."""
    origin = {"Id": "o", "DomainName": "origin.example", "CustomOriginConfig": ORIGIN}
    behavior = {"TargetOriginId": "o", "ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": "none"}
    config = {"CallerReference": "r", "Comment": "", "Enabled": True, "DefaultCacheBehavior": behavior}
    config["Origins"] = {"Quantity": 1, "Items": [origin]}
    cloudfront = aws.client("cloudfront")
    made = cloudfront.create_distribution(DistributionConfig=cast("DistributionConfig", config))["Distribution"]
    named = "AWS4-HMAC-SHA256 Credential={}/20261129/us-east-1/lambda/aws4_request"
    for account, status in ((ACCOUNT, 301), ("999988887777", 403)):
        headers = {"Host": made["DomainName"], "Authorization": named.format(account)}
        assert status == asked(aws, *LIST, headers)[0], account


def test_the_emulated_aws_opens_no_websocket(emulator: Emulator) -> None:
    request = (
        "GET /_aws/execute-api/api/stage HTTP/1.1",
        f"Host: 127.0.0.1:{emulator.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        f"X-Amz-Security-Token: {emulator.token}",
    )
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=30) as connection:
        connection.sendall(("\r\n".join(request) + "\r\n\r\n").encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("host", ["localhost", "localhost:8321", "127.0.0.1:8321", "shop.localhost:1", "LOCALHOST"])
def test_names_of_this_machine_are_ours_at_any_port_that_leads_here(host: str) -> None:
    assert is_ours(host)


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "localhost.evil.example", "evil-localhost", "127.0.0.1.evil.example", "localhost:x", "x"],
)
def test_no_other_name_is_one_of_this_machine(host: str) -> None:
    assert not is_ours(host)


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin", "origin": "http://localhost:1"}, False),
        ({"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}, False),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, False),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, True),
        ({"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"}, True),
        ({"origin": "http://localhost:2"}, True),
        ({"origin": "null"}, True),
    ],
)
def test_a_page_of_another_origin_is_told_from_our_own_and_from_a_person(
    headers: dict[str, str], foreign: bool
) -> None:
    assert foreign == is_foreign(headers, "http://localhost:1")
