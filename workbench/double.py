"""S3 and the KeyValueStore in memory, as far as uploader, publisher and pruner use them.

It exists because every order of their steps is tens of thousands of runs. `test_double.py` puts the same questions to
it and to the emulator.
"""

from __future__ import annotations

import bisect
import hashlib
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple, NotRequired, Protocol, TypedDict, Unpack

from botocore.exceptions import ClientError
from botocore.hooks import HierarchicalEmitter

if TYPE_CHECKING:
    from aws_types import Deletion

LAST = "\U0010ffff"  # sorts after all that a key contains
START = datetime(2026, 3, 1, 10, tzinfo=UTC)


class Object(NamedTuple):
    body: bytes
    etag: str
    modified: datetime
    metadata: tuple[tuple[str, str], ...]


class Body(io.BytesIO):
    """An object's content; its text is the content, so that answers can be compared."""

    def __repr__(self) -> str:
        return repr(self.getvalue())


class CommonPrefix(TypedDict, total=False):
    Prefix: str


class Listed(TypedDict):
    Key: str
    ETag: str
    Size: int
    LastModified: datetime


class Told(TypedDict):
    HTTPStatusCode: int
    HTTPHeaders: dict[str, str]


class Answer(TypedDict, total=False):
    """What S3 answers."""

    ResponseMetadata: Told
    ETag: str
    LastModified: datetime
    ContentLength: int
    Metadata: dict[str, str]
    Body: Body
    KeyCount: int
    IsTruncated: bool
    Contents: list[Listed]
    CommonPrefixes: list[CommonPrefix]
    NextContinuationToken: str


class Listing(TypedDict):
    """What is asked for a list."""

    Bucket: str
    Prefix: NotRequired[str]
    Delimiter: NotRequired[str]
    ContinuationToken: NotRequired[str]
    MaxKeys: NotRequired[int]


class Lister(Protocol):
    """A client that lists."""

    def list_objects_v2(self, **arguments: Unpack[Listing]) -> Answer: ...


class StoreAnswer(TypedDict, total=False):
    """What the store answers."""

    ETag: str
    ItemCount: int
    Key: str
    Value: str


class Sent(TypedDict):
    """What EventBridge answers."""

    FailedEntryCount: int
    Entries: list[dict[str, str]]


class World:
    """Everything that is shared: objects, the store's values, and the time."""

    def __init__(self, page: int = 1000) -> None:
        self.objects: dict[str, Object] = {}
        self.keys: list[str] = []  # theirs, sorted
        self.values: dict[str, str] = {}
        self.writes = 0  # to the store: its ETag
        self.version = 0  # of all of it
        self.now = START
        self.page = page
        self._hash = (-1, 0)

    def copy(self) -> World:
        twin = World(self.page)
        twin.objects, twin.keys, twin.values = dict(self.objects), list(self.keys), dict(self.values)
        twin.writes, twin.now = self.writes, self.now
        return twin

    def put(self, key: str, found: Object) -> None:
        if key not in self.objects:
            bisect.insort(self.keys, key)
        self.objects[key] = found
        self.version += 1

    def delete(self, key: str) -> None:
        if self.objects.pop(key, None):
            del self.keys[bisect.bisect_left(self.keys, key)]
            self.version += 1

    def names(self, prefix: str, delimiter: str, after: str) -> Iterator[str]:
        """Keys that begin with `prefix` and follow `after`; with `delimiter`, folders in place of what they hold."""
        place = bisect.bisect_left(self.keys, prefix)
        if after:
            place = bisect.bisect_right(self.keys, f"{after}{LAST}" if after.endswith(delimiter or LAST) else after)
        while place < len(self.keys) and self.keys[place].startswith(prefix):
            head, cut, _ = self.keys[place][len(prefix) :].partition(delimiter or LAST)
            name = prefix + head + cut if cut else self.keys[place]
            yield name
            place = bisect.bisect_right(self.keys, f"{name}{LAST}") if cut else place + 1

    def later(self, **length: float) -> None:
        self.now += timedelta(**length)
        self.version += 1

    def __hash__(self) -> int:
        if self._hash[0] != self.version:
            objects = frozenset(self.objects.items())
            self._hash = self.version, hash((objects, *sorted(self.values.items()), self.writes, self.now))
        return self._hash[1]

    __eq__ = object.__eq__

    def live(self) -> str:
        return self.values.get("live", "").partition(" ")[0]


def error(status: int, code: str, operation: str) -> ClientError:
    return ClientError(
        {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, operation
    )


class S3:
    """A client for the one bucket of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.meta = SimpleNamespace(events=HierarchicalEmitter())

    def put_object(
        self,
        Bucket: str,
        Key: str,
        Body: bytes = b"",
        IfNoneMatch: str = "",
        IfMatch: str = "",
        Metadata: Mapping[str, str] | None = None,
        **_: object,
    ) -> Answer:
        found = self.world.objects.get(Key)
        if IfMatch and not found:
            raise error(404, "NoSuchKey", "PutObject")
        if (found and IfNoneMatch) or (found and IfMatch and found.etag != IfMatch):
            raise error(412, "PreconditionFailed", "PutObject")
        content = bytes(Body)
        etag = f'"{hashlib.md5(content).hexdigest()}"'
        metadata = tuple(sorted((Metadata or {}).items()))
        self.world.put(Key, Object(content, etag, self.world.now, metadata))
        return self._answer(ETag=etag)

    def get_object(self, Bucket: str, Key: str) -> Answer:
        found = self._found(Key, "GetObject", "NoSuchKey")
        return {**self._head(found), "Body": Body(found.body)}

    def head_object(self, Bucket: str, Key: str) -> Answer:
        return self._head(self._found(Key, "HeadObject", "404"))

    def delete_object(self, Bucket: str, Key: str, IfMatch: str = "") -> Answer:
        found = self.world.objects.get(Key)
        if IfMatch and not found:
            raise error(404, "NoSuchKey", "DeleteObject")
        if IfMatch and found and found.etag != IfMatch:
            raise error(412, "PreconditionFailed", "DeleteObject")
        self.world.delete(Key)
        return self._answer()

    def delete_objects(self, Bucket: str, Delete: Deletion) -> Answer:
        assert 0 < len(Delete["Objects"]) <= 1000
        self.meta.events.emit("before-send.s3.DeleteObjects")
        for item in Delete["Objects"]:
            self.world.delete(item["Key"])
        return self._answer()

    def list_objects_v2(
        self, Bucket: str, Prefix: str = "", Delimiter: str = "", ContinuationToken: str = "", MaxKeys: int = 0
    ) -> Answer:
        limit = MaxKeys or self.world.page
        names = list(itertools.islice(self.world.names(Prefix, Delimiter, ContinuationToken), limit + 1))
        page = names[:limit]
        contents: list[Listed] = [
            {"Key": name, "ETag": found.etag, "Size": len(found.body), "LastModified": found.modified}
            for name in page
            if (found := self.world.objects.get(name)) and not (Delimiter and name.endswith(Delimiter))
        ]
        prefixes: list[CommonPrefix] = [{"Prefix": name} for name in page if Delimiter and name.endswith(Delimiter)]
        answer = self._answer(KeyCount=len(page), IsTruncated=len(names) > limit)
        if contents:
            answer["Contents"] = contents
        if prefixes:
            answer["CommonPrefixes"] = prefixes
        if answer["IsTruncated"]:
            answer["NextContinuationToken"] = page[-1]
        return answer

    def _found(self, key: str, operation: str, code: str) -> Object:
        if key not in self.world.objects:
            raise error(404, code, operation)
        return self.world.objects[key]

    def _head(self, found: Object) -> Answer:
        metadata = dict(found.metadata)
        return self._answer(
            ETag=found.etag, LastModified=found.modified, ContentLength=len(found.body), Metadata=metadata
        )

    def _answer(self, **members: Unpack[Answer]) -> Answer:
        headers = {"date": format_datetime(self.world.now, usegmt=True)}
        return {**members, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": headers}}


class Store:
    """A client for the one store of a world."""

    class exceptions:
        ResourceNotFoundException = ClientError

    def __init__(self, world: World) -> None:
        self.world = world

    def describe_key_value_store(self, KvsARN: str) -> StoreAnswer:
        return {"ETag": f"E{self.world.writes}", "ItemCount": len(self.world.values)}

    def get_key(self, KvsARN: str, Key: str) -> StoreAnswer:
        if Key not in self.world.values:
            raise error(404, "ResourceNotFoundException", "GetKey")
        return {"Key": Key, "Value": self.world.values[Key]}

    def update_keys(
        self,
        KvsARN: str,
        IfMatch: str,
        Puts: Sequence[dict[str, str]] = (),
        Deletes: Sequence[dict[str, str]] = (),
    ) -> StoreAnswer:
        if IfMatch != f"E{self.world.writes}":
            raise error(409, "ConflictException", "UpdateKeys")
        self.world.values |= {put["Key"]: put["Value"] for put in Puts}
        for gone in Deletes:
            self.world.values.pop(gone["Key"], None)
        self.world.writes += 1
        self.world.version += 1
        return {"ETag": f"E{self.world.writes}", "ItemCount": len(self.world.values)}


class Events:
    """A client for EventBridge that keeps nothing: nobody here reads it."""

    def put_events(self, Entries: Sequence[object]) -> Sent:
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"} for _ in Entries]}


class Paginator:
    """`list_objects_v2` page by page, each a request of its own to `client`."""

    def __init__(self, client: Lister) -> None:
        self.client = client

    def paginate(self, **arguments: Unpack[Listing]) -> Iterator[Answer]:
        for _ in itertools.count():
            page = self.client.list_objects_v2(**arguments)
            yield page
            if not page["IsTruncated"]:
                return
            arguments["ContinuationToken"] = page["NextContinuationToken"]
