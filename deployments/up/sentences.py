"""A change set as sentences: what is new, changed, replaced and removed, and what somebody notices of it.

CloudFormation's own words name properties; who has to say yes must know what visitors will notice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from deployments.up.formation import Change
from deployments.up.meanings import Meaning, meaning, rank

Weight = Literal["replaced", "removed", "changed", "new"]

_ACTIONS: dict[str, Weight] = {"Add": "new", "Modify": "changed", "Remove": "removed", "Import": "new"}
# AWS documents no property of it that would need a new one:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-distribution.html
_STAYS = {"AWS::CloudFront::Distribution"}
_NOTHING = "nobody notices: the new one is there before the old one goes"


class Sentence(NamedTuple):
    """What happens to one resource."""

    weight: Weight
    name: str
    text: str


def sentences(changes: Sequence[Change]) -> list[Sentence]:
    """A sentence for each change, what matters most first."""
    order = ["replaced", "removed", "changed", "new"]
    return sorted(map(_sentence, changes), key=lambda sentence: (order.index(sentence.weight), rank(sentence.name)))


def in_short(changes: Sequence[Change]) -> list[str]:
    """The lines for a person: of what is new and serves another resource only the number, of the rest a line each."""
    helpers = {change.name for change in changes if change.action != "Remove" and _helps(change)}
    each = sentences(changes)
    lines = [line.text for line in each if line.name not in helpers or line.weight in ("replaced", "removed")]
    served = [line for line in each if line.name in helpers and line.weight in ("new", "changed")]
    for weight, word in (("changed", "changed"), ("new", "new")):
        count = sum(line.weight == weight for line in served)
        if count:
            what = "role, log or permission that serves" if count == 1 else "roles, logs and permissions that serve"
            lines.append(f"{word}: {count} {what} these")
    return lines


def counts(changes: Sequence[Change]) -> str:
    """How many resources are changed in which way, in one line."""
    weights = [sentence.weight for sentence in sentences(changes)]
    each = [(weight, weights.count(weight)) for weight in ("new", "changed", "replaced", "removed")]
    return ", ".join(f"{count} {weight}" for weight, count in each if count)


def _helps(change: Change) -> bool:
    return meaning(change.name, change.kind).helper


def _sentence(change: Change) -> Sentence:
    what = meaning(change.name, change.kind)
    # of most references CloudFormation cannot tell beforehand: where nobody would notice, it is a change
    perhaps = change.replaced is None and what.replaced and change.kind not in _STAYS
    if change.action == "Modify" and (change.replaced or perhaps):
        return Sentence("replaced", change.name, _replaced(change, what))
    weight = _ACTIONS.get(change.action, "changed")
    if weight == "removed":
        left = "it stays in your account, but the stack does not own it any more" if change.kept else what.removed
        return Sentence(weight, change.name, f"removed: {what.what}{f'. {_upper(left)}' if left else ''}")
    return Sentence(weight, change.name, f"{weight}: {what.what}")


def _replaced(change: Change, what: Meaning) -> str:
    word = "REPLACED" if change.replaced else "perhaps replaced (CloudFormation cannot tell before it does it)"
    kept = ". The old one stays in your account" if change.kept and what.replaced else ""
    return f"{word}: {what.what}. {_upper(what.replaced or _NOTHING)}{kept}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
