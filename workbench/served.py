"""The double behind HTTP: S3, and the publisher as the one Lambda function, in a process of its own.

It exists because 400,000 objects are too many for the emulator, which looks at all of them for each page of a listing;
here the pruner's process runs as it ships, with its own boto3.

Run it as a program: it prints its port, and `POST /counts` gives what it has been asked so far.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError

from contract import switch_of
from workbench.double import S3, START, Answer, Object, World
from workbench.invoked import BY_NAME
from workbench.stepwise import client
from workbench.together import PUBLISHER

BODY = b"1"


class Handler(BaseHTTPRequestHandler):
    """One request, in the form that boto3 sends."""

    protocol_version = "HTTP/1.1"
    wbufsize = 65536  # one packet for each answer
    world: World
    lock = threading.Lock()
    counts: Counter[str] = Counter()

    def log_message(self, *_: object) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.lock:
            if self.path == "/counts":
                kinds = Counter(key.partition("/")[0] for key in self.world.keys)
                self.send(200, json.dumps({"requests": self.counts, "objects": kinds}).encode())
            elif self.path.startswith("/2015-03-31/functions/"):
                self.counts["Invoke"] += 1
                self.send(200, json.dumps(PUBLISHER.handler(json.loads(body), BY_NAME)).encode())
            else:
                self.counts["DeleteObjects"] += 1
                keys = [str(one.text) for one in ElementTree.fromstring(body).iter() if one.tag.endswith("Key")]
                S3(self.world).delete_objects(Bucket="", Delete={"Objects": [{"Key": key} for key in keys]})
                self.send(200, b"<DeleteResult/>")

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        key = unquote(path).split("/", 2)[2] if path.count("/") > 1 else ""
        with self.lock:
            self.counts["GetObject" if key else "ListObjectsV2"] += 1
            if key:
                self.answer(S3(self.world).get_object, Key=key)
            else:
                self.send(200, self.listing(query))

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        options = {"IfNoneMatch": self.headers.get("If-None-Match", ""), "IfMatch": self.headers.get("If-Match", "")}
        with self.lock:
            self.answer(S3(self.world).put_object, Key=unquote(self.path).split("/", 2)[2], Body=body, **options)

    def do_DELETE(self) -> None:
        with self.lock:
            key, etag = unquote(self.path).split("/", 2)[2], self.headers.get("If-Match", "")
            self.answer(S3(self.world).delete_object, Key=key, IfMatch=etag)

    def listing(self, query: dict[str, str]) -> bytes:
        prefix, delimiter, token = (query.get(name, "") for name in ("prefix", "delimiter", "continuation-token"))
        answer = S3(self.world).list_objects_v2("", prefix, delimiter, token)
        parts = [
            f"<Contents><Key>{quote(item['Key'])}</Key><LastModified>{item['LastModified']:%Y-%m-%dT%H:%M:%S}.000Z"
            f"</LastModified><ETag>{escape(item['ETag'])}</ETag><Size>{item['Size']}</Size></Contents>"
            for item in answer.get("Contents", ())
        ]
        prefixes = (quote(item["Prefix"]) for item in answer.get("CommonPrefixes", ()))
        parts += [f"<CommonPrefixes><Prefix>{prefix}</Prefix></CommonPrefixes>" for prefix in prefixes]
        token = escape(answer.get("NextContinuationToken", ""))
        parts += [f"<NextContinuationToken>{token}</NextContinuationToken>"] if token else []
        head = f"<EncodingType>url</EncodingType><IsTruncated>{str(answer['IsTruncated']).lower()}</IsTruncated>"
        return f"<ListBucketResult>{head}{''.join(parts)}</ListBucketResult>".encode()

    def answer(self, call: Callable[..., Answer], **arguments: object) -> None:
        try:
            answer = call(Bucket="", **arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            self.send(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())
            return
        body = answer["Body"].read() if "Body" in answer else b""
        modified = (
            {"Last-Modified": format_datetime(answer["LastModified"], usegmt=True)} if "LastModified" in answer else {}
        )
        self.send(200, body, {"ETag": answer["ETag"], **modified} if "ETag" in answer else {})

    def send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in {"Date": format_datetime(self.world.now, usegmt=True), **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def fill(deployments: int, objects: int) -> World:
    """A site that was published every six hours: half of each deployment's files are in the pool, most of them new."""
    world = World()
    each = max(4, objects // deployments - 3)  # besides manifest, lease and history
    own, new = each // 2, each - each // 2
    names: list[str] = []
    for number in range(deployments):
        identity = f"{number:040x}-{number:016x}"
        world.now = START + timedelta(hours=6 * number)
        names = [f"assets/chunk-{number}-{file}-{file:08x}{number:08x}.js" for file in range(new)] + names[: new // 4]
        manifest = {
            "id": identity,
            "commit": identity[:40],
            "routing": "spa",
            "files": own,
            "bytes": own,
            "immutable": names,
        }
        keys = [f"uploads/{identity}", *(f"deployments/{identity}/page-{file}/index.html" for file in range(own))]
        keys += [f"immutable/{name}" for name in names[:new]]
        for key in keys:
            world.objects[key] = Object(BODY, '"1"', world.now, ())
        since = f"{world.now:%Y-%m-%dT%H:%M:%S}.000Z"
        record = {"deployment": identity, "since": since, "action": "publish", "by": "bench", "sequence": None}
        switch = switch_of(since, identity)
        world.objects[switch] = Object(json.dumps({**record, "asked": since}).encode(), '"1"', world.now, ())
        world.objects[f"manifests/{identity}.json"] = Object(
            json.dumps(manifest).encode(), f'"{number}"', world.now, ()
        )
    world.values = {
        "live": f"{identity} spa",
        "ledger": json.dumps({"mark": since, "published": [[identity, since, "publish", "bench", None]]}),
    }
    world.objects["_errors/404.html"] = Object(BODY, '"1"', world.now, (("deployment", identity),))
    world.keys = sorted(world.objects)
    world.later(days=3)
    return world


def main(deployments: int, objects: int) -> None:
    Handler.world = fill(deployments, objects)
    PUBLISHER.client = lambda service: client(Handler.world, service)
    PUBLISHER.print = lambda *_: None
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
