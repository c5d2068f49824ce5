"""Speaks to the person at the terminal: whole lines, at once.

More than `print`, because who reads may go away, as `head` does, and a full disk must not end a site.
"""

from __future__ import annotations

import signal

from instant_hosting.usage import silence, tell


def say(text: str) -> None:
    """Print the text and let nothing wait in a buffer; what cannot be said stops no site that is served."""
    try:
        print(text, flush=True)
    except BrokenPipeError:  # whoever listened has gone, as after `| head`: an orderly end
        silence()
        signal.raise_signal(signal.SIGINT)
    except OSError as error:
        silence()
        tell(f"local: standard output cannot be written ({error.strerror}): from now on nothing is said")
