"""Where deployments live: the site bucket, and the store that says which of them is live."""

from __future__ import annotations

from typing import Any, NamedTuple

from troposphere import Ref
from troposphere.cloudfront import KeyValueStore
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentVersionExpiration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
)

from generator.intrinsics import STACK_NAME, STACK_UUID


class Storage(NamedTuple):
    site_bucket: Bucket
    store: KeyValueStore


def build_storage() -> Storage:
    """The site bucket and the store, both kept when the stack is deleted."""
    leases = [  # the uploader's and the pruner's marks; a build runs for 36 hours at most
        LifecycleRule(Prefix="uploads/", ExpirationInDays=2, Status="Enabled"),
        LifecycleRule(Prefix="prune.lock", ExpirationInDays=1, Status="Enabled"),
    ]
    return Storage(
        site_bucket=private_bucket("SiteBucket", LifecycleConfiguration=LifecycleConfiguration(Rules=leases)),
        store=KeyValueStore(
            "Store",
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            Name=STACK_UUID,
            Comment=STACK_NAME,
        ),
    )


def private_bucket(title: str, **properties: Any) -> Bucket:
    """A bucket that is encrypted, never public, and kept when the stack is deleted."""
    encryption = ServerSideEncryptionRule(
        ServerSideEncryptionByDefault=ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
    )
    return Bucket(
        title,
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
        BucketEncryption=BucketEncryption(ServerSideEncryptionConfiguration=[encryption]),
        OwnershipControls=OwnershipControls(Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
        PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
            BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
        ),
        **properties,
    )


def expiring(days: Ref, *, current: bool = True) -> LifecycleConfiguration:
    """What was overwritten goes after so many days, and so does what is `current`; half an upload goes after one."""
    expiration: dict[str, Any] = {"ExpirationInDays": days} if current else {}
    return LifecycleConfiguration(
        Rules=[
            LifecycleRule(
                Status="Enabled",
                **expiration,
                NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=days),
                AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
            )
        ]
    )
