"""Logs of builds that failed: excerpts of what real tools wrote when they were made to fail, and what should be shown.

Each file has the log, a line `--- shown`, the command, and the error's lines.
"""

from __future__ import annotations

from pathlib import Path

LOGS = {
    file.stem: file.read_text().split("\n--- shown\n") for file in sorted((Path(__file__).parent / "logs").iterdir())
}
FRAGMENT = """cd "$SITE_ROOT" || exit 1
[ "$BUILD_COMMAND" = none ] || bash -euo pipefail -c "$BUILD_COMMAND" || exit 1
[ -d "$1" ] || { echo "error: no such folder" >&2; exit 1; }
"""
STAMP = "[Container] 2026/11/29 11:20:44.970643"


def in_codebuild(said: str) -> str:
    """The log of CodeBuild, which writes a command of several lines whole where it begins, and twice where it failed.

    Seen in https://github.com/awslabs/aws-deployment-framework/issues/471 and other public logs.
    """
    failed = f"{STAMP} Phase context status code: COMMAND_EXECUTION_ERROR Message: Error while executing command: "
    return (
        f"{STAMP} Entering phase BUILD\n{STAMP} Running command echo ready\nready\n"
        f"{STAMP} Running command {FRAGMENT}\n{said}\n\n"
        f"{STAMP} Command did not exit successfully {FRAGMENT} exit status 1\n"
        f"{STAMP} Phase complete: BUILD State: FAILED\n{failed}{FRAGMENT}. Reason: exit status 1\n"
        f"{STAMP} Entering phase POST_BUILD\n"
    )
