"""How the commands speak and end: a mistake, and what cannot be said, is one line and no traceback."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, TextIO

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one line, as every other mistake gets; `--help` has the rest."""

    def error(self, message: str) -> NoReturn:
        """End with status 2."""
        self.exit(2, f"{self.prog.removeprefix('python -m ')}: {message} (see --help)\n")

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Let `run` tell of a help text that cannot be written: argparse is silent, and the status is 0."""
        out: TextIO | None = sys.stdout
        if out and file == out:
            out.write(message)
            out.flush()
        else:
            super()._print_message(message, file)


def run(name: str, command: Callable[[], int]) -> int:
    """Run the command `name`; its exit status, once all that it says is said."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(errors="backslashreplace")  # a terminal may lack somebody's characters
    try:
        status = command()
        if sys.stdout:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `| head` has seen enough
        silence()
        return 0
    except OSError as error:
        tell(f"{name}: {error.strerror}: {error.filename or 'the output cannot be written: send it somewhere else'}")
        silence()
        return 1
    return status


def tell(text: str) -> None:
    """Say `text` to a person, on standard error, if there is anybody to hear it."""
    with suppress(OSError):
        if sys.stderr:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()


def silence() -> None:
    """Let what Python still wants to write to standard output go nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
