"""The SigV4A signer, against an independent library on generated requests."""

import hashlib
import json
import random
import re
import string
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.crt.auth import CrtSigV4AsymAuth

from publisher import signature as sigv4a
from workbench.p256 import public, verifies

GENERATED = 300

ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


HOSTS = ["example.com", "111122223333.cloudfront-kvs.global.api.aws"]
SIGNS = string.ascii_letters + string.digits + "/+=-._~"
NAMES = [
    "live",
    "ledger",
    "a b",
    "x=y&z",
    "%2F",
    "100%",
    "caf\u00e9",
    "\u65e5\u672c",
    "~._-",
    "(1)*!'",
    "a+b",
    "",
    ";:@,$",
]


class Generated(NamedTuple):
    """A request and by whom it is signed for which Regions."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes
    credentials: Credentials
    regions: str

    def request(self) -> AWSRequest:
        request = AWSRequest(self.method, self.url, data=self.body)
        for name, value in self.headers:
            request.headers[name] = value
        return request


def text(pick: random.Random, shortest: int, longest: int, signs: str = SIGNS) -> str:
    return "".join(pick.choices(signs, k=pick.randint(shortest, longest)))


def generated(seed: int) -> Generated:
    """What botocore might be asked to sign: whatever is in the path, the query, the headers, the body and the key."""
    pick = random.Random(seed)
    # the shortest and the longest ones that IAM knows, and keys on both sides of HMAC's block of 64 bytes
    access = text(pick, 1, 128, string.ascii_uppercase + string.digits)
    secret = text(pick, *pick.choice([(1, 1), (40, 40), (57, 61), (59, 59), (60, 60), (100, 200)]))
    token = pick.choice([None, text(pick, 1, 2000)])
    path = "/".join(quote(pick.choice(NAMES), safe=pick.choice(["", "~", "!'()*"])) for _ in range(pick.randint(0, 4)))
    path += pick.choice(["", "/", "/keys", "/./a/../b", "//c"])
    names = pick.choices(NAMES[:-2], k=pick.randint(0, 5))  # the same one twice too
    query = "&".join(f"{quote(name, safe='')}={quote(pick.choice(NAMES), safe='')}" for name in names)
    headers = [
        (f"X-Own-{number}", pick.choice(["a", " a  b ", "a,b", '"a  b"', ""])) for number in range(pick.randint(0, 3))
    ]
    headers += pick.choice([[], [("If-Match", "E1")], [("Content-Type", "application/json"), ("User-Agent", "any")]])
    return Generated(
        pick.choice(["GET", "PUT", "POST", "DELETE", "HEAD"]),
        f"https://{pick.choice(HOSTS)}/{path}{'?' * bool(query)}{query}",
        headers,
        pick.choice([b"", b"{}", pick.randbytes(pick.randint(1, 3000))]),
        Credentials(access, secret, token),
        pick.choice(["*", "eu-central-1", "us-east-1,eu-west-1"]),
    )


class Signed(NamedTuple):
    """What an Authorization header says."""

    credential: str
    headers: str
    signature: str


def signed_by(kind: Any, case: Generated) -> tuple[AWSRequest, Signed]:
    request = case.request()
    kind(case.credentials, "cloudfront-keyvaluestore", case.regions).add_auth(request)
    found = re.fullmatch(
        r"AWS4-ECDSA-P256-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]+)",
        request.headers["Authorization"],
    )
    assert found, request.headers["Authorization"]
    return request, Signed(*found.groups())


def to_sign(case: Generated, request: AWSRequest, signed: Signed) -> str:
    """What our signer takes a signed request's text for."""
    make: Any = sigv4a.SigV4AAuth  # botocore has no annotations
    signer = make(case.credentials, "cloudfront-keyvaluestore", case.regions)
    again = case.request()
    for name in ("X-Amz-Date", "X-Amz-Region-Set", "X-Amz-Security-Token"):
        if name in request.headers:
            again.headers[name] = request.headers[name]
    assert signed.headers == signer.signed_headers(signer.headers_to_sign(again))
    digest = hashlib.sha256(signer.canonical_request(again).encode()).hexdigest()
    scope = signed.credential.removeprefix(f"{case.credentials.access_key}/")
    return "\n".join(["AWS4-ECDSA-P256-SHA256", request.headers["X-Amz-Date"], scope, digest])


def test_awscrt_signs_with_the_same_key_the_same_text() -> None:
    """Its signature is random, so it is verified: by the public half of our key, over the text that we would sign."""
    for seed in range(GENERATED):
        case = generated(seed)
        theirs, signed = signed_by(CrtSigV4AsymAuth, case)
        key = sigv4a.private_key(case.credentials.access_key, case.credentials.secret_key)
        assert verifies(key, to_sign(case, theirs, signed), signed.signature), seed
        assert not verifies(key, to_sign(case, theirs, signed) + "x", signed.signature), seed
        mine, own = signed_by(sigv4a.SigV4AAuth, case)
        assert (signed.headers, signed.credential) == (own.headers, own.credential), seed
        assert verifies(key, to_sign(case, mine, own), own.signature), seed
        other = sigv4a.private_key(case.credentials.access_key, case.credentials.secret_key + "x")
        assert not verifies(other, to_sign(case, mine, own), own.signature), seed


@pytest.mark.parametrize("key", [1, 2**255, sigv4a.ORDER - 1])
def test_a_nonce_is_in_range_the_same_again_and_another_for_another_key_or_text(key: int) -> None:
    digests = [hashlib.sha256(bytes([number])).digest() for number in range(200)]
    found = [sigv4a.nonce(key, digest) for digest in digests]
    assert [sigv4a.nonce(key, digest) for digest in digests] == found
    others = [sigv4a.nonce(sigv4a.ORDER - key, digest) for digest in digests]
    assert len({*found, *others}) == 400
    assert all(0 < one < sigv4a.ORDER for one in found + others)
    # every bit of it is one about as often as not: 200 throws, six standard deviations
    assert all(58 < sum(one >> bit & 1 for one in found) < 142 for bit in range(256))


@pytest.mark.parametrize(
    "scalar", [1, 2, 3, 4, 5, 2**128, 2**255, 2**256 // 3, sigv4a.ORDER // 2, sigv4a.ORDER - 2, sigv4a.ORDER - 1]
)
def test_multiples_of_the_base_point_are_right_at_the_edges(scalar: int) -> None:
    assert public(scalar).public_numbers().x == sigv4a.multiple_x(scalar)


CHILD = """
import json, sys
sys.path.insert(0, {path!r})
sys.modules["awscrt"] = None  # as in the managed Lambda runtime
import boto3
from publisher import signature
signature.register_signer()
store = boto3.client("cloudfront-keyvaluestore", region_name="eu-central-1", endpoint_url="http://127.0.0.1:1",
    aws_access_key_id={access!r}, aws_secret_access_key={secret!r}, aws_session_token={token!r})
seen = []
def keep(request, **_):
    seen.append(request)
    raise SystemExit
store.meta.events.register("before-send.*", keep)
arn = "arn:aws:cloudfront::111122223333:key-value-store/0d2c1f3e-aaaa-bbbb-cccc-1234567890ab"
try:
    store.update_keys(KvsARN=arn, IfMatch="E1", Puts=[dict(Key="live", Value="a b")])
except SystemExit:
    sent = seen[0]
    text = lambda v: v.decode() if isinstance(v, bytes) else v
    headers = {{k: text(v) for k, v in sent.headers.items()}}
    print(json.dumps(dict(method=sent.method, url=sent.url, headers=headers, body=text(sent.body))))
"""


def signed_request(python: str, token: str | None) -> Any:
    folder = str(Path(sigv4a.__file__).parents[1])
    text = CHILD.format(path=folder, access=ACCESS_KEY, secret=SECRET_KEY, token=token)
    done = subprocess.run([python, "-c", text], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("token", [None, "session/token=="], ids=["long-lived key", "session"])
def test_a_store_request_without_awscrt_carries_a_signature_that_verifies(token: str | None) -> None:
    sent = signed_request(sys.executable, token)
    found = re.fullmatch(
        rf"AWS4-ECDSA-P256-SHA256 Credential={ACCESS_KEY}/(\d{{8}}/cloudfront-keyvaluestore/aws4_request), "
        r"SignedHeaders=([^,]+), Signature=([0-9a-f]+)",
        sent["headers"]["Authorization"],
    )
    assert found
    scope, signed, signature = found.groups()
    url = urlsplit(sent["url"])
    headers = {name.lower(): " ".join(value.split()) for name, value in sent["headers"].items()}
    headers.setdefault("host", url.netloc)
    expected = {"content-type", "host", "if-match", "x-amz-date", "x-amz-region-set"}
    expected |= {"x-amz-security-token"} if token else set()
    assert expected <= set(signed.split(";"))
    assert headers["x-amz-region-set"] == "*"
    query = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in sorted(parse_qsl(url.query)))
    lines = [f"{name}:{headers[name]}" for name in signed.split(";")]
    body = hashlib.sha256(sent["body"].encode()).hexdigest()
    canonical = "\n".join([sent["method"], quote(url.path, safe="/-_.~"), query, *lines, "", signed, body])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-ECDSA-P256-SHA256", headers["x-amz-date"], scope, digest])
    assert verifies(sigv4a.private_key(ACCESS_KEY, SECRET_KEY), text, signature)


def test_with_awscrt_botocore_s_own_signer_stays() -> None:
    text = (
        "import botocore.auth as a; from publisher import signature; signature.register_signer();"
        "print(a.AUTH_TYPE_MAPS['v4a'].__module__)"
    )
    folder = Path(sigv4a.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", text], cwd=folder, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "botocore.crt.auth"
