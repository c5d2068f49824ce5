"""Brings the template to where it was asked for: whole or not at all, and nothing but a plain file is replaced.

As root a careless rename would put a file in the place of /dev/stdout, for every program of the machine.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path

from generator.settings import SettingsError
from instant_hosting.usage import silence


def deliver(text: bytes, output: str | None) -> None:
    """Write `text` into the file `output`, or to standard output."""
    if output is None:
        _to_standard_output(text)
        return
    try:
        _to_file(text, output)
    except OSError as error:
        raise SettingsError(f"--output {output}: cannot be written: {error.strerror}") from None


def _to_standard_output(text: bytes) -> None:
    if not sys.stdout:
        raise SettingsError("standard output is closed; give --output FILE")
    try:
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        silence()
        raise SettingsError(f"standard output cannot be written: {error.strerror}; give --output FILE") from None


def _to_file(text: bytes, output: str) -> None:
    """Write it beside the file that links lead to, and put it in that file's place, with its mode and owner."""
    try:
        old = Path(output).stat()  # where /proc's links really lead, which their names do not tell
    except FileNotFoundError:
        old = None
    path = Path(os.path.realpath(output))
    if old and not (stat.S_ISREG(old.st_mode) and path.exists() and os.path.samestat(path.stat(), old)):
        raise SettingsError(f"--output {output!r} is no plain file: give one, or leave the option out and use a pipe")
    import tempfile  # late, as it takes longer to load than a template to write, and most go to standard output

    number, name = tempfile.mkstemp(dir=path.parent, prefix=".generator-")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(text)
            if hasattr(os, "fchmod"):  # Windows has neither owners nor modes
                with contextlib.suppress(PermissionError):  # only root may give files away
                    os.chown(number, *((old.st_uid, old.st_gid) if old else (-1, -1)))
                os.fchmod(number, stat.S_IMODE(old.st_mode) if old else 0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask
