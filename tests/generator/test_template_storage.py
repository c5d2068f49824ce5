"""What the buckets and the store keep, and what they refuse."""

from __future__ import annotations

from tests.generator.variants import EVERY_SOURCE, resolved, template
from workbench.resolve import STACK_UUID


@EVERY_SOURCE
def test_every_bucket_is_private_encrypted_and_kept(source: str) -> None:
    content = template(source)
    buckets = {title: r for title, r in content["Resources"].items() if r["Type"] == "AWS::S3::Bucket"}
    assert buckets
    for bucket in buckets.values():
        assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
        assert bucket["UpdateReplacePolicy"] == "Retain"
        properties = bucket["Properties"]
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(properties["PublicAccessBlockConfiguration"]) == 4
        assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
        (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        assert "BucketName" not in properties


@EVERY_SOURCE
def test_the_store_outlives_the_stack_and_is_named_by_the_stacks_uuid(source: str) -> None:
    store = template(source)["Resources"]["Store"]
    assert (store["DeletionPolicy"], store["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert resolved(source).properties("Store")["Name"] == STACK_UUID


@EVERY_SOURCE
def test_every_bucket_refuses_what_comes_without_tls(source: str) -> None:
    found = resolved(source)
    for title, resource in template(source)["Resources"].items():
        if resource["Type"] == "AWS::S3::Bucket":
            assert found.properties(f"{title}Policy")["Bucket"] == f"<{title}>"
            (rule,) = [s for s in found.statements(f"{title}Policy") if s["Sid"] == "TlsOnly"]
            assert (rule["Effect"], rule["Principal"], rule["Action"]) == ("Deny", "*", ["s3:*"])
            assert rule["Resource"] == [f"<{title}.Arn>", f"<{title}.Arn>/*"]
            assert rule["Condition"] == {"Bool": {"aws:SecureTransport": False}}


@EVERY_SOURCE
def test_the_site_bucket_refuses_to_overwrite_what_a_visitor_may_be_reading(source: str) -> None:
    (rule,) = [s for s in resolved(source).statements("SiteBucketPolicy") if s["Sid"] == "CreateNeverOverwrite"]
    assert rule["Effect"] == "Deny"
    assert rule["Action"] == ["s3:PutObject"]
    assert rule["Condition"] == {"Null": {"s3:if-none-match": True}}
    assert rule["Resource"] == [f"<SiteBucket.Arn>/{prefix}/*" for prefix in ("deployments", "immutable", "manifests")]
