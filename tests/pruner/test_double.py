"""The double answers as the emulator does: the same questions to both, and the answers compared."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from workbench.double import S3, Paginator, Store, World

BUCKET = "site-bucket"


@pytest.fixture(params=["double", "emulator"])
def s3(request: pytest.FixtureRequest, aws: Any) -> Any:
    if request.param == "double":
        return S3(World())
    client = aws.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture(params=["double", "emulator"])
def store(request: pytest.FixtureRequest, aws: Any) -> tuple[Any, str]:
    if request.param == "double":
        return Store(World()), "arn"
    arn = aws.client("cloudfront").create_key_value_store(Name="store")["KeyValueStore"]["ARN"]
    return aws.client("cloudfront-keyvaluestore"), arn


def put(s3: Any, key: str, body: bytes = b"1", **options: Any) -> str:
    etag: str = s3.put_object(Bucket=BUCKET, Key=key, Body=body, **options)["ETag"]
    return etag


def refusal(call: Any, **arguments: Any) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        call(Bucket=BUCKET, **arguments)
    answer: dict[str, Any] = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def keys(s3: Any, **options: Any) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET, **options).get("Contents", [])]


def test_an_object_is_what_was_put(s3: Any) -> None:
    etag = put(s3, "a", b"text", Metadata={"deployment": "x"})
    for found in (s3.get_object(Bucket=BUCKET, Key="a"), s3.head_object(Bucket=BUCKET, Key="a")):
        assert (found["ETag"], found["Metadata"], found["ContentLength"]) == (etag, {"deployment": "x"}, 4)
    assert s3.get_object(Bucket=BUCKET, Key="a")["Body"].read() == b"text"
    assert etag == '"1cb251ec0d568de6a929b520c4aed8d1"'


def test_what_is_missing_is_refused(s3: Any) -> None:
    assert refusal(s3.get_object, Key="a") == (404, "NoSuchKey")
    assert refusal(s3.head_object, Key="a") == (404, "404")
    assert refusal(s3.delete_object, Key="a", IfMatch='"1"')[0] == 404
    assert refusal(s3.put_object, Key="a", Body=b"", IfMatch='"1"') == (404, "NoSuchKey")
    s3.delete_object(Bucket=BUCKET, Key="a")
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "a"}], "Quiet": True})


def test_the_double_refuses_conditional_writes_and_deletes_as_s3_does(s3: Any) -> None:
    first = put(s3, "a", b"1", IfNoneMatch="*")
    assert refusal(s3.put_object, Key="a", Body=b"2", IfNoneMatch="*") == (412, "PreconditionFailed")
    second = put(s3, "a", b"2", IfMatch=first)
    assert refusal(s3.put_object, Key="a", Body=b"3", IfMatch=first) == (412, "PreconditionFailed")
    assert refusal(s3.delete_object, Key="a", IfMatch=first) == (412, "PreconditionFailed")
    assert keys(s3) == ["a"]
    s3.delete_object(Bucket=BUCKET, Key="a", IfMatch=second)
    assert keys(s3) == []


def test_ages_are_told_by_the_same_clock(s3: Any) -> None:
    from email.utils import parsedate_to_datetime

    put(s3, "a")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix="a")
    now = parsedate_to_datetime(found["ResponseMetadata"]["HTTPHeaders"]["date"])
    assert abs((now - found["Contents"][0]["LastModified"]).total_seconds()) < 2
    assert now.tzinfo is not None


def test_a_listing_has_a_prefix_pages_and_folders(s3: Any) -> None:
    for key in ("b/2/x", "b/1/y", "b/1/x", "b/z", "a", "c"):
        put(s3, key)
    assert keys(s3, Prefix="b/") == ["b/1/x", "b/1/y", "b/2/x", "b/z"]
    folders = s3.list_objects_v2(Bucket=BUCKET, Prefix="b/", Delimiter="/")
    assert [item["Prefix"] for item in folders["CommonPrefixes"]] == ["b/1/", "b/2/"]
    assert [item["Key"] for item in folders["Contents"]] == ["b/z"]
    pages = list(Paginator(s3).paginate(Bucket=BUCKET, Prefix="b/", MaxKeys=3))
    assert [[item["Key"] for item in page["Contents"]] for page in pages] == [["b/1/x", "b/1/y", "b/2/x"], ["b/z"]]
    pages = list(Paginator(s3).paginate(Bucket=BUCKET, Prefix="b/", Delimiter="/", MaxKeys=1))
    assert [page["CommonPrefixes"][0]["Prefix"] if "CommonPrefixes" in page else None for page in pages] == [
        "b/1/",
        "b/2/",
        None,
    ]
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, Prefix="d/")


def test_a_listing_goes_on_where_it_was_while_its_objects_are_deleted(s3: Any) -> None:
    for number in range(7):
        put(s3, f"a/{number}")
    seen = []
    for page in Paginator(s3).paginate(Bucket=BUCKET, Prefix="a/", MaxKeys=2):
        names = [item["Key"] for item in page["Contents"]]
        seen += names
        s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": name} for name in names], "Quiet": True})
    assert (seen, keys(s3)) == ([f"a/{number}" for number in range(7)], [])


def test_the_store_takes_a_write_with_its_etag_only(store: tuple[Any, str]) -> None:
    client, arn = store
    with pytest.raises(ClientError) as caught:
        client.get_key(KvsARN=arn, Key="live")
    assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
    first = client.describe_key_value_store(KvsARN=arn)["ETag"]
    second = client.update_keys(KvsARN=arn, IfMatch=first, Puts=[{"Key": "live", "Value": "a"}])["ETag"]
    assert second == client.describe_key_value_store(KvsARN=arn)["ETag"] != first
    with pytest.raises(ClientError) as caught:
        client.update_keys(KvsARN=arn, IfMatch=first, Puts=[{"Key": "live", "Value": "b"}])
    assert caught.value.response["Error"]["Code"] == "ConflictException"
    assert client.get_key(KvsARN=arn, Key="live")["Value"] == "a"
