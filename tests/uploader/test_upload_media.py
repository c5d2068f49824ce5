"""What a file is stored as: its media type, by its name, and the encoding of what the build has compressed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from content.media_types import TYPES, looks_like, media

Make = Callable[..., Path]
ID = "c" * 40 + "-1a2b3c4d5e6f7a8b"
BUILD = "project:1a2b3c4d-5e6f-7a8b-9c0d-112233445566"

# Where the table says something else than the data base
OTHERWISE = {
    "cjs": "text/javascript",  # application/node with nosniff would keep a browser from running what bundlers name so
    "mp4": "video/mp4",  # https://developer.mozilla.org/docs/Web/HTTP/Guides/MIME_types/Common_types
    "ico": "image/x-icon",  # what browsers and servers have always said
    "flac": "audio/flac",  # https://www.rfc-editor.org/rfc/rfc9639#name-media-type-registration
    "vcf": "text/vcard",  # https://www.rfc-editor.org/rfc/rfc6350#section-10.1
    "tgz": "application/gzip",  # in no data base; a tar.gz by another name
}

# https://www.iana.org/assignments/well-known-uris, and the document of each that says its type
WELL_KNOWN = {
    "apple-app-site-association": "application/json",  # https://developer.apple.com/documentation/xcode/supporting-associated-domains
    "openid-configuration": "application/json",  # https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationResponse
    "oauth-authorization-server": "application/json",  # https://www.rfc-editor.org/rfc/rfc8414#section-3.2
    "oauth-protected-resource": "application/json",  # https://www.rfc-editor.org/rfc/rfc9728#section-3.2
    "matrix/client": "application/json",  # https://spec.matrix.org/latest/client-server-api/#well-known-uris
    "matrix/server": "application/json",  # https://spec.matrix.org/latest/server-server-api/#getwell-knownmatrixserver
    "matrix/support": "application/json",
    "nodeinfo": "application/json",  # https://nodeinfo.diaspora.software/protocol
    "webauthn": "application/json",  # https://www.w3.org/TR/webauthn-3/#sctn-validating-relation-origin
    "web-identity": "application/json",  # https://www.w3.org/TR/fedcm-1/#idp-api-well-known
    "passkey-endpoints": "application/json",  # https://www.w3.org/TR/passkey-endpoints/
    "webfinger": "application/jrd+json",  # https://www.rfc-editor.org/rfc/rfc7033#section-10.2
    "change-password": "text/html; charset=utf-8",  # a page that leads on: https://w3c.github.io/webappsec-change-password-url/
    "atproto-did": "text/plain; charset=utf-8",  # https://atproto.com/specs/handle#https-well-known-method
    "acme-challenge/x": "application/octet-stream",  # https://www.rfc-editor.org/rfc/rfc8555#section-8.3
    "assetlinks.json": "application/json",
    "security.txt": "text/plain; charset=utf-8",
}


def stored(path: str) -> tuple[str, str]:
    """Type and encoding."""
    found = media(path)
    assert found.keys() <= {"ContentType", "ContentEncoding"}
    return found["ContentType"], found.get("ContentEncoding", "")


def facts() -> dict[str, str]:
    """The data base's types by extension."""
    lines = (Path(__file__).parent / "media-types.txt").read_text().splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return {name: kind for kind, *names in rows for name in names}


def test_every_extension_has_the_type_of_the_data_base_or_a_reason() -> None:
    expected = {**facts(), **OTHERWISE}
    extensions = {*TYPES} - {name.rpartition("/")[2] for name in WELL_KNOWN}
    assert {*expected} == extensions
    for name, kind in expected.items():
        charset = "; charset=utf-8" if kind.startswith("text/") else ""
        assert (kind + charset, "") == stored(f"a/b.{name}"), name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *{"f.cjs": "text/javascript", "f.geojson": "application/geo+json", "f.glb": "model/gltf-binary"}.items(),
        *{"f.jsonld": "application/ld+json", "f.log": "text/plain", "f.m3u8": "application/vnd.apple.mpegurl"}.items(),
        *{"f.m4v": "video/x-m4v", "f.md": "text/markdown", "f.rdf": "application/rdf+xml"}.items(),
        *{"f.srt": "application/x-subrip", "f.tgz": "application/gzip", "f.ts": "video/mp2t"}.items(),
        *{"f.xsl": "application/xml", "f.yaml": "text/yaml", "a/b.MJS": "text/javascript"}.items(),
        *{"a.js.map": "application/json", "search.pf_meta": "application/octet-stream"}.items(),
        *{"dl/tool.bin": "application/octet-stream", "site.webmanifest": "application/manifest+json"}.items(),
    ],
)
def test_the_type_goes_by_the_name(name: str, expected: str) -> None:
    assert expected == stored(name)[0].removesuffix("; charset=utf-8")
    assert ("; charset=utf-8" in stored(name)[0]) == expected.startswith("text/")


@pytest.mark.parametrize("name", ["CNAME", "client", "docs/openid-configuration", "dl/tool-1.2.0", "v/1.2", ".hidden"])
def test_a_name_without_an_extension_tells_no_type(name: str) -> None:
    assert {} == media(name)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (b'{"applinks": {', "application/json"),
        (b'\xef\xbb\xbf \n[{"a": 1}]', "application/json"),
        (b"[]", "application/json"),
        (b"{}\n", "application/json"),
        (b"[section]\nkey = 1", "text/plain; charset=utf-8"),
        (b"{{ template }}", "text/plain; charset=utf-8"),
        (b"\n<!DOCTYPE html><title>x", "text/html; charset=utf-8"),
        (b"<html lang=en>", "text/html; charset=utf-8"),
        (b"<b>bold</b>", "text/plain; charset=utf-8"),
        (b'<?xml version="1.0"?>\n<rss version="2.0">', "application/rss+xml"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom">', "application/atom+xml"),
        (b'<?xml version="1.0"?><urlset>', "application/xml"),
        (b"#!/bin/sh\nset -e\n", "text/plain; charset=utf-8"),
        (b"example.com\n", "text/plain; charset=utf-8"),
        (b"", "text/plain; charset=utf-8"),
        ("\u00fc".encode() * 300 + b"\xc3", "text/plain; charset=utf-8"),  # the last sign was cut in two
        (b"\xfc\xfd", "application/octet-stream"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "application/octet-stream"),
        (b'{"a": 1}\x00', "application/octet-stream"),
        (b"\x1f\x8b\x08\x00", "application/octet-stream"),
    ],
)
def test_a_file_without_an_extension_is_what_it_begins_as(start: bytes, expected: str) -> None:
    assert expected == looks_like(start)


@pytest.mark.parametrize("size", [100, 3_000_000], ids=["held in memory", "larger"])
def test_the_type_of_a_file_without_an_extension_arrives_with_all_of_its_bytes(
    site: Any, make: Make, size: int
) -> None:
    text = b"#!/bin/sh\n" + b"# more\n" * (size // 7)
    site.publish(make({"install": text, "CNAME": "example.com", "data": b"\0" * size}), CODEBUILD_BUILD_ID=BUILD)
    kinds = {name: site.head(f"deployments/{ID}/{name}")["ContentType"] for name in ("install", "CNAME", "data")}
    plain = "text/plain; charset=utf-8"
    assert {"install": plain, "CNAME": plain, "data": "application/octet-stream"} == kinds
    assert text == site.read(f"deployments/{ID}/install")


@pytest.mark.parametrize("name", WELL_KNOWN)
def test_what_is_well_known_has_its_registered_type(name: str) -> None:
    assert (WELL_KNOWN[name], "") == stored(f"deployments/{ID}/.well-known/{name}")


def test_apple_finds_its_file_at_the_root_too() -> None:
    assert ("application/json", "") == stored(f"deployments/{ID}/apple-app-site-association")


@pytest.mark.parametrize(
    ("name", "kind", "encoding"),
    [
        ("Build/game.framework.js.gz", "text/javascript; charset=utf-8", "gzip"),
        ("Build/game.wasm.gz", "application/wasm", "gzip"),
        ("Build/game.data.gz", "application/octet-stream", "gzip"),
        ("Build/game.symbols.json.gz", "application/json", "gzip"),
        ("Build/game.loader.js", "text/javascript; charset=utf-8", ""),
        ("Build/game.framework.js.br", "text/javascript; charset=utf-8", "br"),
        ("Build/game.wasm.br", "application/wasm", "br"),
        ("Build/game.data.br", "application/octet-stream", "br"),
        ("Build/game.symbols.json.br", "application/json", "br"),
        ("a.data.unityweb", "application/octet-stream", ""),
        ("index.html.gz", "text/html; charset=utf-8", "gzip"),
        ("A.CSS.GZ", "text/css; charset=utf-8", "gzip"),
        ("A.JS.BR", "text/javascript; charset=utf-8", "br"),
        ("picture.svgz", "image/svg+xml", "gzip"),
        ("data.json.br", "application/json", "br"),
        ("sitemap.xml.gz", "application/gzip", ""),
        ("table.csv.gz", "application/gzip", ""),
        ("data.json.gz", "application/gzip", ""),
        ("tool-1.2.0.tar.gz", "application/gzip", ""),
        ("backup.sql.gz", "application/gzip", ""),
        ("js.gz", "application/gzip", ""),
        ("notes.br", "application/octet-stream", ""),
        ("v1.2/notes.br", "application/octet-stream", ""),
    ],
)
def test_what_a_page_loads_compressed_is_unpacked_by_the_browser_and_an_archive_is_not(
    name: str, kind: str, encoding: str
) -> None:
    assert (kind, encoding) == stored(name)


@pytest.mark.parametrize("size", [100, 3_000_000], ids=["held in memory", "larger"])
def test_the_encoding_arrives_with_the_bytes_as_they_are(site: Any, make: Make, size: int) -> None:
    packed = gzip.compress(bytes(range(256)) * (size // 256 + 1), 0)
    assert site.publish(make({"Build/game.js.gz": packed, "a.tar.gz": packed}), CODEBUILD_BUILD_ID=BUILD) == 0
    head = site.head(f"deployments/{ID}/Build/game.js.gz")
    assert ("gzip", "text/javascript; charset=utf-8") == (head["ContentEncoding"], head["ContentType"])
    assert packed == site.read(f"deployments/{ID}/Build/game.js.gz")
    assert "ContentEncoding" not in site.head(f"deployments/{ID}/a.tar.gz")
