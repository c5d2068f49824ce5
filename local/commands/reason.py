"""Says what of a build failed, and why: the command and the lines that `deployments watch` and the mails show too."""

from __future__ import annotations

from deployments import shipped


def told(what: str, output: str) -> str:
    """What failed, and below it why, as far as `output` says so."""
    lines: list[str] = shipped.load("lambda/reason.py").reason(output).lines
    return "\n".join([what, *(f"  | {line}" for line in lines)])


def failed_command(output: str) -> str:
    """The command that failed, as far as `output` says so; else ""."""
    command: str = shipped.load("lambda/reason.py").reason(output).command
    return command
