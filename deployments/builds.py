"""What `doctor --source zip` makes of CodeBuild's own account of a build, and of what the build found.

CodeBuild's own account is asked, because a build that never began has left nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployments.finding import Finding

if TYPE_CHECKING:
    from aws_types import Build

_BEGINS_WITHIN = 30  # seconds


def of_the_start(build: Build) -> Finding:
    """Of BatchGetBuilds' answer about an upload: what its compute took to begin, and then the whole."""
    phases = {phase["phaseType"]: phase.get("durationInSeconds", 0) for phase in build.get("phases", ())}
    before = sum(phases.get(name, 0) for name in ("SUBMITTED", "QUEUED", "PROVISIONING"))
    kind = build.get("environment", {}).get("type", "an unknown compute")
    return Finding(
        "how soon an upload begins",
        f"{before} s on {kind}; {sum(phases.values())} s in all",
        f"Lambda's compute is there within {_BEGINS_WITHIN} s, and waits in no queue",
        before <= _BEGINS_WITHIN,
        "a deployment is live that much later: see UploadCompute",
    )


def of_abort(build: Build, nothing_written: bool) -> Finding:
    """Of BatchGetBuilds' answer about a build that has no page."""
    phases = {phase["phaseType"]: phase.get("phaseStatus", "") for phase in build.get("phases", ())}
    failed = phases.get("BUILD") == "FAILED" and build.get("buildStatus") == "FAILED"
    return Finding(
        "a build that fails (on-failure: ABORT)",
        ", ".join(f"{name} {status}" for name, status in phases.items() if status)
        + ("" if nothing_written else "; files were written"),
        "the build phase fails, the pipeline with it, and nothing is uploaded or published",
        failed and nothing_written,
        "a build that failed can be published",
    )


def of_cached(text: str) -> Finding:
    """What the second build found of the packages."""
    return Finding(
        "CodeBuild's cache in S3, between two builds",
        "the first build's file came back" if "fresh" not in text else "nothing came back",
        "packages come back, so installs are faster; without them installs are only slower",
        "fresh" not in text,
        "every build installs all packages anew",
    )
