"""What is created last, after everything else is whole.

A pipeline runs as soon as it is created. If something else still fails then, the bucket that the run has written to
cannot be deleted, and the stack's creation ends in ROLLBACK_FAILED.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from troposphere import AWSObject, If, NoValue, Ref

# For a resource that depends on what it refers to: cfn-lint takes that for obsolete, but a reference waits until the
# other is made, and only DependsOn until it is ready. https://github.com/aws-cloudformation/cfn-lint#metadata
UNTIL_READY = {"cfn-lint": {"config": {"ignore_checks": ["W3005"]}}}

_REFERENCE = re.compile(r'"Ref": "(\w+)"|"Fn::GetAtt": \["(\w+)"|\$\{(\w+)')


def put_last(last: AWSObject, others: Sequence[AWSObject]) -> None:
    """Make `last` wait for `others`: for those that no other one waits for, and so for all."""
    awaited = {title for resource in others for title in _named(resource)}
    ends = [resource for resource in others if resource.title not in awaited]
    certain = [end for end in ends if "Condition" not in end.resource]
    last.DependsOn = [end.title for end in certain]
    last.Metadata = UNTIL_READY
    # DependsOn may not name what a condition leaves out; a reference in the metadata may, but not in those of `last`:
    # whatever decides the condition would change it, and so end what it runs.
    # https://cloudonaut.io/optional-dependson-with-cloudformation-metadata-to-the-rescue
    optional = [If(end.resource["Condition"], Ref(end), NoValue) for end in ends if "Condition" in end.resource]
    if optional:
        certain[-1].Metadata = {"After": optional}


def _named(resource: AWSObject) -> set[str]:
    """The logical IDs that the resource refers to or depends on."""
    content = resource.to_dict()
    found = _REFERENCE.findall(json.dumps(content.get("Properties", {})))
    depends = content.get("DependsOn", [])
    return {name for names in found for name in names} | {*([depends] if isinstance(depends, str) else depends)}
