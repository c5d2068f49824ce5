"""Uploads folders as the command line does, with what the environment says: also in a process of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# tests have them, benchmarks have not
sys.path.append(str(Path(__file__).resolve().parents[1] / "lambda"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "codebuild"))

from compiler.table import compile_site
from content.files import UploadError
from content.identity import deployment_id
from content.plan import Plan, make_plan, site_of
from contract import Compiled
from packer.folder import files_of_folder
from packer.oddities import warnings
from uploader import client
from uploader.deployment import upload
from uploader.pointers import point

PROGRAM = str(Path(__file__).resolve())


def planned(folder: Path, routing: str) -> Plan:
    """What publishing `folder` means."""
    return make_plan(files_of_folder(folder), routing)


def table_of(plan: Plan, *, shared: bool = True) -> Compiled:
    """The routing table of a plan whose site says nothing of itself."""
    return compile_site(site_of(plan.files, plan, shared=shared))


def tabled(folder: Path, routing: str, *, shared: bool = True) -> Compiled:
    """The routing table of `folder`; `UploadError` names what is wrong with its rules."""
    files = files_of_folder(folder)
    compiled = compile_site(site_of(files, make_plan(files, routing), shared=shared))
    for problem in compiled["problems"]:
        raise UploadError(problem)
    return compiled


def warned(folder: Path, routing: str) -> list[str]:
    """What is said about publishing `folder`."""
    files = files_of_folder(folder)
    return warnings(files, make_plan(files, routing))


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Upload a folder under the ID that commit and build give; say what a command would, give its exit status."""
    commit, execution = environment.get("COMMIT") or "upload", environment.get("EXECUTION", "")
    facts = {"commit": commit, "branch": environment.get("BRANCH", ""), "message": "", "author": ""}
    facts |= {"execution": execution, "created": "2026-05-01T12:00:00Z"}
    facts |= {"version": environment["VERSION"]} if "VERSION" in environment else {}
    digits = environment.get("CODEBUILD_BUILD_ID", "").split(":")[-1].replace("-", "")[:16]
    written: list[bool] = []
    try:
        folder, routing = Path(arguments[0]), environment["ROUTING"]
        plan = planned(folder, routing)
        facts = {"id": deployment_id(commit, digits), **facts}
        s3, shared = client.connect(), environment.get("SHARED_FILES") != "false"
        bucket, compiled = environment["SITE_BUCKET"], tabled(folder, routing, shared=shared)
        identity, said = upload(s3, bucket, plan, compiled, facts, lambda _, new: written.append(new), shared)
        if execution:
            point(s3, bucket, execution, identity)
    except UploadError as error:
        print("upload:", error, file=sys.stderr)
        return 1
    for warning in said:
        print("warning:", warning)
    print(f"deployment {identity}: files: {sum(written):,} uploaded, {len(written) - sum(written):,} reused")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
