"""The few expressions of CloudFormation that several sections need, so that all of them name the stack alike."""

from __future__ import annotations

from troposphere import AWSHelperFn, Ref, Select, Split, Sub

STACK_NAME = Ref("AWS::StackName")

# The stack ID ends in /<stack name>/<UUID>. The UUID is short, unique in every Region and new for every stack, which
# a name cannot be: CloudFormation cannot cut a long one, and retained stores and buckets keep theirs for ever.
# What `!Ref` of the store gives, AWS does not say (its page leaves that empty), so nobody takes a name from there:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-keyvaluestore.html
STACK_UUID = Select(2, Split("/", Ref("AWS::StackId")))


def arn(service: str, resource: str, *, regional: bool = True, **values: AWSHelperFn) -> Sub:
    """An ARN in this account and in the stack's partition; `resource` may use `${...}`, also of `values`."""
    region = "${AWS::Region}" if regional else ""
    return Sub(f"arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{resource}", dict(values))
