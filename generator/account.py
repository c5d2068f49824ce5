"""What an account demands of what is in it: tags, and for every role a permissions boundary and a path.

In one place for all resources, so that none can be forgotten.
"""

from __future__ import annotations

from troposphere import AWSObject, Sub, Tags
from troposphere.iam import Role

from generator.intrinsics import arn
from generator.settings import RoleSettings, Settings


def as_demanded(resource: AWSObject, settings: Settings) -> AWSObject:
    """Give `resource` with what `settings` demand of its kind."""
    if isinstance(resource, Role):
        _restrict(resource, settings.roles)
    if settings.tags and "Tags" in resource.props:
        tags = dict(settings.tags)
        resource.Tags = tags if resource.resource_type == "AWS::Serverless::Function" else Tags(tags)
    return resource


def _restrict(role: Role, settings: RoleSettings) -> None:
    if settings.permissions_boundary:
        role.PermissionsBoundary = _policy_arn(settings.permissions_boundary)
    if settings.path:
        role.Path = settings.path


def _policy_arn(policy: str) -> str | Sub:
    """The ARN of `policy`; a name is that of the account in which the stack is, so that StackSets can use it too."""
    if policy.startswith("arn:"):
        return policy
    return arn("iam", f"policy/{policy.removeprefix('/')}", regional=False)
