"""The SigV4A signer, against public vectors; collected only where `VECTORS` names their folder."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from publisher import signature as sigv4a
from workbench.names import VECTORS
from workbench.p256 import public, verifies

ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
CASES = 38  # complete ones, README.md beside the vectors


@pytest.fixture
def cases() -> list[Path]:
    assert VECTORS, "set VECTORS to the folder of the public vectors"
    found = sorted(path.parent for path in (VECTORS / "aws-c-auth-v4a" / "v4a").glob("*/public-key.json"))
    assert len(found) == CASES
    return found


def request_of(case: Path) -> AWSRequest:
    """The case's request as botocore would hold it."""
    head, _, body = (case / "request.txt").read_text().partition("\n\n")
    first, *lines = head.strip().split("\n")
    method, target = first.removesuffix(" HTTP/1.1").split(" ", 1)
    path, _, query = target.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    request = AWSRequest(method, f"https://example.amazonaws.com{path}", data=body, params=pairs)
    names: list[str] = []
    for line in lines:
        if line[0] in " \t":  # a folded header
            value = request.headers[names[-1]]
            del request.headers[names[-1]]
            request.headers[names[-1]] = f"{value} {line.strip()}"
            continue
        name, value = line.split(":", 1)
        names.append(name)
        request.headers[name] = value
    return request


def test_every_vector_s_public_key_is_derived(cases: list[Path]) -> None:
    for case in cases:
        context, expected = (json.loads((case / name).read_text()) for name in ("context.json", "public-key.json"))
        credentials = context["credentials"]
        key = sigv4a.private_key(credentials["access_key_id"], credentials["secret_access_key"])
        point = public(key).public_numbers()
        assert (int(expected["X"], 16), int(expected["Y"], 16)) == (point.x, point.y), case.name


@pytest.mark.parametrize("kind", ["header", "query"])
def test_every_vector_s_text_is_signed_and_its_signature_accepted(cases: list[Path], kind: str) -> None:
    key = sigv4a.private_key(ACCESS_KEY, SECRET_KEY)
    for case in cases:
        text = (case / f"{kind}-string-to-sign.txt").read_text()
        mine = sigv4a.sign(key, text.encode())
        assert verifies(key, text, mine), case.name
        assert verifies(key, text, (case / f"{kind}-signature.txt").read_text().strip()), case.name
        assert not verifies(key, text + "x", mine), case.name
        assert not verifies(sigv4a.private_key(ACCESS_KEY, SECRET_KEY + "x"), text, mine), case.name


def test_every_vector_s_request_gets_its_canonical_form_and_signed_headers(cases: list[Path]) -> None:
    compared = 0
    for case in cases:
        context = json.loads((case / "context.json").read_text())
        if not context["normalize"] or context.get("omit_session_token") or context["sign_body"]:
            continue  # S3's and presigned forms: the store's API has neither
        request = request_of(case)
        token = context["credentials"].get("token")
        make: Any = sigv4a.SigV4AAuth  # botocore has no annotations
        signer = make(Credentials(ACCESS_KEY, SECRET_KEY, token), "service", context["region"])
        signer.add_auth(request)
        del request.headers["Authorization"]
        request.headers.replace_header("X-Amz-Date", "20150830T123600Z")
        canonical = signer.canonical_request(request)
        expected = (case / "header-canonical-request.txt").read_text()
        assert expected == canonical, case.name
        compared += 1
    assert compared > 25
