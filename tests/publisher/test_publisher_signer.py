"""The SigV4A signer, against public vectors and an independent library."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import sigv4a
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
CASES = 38  # complete ones, README.md beside the vectors


def public(key: int) -> ec.EllipticCurvePublicKey:
    return ec.derive_private_key(key, ec.SECP256R1()).public_key()


def verifies(key: int, text: str, signature: str) -> bool:
    try:
        public(key).verify(bytes.fromhex(signature), text.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


@pytest.fixture
def cases(vectors: Path) -> list[Path]:
    found = sorted(path.parent for path in (vectors / "aws-c-auth-v4a" / "v4a").glob("*/public-key.json"))
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


# RFC 6979, A.2.5: P-256 with SHA-256
RFC_KEY = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
RFC = {
    "sample": (
        0xA6E3C57DD01ABE90086538398355DD4C3B17AA873382B0F24D6129493D8AAD60,
        0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,
        0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8,
    ),
    "test": (
        0xD16B6AE827F17175E040871A1C7EC3500192C4C92677336EC2537ACAEE0008E0,
        0xF1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367,
        0x019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083,
    ),
}


@pytest.mark.parametrize("message", RFC)
def test_nonce_and_signature_are_those_of_rfc_6979(message: str) -> None:
    k, r, s = RFC[message]
    assert k == sigv4a.nonce(RFC_KEY, hashlib.sha256(message.encode()).digest())
    encoded = "".join(f"02{len(n) // 2:02x}{n}" for n in (("00" if v >> 255 else "") + f"{v:064x}" for v in (r, s)))
    assert f"30{len(encoded) // 2:02x}{encoded}" == sigv4a.sign(RFC_KEY, message.encode())


@pytest.mark.parametrize("scalar", [1, 2, 3, 2**128, sigv4a.ORDER - 2, sigv4a.ORDER - 1])
def test_multiples_of_the_base_point_are_right_at_the_edges(scalar: int) -> None:
    assert public(scalar).public_numbers().x == sigv4a.multiple_x(scalar)


CHILD = """
import json, sys
sys.path.insert(0, {path!r})
sys.modules["awscrt"] = None  # as in the managed Lambda runtime
import boto3, sigv4a
sigv4a.register_signer()
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
    folder = str(Path(sigv4a.__file__).parent)
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
    text = "import botocore.auth as a, sigv4a; sigv4a.register_signer(); print(a.AUTH_TYPE_MAPS['v4a'].__module__)"
    folder = Path(sigv4a.__file__).parent
    done = subprocess.run([sys.executable, "-c", text], cwd=folder, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "botocore.crt.auth"
