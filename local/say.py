"""Speaks to the person at the terminal: whole lines, at once."""

from __future__ import annotations


def say(text: str) -> None:
    """Print the text and let nothing wait in a buffer."""
    print(text, flush=True)
