"""The few expressions of CloudFormation that several sections need."""

from __future__ import annotations

from troposphere import Ref, Select, Split, Sub

STACK_NAME = Ref("AWS::StackName")

# The stack ID ends in /<stack name>/<UUID>. The UUID is short, unique in every Region and new for every stack, which
# a name cannot be: CloudFormation cannot cut a long one, and retained stores and buckets keep theirs for ever.
# The store has it as its name, and whatever else needs a name takes it from there: `!Ref Store`.
STACK_UUID = Select(2, Split("/", Ref("AWS::StackId")))


def arn(service: str, resource: str, *, regional: bool = True) -> Sub:
    """An ARN in this account and in the stack's partition; `resource` may use `${...}`."""
    region = "${AWS::Region}" if regional else ""
    return Sub(f"arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{resource}")
