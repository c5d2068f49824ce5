"""What a CI or a laptop of the user's needs instead of a pipeline: a policy to upload and to ask for publishing.

A CI's key may leak, so it may add deployments and ask for one, and neither delete nor write the store.
"""

from __future__ import annotations

from typing import NamedTuple

from awacs import awslambda, cloudformation, s3
from awacs.aws import Condition, StringLike
from troposphere import GetAtt, Ref
from troposphere.awslambda import Alias
from troposphere.iam import ManagedPolicy

from contract import DEPLOYMENTS, HISTORY, LEASES, LOCK, MANIFESTS, POOL
from generator.iam import allow, document
from generator.intrinsics import arn
from generator.sections.storage import Storage, objects_in, patterns


class Direct(NamedTuple):
    deploy_policy: ManagedPolicy


def build_direct(storage: Storage, ci: Alias) -> Direct:
    """The policy for a role that deploys: it may create deployments and have them published, nothing else."""
    bucket = storage.site_bucket

    listed = Condition(StringLike("s3:prefix", patterns(POOL, LOCK)))
    return Direct(
        ManagedPolicy(
            "DeployPolicy",
            Description="Uploads deployments and asks for their publishing",
            PolicyDocument=document(
                [
                    allow([s3.PutObject], *objects_in(bucket, DEPLOYMENTS, POOL, MANIFESTS, LEASES)),
                    allow([s3.GetObject], *objects_in(bucket, DEPLOYMENTS, POOL, MANIFESTS, HISTORY, LOCK)),
                    allow([s3.ListBucket], GetAtt(bucket, "Arn"), condition=listed),
                    allow([awslambda.InvokeFunction], Ref(ci)),
                    # so that the command line finds bucket and publisher by the stack's name
                    allow([cloudformation.DescribeStacks], arn("cloudformation", "stack/${AWS::StackName}/*")),
                ]
            ),
        )
    )
