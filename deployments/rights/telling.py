"""Shows policies to people, or puts each into a file that `aws iam` takes.

Who grants rights is seldom who needs them: what is shown is what can be sent to that person as it is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from deployments.errors import USAGE, Failure
from deployments.output import Column, Output
from deployments.rights.documents import LIMIT, Document, Statement, size

_FILES = Column("FILE", "cyan", narrow="whole"), Column("CHARACTERS", right=True, narrow="whole")


def show(policies: Mapping[str, Document], out: Output) -> None:
    """What each policy allows, a statement after the other; the JSON is the policies by name."""
    told = {name: "\n".join(map(_told, policy["Statement"])) for name, policy in policies.items()}
    out.facts(told, policies)


def write(folder: Path, policies: Mapping[str, Document], out: Output) -> None:
    """Write each policy to a file of its name."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, policy in policies.items():
            (folder / f"{name}.json").write_text(json.dumps(policy, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise Failure(f"{error.filename}: cannot be written: {error.strerror}; give another --output", USAGE) from None
    rows = [[str(folder / f"{name}.json"), f"{size(policy):,} of {LIMIT:,}"] for name, policy in policies.items()]
    out.rows(_FILES, rows, policies)


def _told(statement: Statement) -> str:
    """A statement as a sentence: what, on what, and only if what."""
    on = f"on {' '.join(statement['Resource'])}" if "Resource" in statement else ""
    condition = _conditions(statement)
    return " ".join(filter(None, [f"{_actions(statement['Action'])},", on, f"if {condition}" if condition else ""]))


def _actions(actions: Sequence[str]) -> str:
    """The actions, each service named once."""
    services: dict[str, list[str]] = {}
    for action in actions:
        service, _, name = action.partition(":")
        services.setdefault(service, []).append(name)
    return "; ".join(f"{service}: {', '.join(names)}" for service, names in services.items())


def _conditions(statement: Statement) -> str:
    told = [
        f"there is no {key}" if operator == "Null" else f"{key} is {' or '.join(values)}"
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    ]
    return " and ".join([*told, *(f"asked by {service}" for service in statement.get("Principal", {}).values())])
