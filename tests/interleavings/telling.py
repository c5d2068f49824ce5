"""Writes down a run for a person: what happened from outside, each request, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .play import Record
from .shrink import Case
from .system import Fault, Step


def tell(case: Case, record: Record) -> Iterator[str]:
    """The lines of a run's trace."""
    for stimulus in case.script:
        late = f", delivered after {', '.join(map(str, stimulus.deliveries))} s" * (stimulus.deliveries != (0.0,))
        yield short(f"{stimulus.at:9.3f} {stimulus.name}: {stimulus.body}{late}")
    yield ""
    for step in record.system.steps:
        yield short(f"{step.moment:9.3f} {step.process:16} {request(step)} {outcome(step.result)}")
    yield ""
    for process in record.system.processes:
        said = process.lines[-1:] if process.key in record.requests else [str(process.error or process.answer)]
        yield short(f"{process.key} {process.end}: {' '.join(said)}")


def request(step: Step) -> str:
    given = step.arguments
    keys = [item["Key"] for item in given.get("Delete", {}).get("Objects", ())]
    keys += [f"{put['Key']}={put['Value']}" for put in given.get("Puts", ())]
    keys += [given[name] for name in ("Key", "Prefix") if name in given]
    how = f" [{step.fault.kind}]" if step.fault.kind else ""
    return f"{step.operation} {' '.join(keys)}{how}"


def outcome(result: Any) -> str:
    if not isinstance(result, dict):
        return f"-> {result}" if result else ""
    if "Value" in result:
        return f"-> {result['Value']}"
    found = [item["Key"] for item in result.get("Contents", ())]
    found += [item["Prefix"] for item in result.get("CommonPrefixes", ())]
    metadata = result.get("Metadata", {}).get("deployment", "")
    return f"-> {' '.join(found) or metadata}" if found or metadata else ""


def short(text: str) -> str:
    """With a letter for each deployment, and the errors' code only."""
    text = re.sub(r"(\w)\1{7}-\1{16}", lambda found: found[1].upper(), text)
    text = re.sub(r'"published":\[\["?([^]]*?)\].*\]\]', r'"published":[[\1] ...]', text)
    return re.sub(r"An error occurred \((\w+)\) when calling .*", r"\1", text)


__all__ = ["Fault", "short", "tell"]
