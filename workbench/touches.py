"""What a request to AWS is about, so that two requests can be told apart that do not concern each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypedDict

from workbench.double import World

if TYPE_CHECKING:
    from aws_types import Deletion


class Touch(NamedTuple):
    """What a request is about: names of objects, or how they begin; `store` is the store."""

    label: str = ""
    kind: str = ""  # create, write or delete; "" reads
    names: tuple[str, ...] = ()
    begin: bool = False

    def concerns(self, name: str) -> bool:
        return any(name.startswith(mine) if self.begin else name == mine for mine in self.names)

    def changes(self, world: World) -> bool:
        """Whether it would change something now; a condition that fails, or deleting what is not there, does not."""
        if self.kind == "create":
            return not any(name in world.objects for name in self.names)
        if self.kind == "delete":
            return any(name in world.objects for name in self.names)
        return self.kind == "write"


class Arguments(TypedDict, total=False):
    """What a request says, as far as it tells what it is about."""

    KvsARN: str
    Key: str
    Prefix: str
    IfNoneMatch: str
    Delete: Deletion


def touch(operation: str, arguments: Arguments) -> Touch:
    """What a request is about, by its operation and arguments."""
    kind = {"put_object": "write", "update_keys": "write", "delete_object": "delete", "delete_objects": "delete"}.get(
        operation, ""
    )
    kind = "create" if "IfNoneMatch" in arguments else kind
    if "KvsARN" in arguments:
        return Touch(f"{operation} {arguments.get('Key', '')}", kind, ("store",))
    if "Prefix" in arguments:
        return Touch(f"{operation} {arguments['Prefix']}", kind, (arguments["Prefix"],), begin=True)
    names = [item["Key"] for item in arguments.get("Delete", {}).get("Objects", ())]
    names += [arguments["Key"]] if "Key" in arguments else []
    return Touch(f"{operation} {' '.join(names)}", kind, tuple(names))
