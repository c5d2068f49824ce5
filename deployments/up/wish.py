"""What a project wants its stack to be: template and parameters, and what of the stack that is there is kept.

One value, so that what is shown as a change is what CloudFormation is then given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from contract import VERSION
from deployments.errors import Failure
from deployments.up.version import is_newer, origin

if TYPE_CHECKING:
    from aws_types import DescribedStack, Parameter

_SHOWN = 60  # characters of a stranger's description: enough to know whose it is
# A site keeps these, but for a move; two names of several make it the same site if one of them stays.
_KNOWN_BY = {"Repository", "AppRoot", "DomainNames"}


class Wish(NamedTuple):
    """A stack as the project's files say it.

    names: the template's parameters
    of_build: those that only a new build heeds
    parameters: those that the files say; a stack that is there keeps its own for the rest
    publish: what `deployments publish` would take of the project, for a site without a pipeline
    role: the role that CloudFormation takes in place of the caller's rights, "" for none
    """

    stack: str
    template: str
    names: frozenset[str]
    of_build: frozenset[str]
    parameters: Mapping[str, str]
    source: str
    role: str = ""
    publish: str = ""

    def given(self, stack: DescribedStack | None) -> list[Parameter]:
        """The parameters for CloudFormation; as `sam deploy` does, a stack's own value counts where none is said."""
        there = {parameter["ParameterKey"] for parameter in stack.get("Parameters", ())} if stack else set()
        said: list[Parameter] = [
            {"ParameterKey": name, "ParameterValue": value} for name, value in self.parameters.items()
        ]
        kept: list[Parameter] = [
            {"ParameterKey": name, "UsePreviousValue": True}
            for name in sorted(there & self.names - set(self.parameters))
        ]
        return [*said, *kept]

    def changed(self, stack: DescribedStack | None) -> list[tuple[str, str, str]]:
        """The parameters that get another value than the stack has, each with both."""
        there = (
            {one["ParameterKey"]: one.get("ParameterValue", "") for one in stack.get("Parameters", ())} if stack else {}
        )
        each = ((name, there.get(name), value) for name, value in self.parameters.items())
        return [(name, old, new) for name, old, new in each if old is not None and old != new]

    def of_other_accounts(self, account: str) -> list[tuple[str, str]]:
        """The parameters that name something of another account, each with that one."""
        each = ((name, _account_of(value)) for name, value in self.parameters.items())
        return [(name, other) for name, other in each if other not in ("", account)]


def _account_of(value: str) -> str:
    """The account in an ARN; "" in what is none."""
    return value.split(":")[4] if value.startswith("arn:") and value.count(":") >= 5 else ""


def check_stack(wish: Wish, stack: DescribedStack, *, older: bool, moved: bool) -> None:
    """Refuse a stack that no template of ours made, that of another site, and one of a newer version or other source.

    older, moved: what somebody has said that they mean
    """
    made = origin(stack.get("Description", ""))
    if made is None:
        raise Failure(
            f"the stack {wish.stack} is no site's (it describes itself as {stack.get('Description', '')[:_SHOWN]!r}): "
            "give another stack_name in samconfig.toml"
        )
    if is_newer(made.version) and not older:
        raise Failure(
            f"the stack {wish.stack} is of version {made.version}, and this is {VERSION}: update with `pip install "
            "--upgrade instant-hosting`, or give --older to go back"
        )
    if made.source != wish.source:
        raise Failure(
            f"the stack {wish.stack} is of the source {made.source}, and site.toml says {wish.source}: correct source "
            "in site.toml, or give another stack_name. A change of the source would delete the way by which you "
            "publish",
            remedy="correct source in site.toml, or give another stack_name",
        )
    if not moved and (differs := _of_another_site(wish, stack)):
        name, there, said = differs
        raise Failure(
            f"the stack {wish.stack} may be another site's: its {name} is {there}, and samconfig.toml says {said}: "
            "give another stack_name in samconfig.toml, or --moved if this site has moved"
        )


def _of_another_site(wish: Wish, stack: DescribedStack) -> tuple[str, str, str] | None:
    """The parameter by which a site is known and that differs, with the stack's value and the project's."""
    for name, old, new in wish.changed(stack):
        if name in _KNOWN_BY and old and new and not _words(old) & _words(new):
            return name, old, new
    return None


def _words(value: str) -> set[str]:
    """The names in a parameter; upper and lower case are the same to Git hosts and to DNS."""
    return set(value.lower().split(","))
