"""Lets whatever ends a command from outside end it as Ctrl-C does: what it has begun is taken back or told.

A closed terminal sends SIGHUP, and a CI that is cancelled SIGTERM: Python would be gone at once.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

_NUMBERS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


@contextlib.contextmanager
def taken() -> Iterator[None]:
    """Until the end, those signals are a KeyboardInterrupt, but for one that somebody ignores, as `nohup` does."""
    if threading.current_thread() is not threading.main_thread():  # no other one may say what signals do
        yield
        return
    ours = [number for number in _NUMBERS if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
