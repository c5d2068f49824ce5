"""Where deployments live: the site bucket, and the store that says which of them is live.

Both are kept when the stack goes: whoever deletes a stack by mistake still has the site.
"""

from __future__ import annotations

from typing import NamedTuple, TypedDict, Unpack

from awacs import s3
from awacs.aws import Bool, Condition, Deny, Principal, Statement
from troposphere import GetAtt, Ref, Sub
from troposphere.cloudfront import KeyValueStore
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketEncryption,
    BucketPolicy,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentVersionExpiration,
    NotificationConfiguration,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

import contract
from generator.iam import document
from generator.intrinsics import STACK_NAME, STACK_UUID

# https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ListActionExecutions.html: up to 12 months
_HISTORY_DAYS = 366


class Storage(NamedTuple):
    site_bucket: Bucket
    store: KeyValueStore


class BucketOptions(TypedDict, total=False):
    """What one private bucket has and another has not."""

    VersioningConfiguration: VersioningConfiguration
    NotificationConfiguration: NotificationConfiguration
    LifecycleConfiguration: LifecycleConfiguration


def build_storage() -> Storage:
    """The site bucket and the store, both kept when the stack is deleted."""
    leases = [  # the uploader's and the pruner's marks: whole days, the fewest that are longer than what they mark
        # an upload: a build runs for 36 hours at most (LEASE_SECONDS)
        # https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html: timeoutInMinutes
        LifecycleRule(Prefix=contract.LEASES, ExpirationInDays=2, Status="Enabled"),
        # a prune: minutes (LOCK_SECONDS)
        LifecycleRule(Prefix=contract.LOCK, ExpirationInDays=1, Status="Enabled"),
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


def private_bucket(title: str, **options: Unpack[BucketOptions]) -> Bucket:
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
        **options,
    )


def objects_in(bucket: Bucket, *keys: str) -> list[Sub]:
    """The ARNs of the objects of `bucket` with these keys (see `patterns`)."""
    return [Sub(f"${{{bucket.title}.Arn}}/{pattern}") for pattern in patterns(*keys)]


def patterns(*keys: str) -> list[str]:
    """The keys as a policy matches them: what ends with a slash begins keys."""
    return [f"{key}*" if key.endswith("/") else key for key in keys]


def tls_only(bucket: Bucket) -> Statement:
    """Nobody reads or writes the bucket without TLS."""
    return Statement(
        Sid="TlsOnly",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[s3.Action("*")],
        Resource=[GetAtt(bucket, "Arn"), *objects_in(bucket, "*")],
        Condition=Condition(Bool("aws:SecureTransport", False)),
    )


def tls_policy(bucket: Bucket) -> BucketPolicy:
    """The policy of a bucket that only roles of this account use."""
    return BucketPolicy(f"{bucket.title}Policy", Bucket=Ref(bucket), PolicyDocument=document([tls_only(bucket)]))


def expiring(days: Ref, *, current: bool = True) -> LifecycleConfiguration:
    """What was overwritten goes after so many days, and so does what is `current`; half an upload goes after one."""
    rule = LifecycleRule(
        Status="Enabled",
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=days),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
    )
    if current:
        rule.ExpirationInDays = days
    return LifecycleConfiguration(Rules=[rule])


def expiring_archives(days: Ref) -> LifecycleConfiguration:
    """What takes space goes after so many days; what only says that something was there stays as long as a pipeline's
    history: without it no stage could go back to an older execution.

    A rule for half an upload may not ask for a size:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-filters.html
    """
    return LifecycleConfiguration(
        Rules=[
            LifecycleRule(Status="Enabled", ObjectSizeGreaterThan="4096", ExpirationInDays=days),
            LifecycleRule(
                Status="Enabled",
                ExpirationInDays=_HISTORY_DAYS,
                AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=1),
            ),
        ]
    )
