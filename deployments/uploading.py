"""Uploads a folder with the pipeline's own code, shows how it goes, and knows where it stood when it was stopped.

The same code as in a pipeline, so that a folder from a laptop and one from a build become the same deployment.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from botocore.exceptions import BotoCoreError, ClientError
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from compiler.report import count
from compiler.table import compile_site
from content.files import UploadError, printable
from content.identity import deployment_id, facts
from content.plan import make_plan, site_of
from contract import Compiled, Site
from deployments.checking import Options
from deployments.errors import Failure, explain
from deployments.output import Output, size
from packer.folder import files_of_folder
from packer.oddities import warnings
from uploader.client import connect
from uploader.deployment import upload

for _flag in ("O_NOFOLLOW", "O_NONBLOCK"):  # content/files.py opens with them; Windows has neither
    if not hasattr(os, _flag):
        setattr(os, _flag, 0)
_LINE_EVERY = 5  # seconds, where there is no terminal for a bar
_COLUMNS = "{task.fields[files]}", "{task.fields[bytes]}", "{task.fields[rate]}"


class Amount:
    """A number of files and their bytes."""

    def __init__(self) -> None:
        self.files = self.bytes = 0

    def add(self, number: int) -> None:
        """One more file, of so many bytes."""
        self.files, self.bytes = self.files + 1, self.bytes + number

    def text(self) -> str:
        """For people."""
        return f"{count(self.files, 'file')}, {size(self.bytes)}"

    def value(self) -> dict[str, int]:
        """For JSON."""
        return {"files": self.files, "bytes": self.bytes}


class Upload:
    """One upload: planned when it is made, done by `run`."""

    def __init__(self, folder: Path, options: Options, source: Mapping[str, str | None], output: Output) -> None:
        """Look at `folder`; `source` is the commit and what else the manifest tells of it."""
        self._shared = options.shared
        self._output = output
        self.started = time.monotonic()
        self.sent, self.reused, self.complete = Amount(), Amount(), False
        told = {name: text or "" for name, text in source.items()}
        commit = told.pop("commit", "") or "upload"
        try:
            files = files_of_folder(folder)
            self.plan = make_plan(files, options.routing)
            self.id = deployment_id(commit)
            site = site_of(
                files,
                self.plan,
                fallback=options.fallback,
                assets=options.assets,
                shared=options.shared,
                lenient=options.lenient,
            )
        except (UploadError, OSError) as error:
            raise Failure(str(error)) from None
        for warning in warnings(files, self.plan):
            output.note(f"warning: {warning}", "yellow")
        self._compiled = _compiled(site, output)
        self._facts = {"id": self.id, **facts(commit, None, **told)}

    def run(self, bucket: str) -> None:
        """Write everything that is not there yet, and the manifest last."""
        sizes = [file.size for file in self.plan.files.values()]
        view = _Bar if self._output.err.is_terminal else _Lines
        # what the uploader prints is a build's log; standard output is for the result
        with view(self._output, len(sizes), sum(sizes)) as shown, contextlib.redirect_stdout(sys.stderr):

            def progress(number: int, written: bool) -> None:
                (self.sent if written else self.reused).add(number)
                shown.update(self.sent, self.reused)

            s3 = connect()
            try:
                self.id, told = upload(s3, bucket, self.plan, self._compiled, self._facts, progress, self._shared)
            except UploadError as error:
                raise Failure(_reason(error)) from None
        self.complete = True
        for warning in told:
            self._output.note(f"warning: {warning}", "yellow")

    def interrupted(self) -> str:
        """Where it stood, and where to go on."""
        if self.complete:
            return f"interrupted: {self.id} is complete, `status` says what is live, `promote {self.id}` makes it live"
        sent = self.sent.text()
        return f"interrupted: visitors see nothing of it ({sent} sent); run it again, shared files are not sent twice"


def _compiled(site: Site, output: Output) -> Compiled:
    """What the site's rules make of its files, and what is to be said of them; `Failure` if a line is wrong."""
    compiled = compile_site(site)
    for line in compiled["report"]:
        output.note(printable(line))
    for warning in compiled["warnings"]:
        output.note(f"warning: {printable(warning)}", "yellow")
    for problem in compiled["problems"]:
        output.note(printable(problem), "red")
    if compiled["problems"]:
        raise Failure(f"nothing was uploaded: mend what is wrong ({len(compiled['problems'])} above)")
    return compiled


def _reason(error: Exception) -> str:
    cause = error.__cause__
    return explain(cause) if isinstance(cause, (ClientError, BotoCoreError)) else str(error)


class _Fields(TypedDict):
    """What stands beside the bar."""

    files: str
    bytes: str
    rate: str


class _Bar:
    """A bar with files, bytes and rate, on a terminal."""

    def __init__(self, output: Output, files: int, number: int) -> None:
        self._total = files, number
        self._started = time.monotonic()
        self._progress = Progress(
            BarColumn(),
            *map(TextColumn, _COLUMNS),
            TimeRemainingColumn(compact=True),
            console=output.err,
            transient=True,
        )
        self._task = self._progress.add_task("", total=max(number, 1), **self._fields(Amount(), Amount()))

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self, sent: Amount, reused: Amount) -> None:
        """Show how far it is."""
        done = sent.bytes + reused.bytes
        self._progress.update(self._task, completed=done, **self._fields(sent, reused))

    def _fields(self, sent: Amount, reused: Amount) -> _Fields:
        files, number = self._total
        rate = sent.bytes / max(time.monotonic() - self._started, 0.001)
        return {
            "files": f"{sent.files + reused.files:,}/{count(files, 'file')}",
            "bytes": f"{size(sent.bytes + reused.bytes)} of {size(number)}",
            "rate": f"{size(rate)}/s",
        }


class _Lines:
    """A line now and then, in a log."""

    def __init__(self, output: Output, files: int, number: int) -> None:
        self._output, self._total = output, (files, number)
        self._shown = time.monotonic()

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, sent: Amount, reused: Amount) -> None:
        """Say how far it is, if it is time to."""
        if time.monotonic() > self._shown + _LINE_EVERY:
            self._shown = time.monotonic()
            files, number = self._total
            done = f"{sent.files + reused.files:,} of {count(files, 'file')}"
            self._output.note(f"uploaded {done}, {size(sent.bytes + reused.bytes)} of {size(number)}")
