"""Says what of a build failed, and why: the command and the lines that `deployments watch` and the mails show too."""

from __future__ import annotations

from messenger.reason import reason


def told(what: str, output: str) -> str:
    """What failed, and below it why, as far as `output` says so."""
    return "\n".join([what, *(f"  | {line}" for line in reason(output).lines)])


def failed_command(output: str) -> str:
    """The command that failed, as far as `output` says so; else ""."""
    return reason(output).command
