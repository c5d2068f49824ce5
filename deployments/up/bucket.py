"""The bucket through which a template goes that is too large for a request: made once in an account and Region.

A template lies there only until CloudFormation has read it. The bucket's name can be guessed, so every call says whose
it must be: a bucket of somebody else by this name gets nothing, and gives no template.
"""

from __future__ import annotations

import contextlib
import hashlib
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from deployments.bucket import create_bucket
from deployments.cloud import Cloud
from deployments.errors import Failure
from instant_hosting.limits import TEMPLATE_LIMIT

if TYPE_CHECKING:
    from aws_types import EncryptionRule, LifecycleRule, OwnBucket, PublicAccessBlock, SentTemplate

_CLOSED: PublicAccessBlock = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
_ENCRYPTED: EncryptionRule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
# what an upload that was killed leaves is gone after a day
_SHORT_LIVED: LifecycleRule = {
    "ID": "templates",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "Expiration": {"Days": 1},
}


def bucket_name(account: str, region: str) -> str:
    """The bucket of this account and Region."""
    return f"instant-hosting-templates-{account}-{region}"


@contextlib.contextmanager
def offered(cloud: Cloud, text: str, say: Callable[[str], None], *, keep: bool = True) -> Iterator[SentTemplate]:
    """The template as CloudFormation takes it, for as long as it needs it: inline, or through the bucket.

    Unless `keep`, a bucket that had to be made goes again too.
    """
    if len(text.encode()) <= TEMPLATE_LIMIT:
        yield {"TemplateBody": text}
        return
    bucket = _Bucket(cloud, say, keep=keep)
    key = f"{hashlib.sha256(text.encode()).hexdigest()}-{uuid.uuid4().hex}.yaml"  # two runs at once share none
    made = bucket.hold(key, text)
    try:
        yield {"TemplateURL": bucket.address(key)}
    except BaseException:
        with contextlib.suppress(ClientError):  # what went wrong before is what counts
            bucket.remove(key)
        raise
    else:
        bucket.remove(key)
    finally:
        if made and not keep:
            bucket.delete()


class _Bucket:
    def __init__(self, cloud: Cloud, say: Callable[[str], None], *, keep: bool) -> None:
        account = str(cloud.client("sts").get_caller_identity()["Account"])
        self._s3, self._region, self._say, self._keep = cloud.client("s3"), cloud.region, say, keep
        self._mine: OwnBucket = {"Bucket": bucket_name(account, cloud.region), "ExpectedBucketOwner": account}
        self.name = self._mine["Bucket"]

    def hold(self, key: str, text: str) -> bool:
        """Upload the template; whether the bucket was made for that."""
        try:
            return self._hold(key, text)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
            return self._hold(key, text)  # a dry run, which had made it, has just taken it away

    def _hold(self, key: str, text: str) -> bool:
        made = self._make()
        self._s3.put_object(**self._mine, Key=key, Body=text.encode())
        return made

    def _make(self) -> bool:
        """Make it if it is not there; whether it was made."""
        try:
            self._s3.head_bucket(**self._mine)
            return False
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 403:
                raise Failure(self._not_ours()) from None
            if status != 404:
                raise
        made = self._create()
        what = f"the bucket {self.name}: a template that is too large for a request goes to CloudFormation through it"
        self._say(f"made {what}" if self._keep else f"made {what}; it is deleted again")
        return made

    def _not_ours(self) -> str:
        return f"the bucket {self.name} is not usable: it is another account's, or you lack s3:ListBucket on it"

    def _create(self) -> bool:
        """Make it, and close it; whether it was not another run that made it in this moment."""
        made = True
        try:
            create_bucket(self._s3, self.name, self._region)
        except ClientError as error:
            match error.response["Error"]["Code"]:
                case "BucketAlreadyOwnedByYou":
                    made = False
                case "BucketAlreadyExists":
                    raise Failure(self._not_ours()) from None
                case "OperationAborted":
                    busy = f"another run makes or deletes the bucket {self.name}"
                    raise Failure(f"{busy}: run `deployments up` again in a minute") from None
                case _:
                    raise
        self._s3.put_public_access_block(**self._mine, PublicAccessBlockConfiguration=_CLOSED)
        self._s3.put_bucket_encryption(**self._mine, ServerSideEncryptionConfiguration={"Rules": [_ENCRYPTED]})
        self._s3.put_bucket_lifecycle_configuration(**self._mine, LifecycleConfiguration={"Rules": [_SHORT_LIVED]})
        return made

    def address(self, key: str) -> str:
        """Where CloudFormation finds the template."""
        where = {"Bucket": self.name, "Key": key}
        # botocore knows how the partition spells it; CloudFormation reads with its caller's rights, not with a link's
        return str(self._s3.generate_presigned_url("get_object", Params=where)).partition("?")[0]

    def remove(self, key: str) -> None:
        """Delete the template: CloudFormation keeps its own."""
        self._s3.delete_object(**self._mine, Key=key)

    def delete(self) -> None:
        """Delete the bucket, unless another run has a template in it or has deleted it."""
        try:
            self._s3.delete_bucket(**self._mine)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in ("BucketNotEmpty", "NoSuchBucket"):
                raise
            if code == "BucketNotEmpty":
                self._say(f"the bucket {self.name} stays: another run uses it")
