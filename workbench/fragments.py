"""Fragments of the edge functions as the template carries them, for tests that replace them there."""

from __future__ import annotations

from generator import javascript


def as_shipped(fragment: str) -> str:
    """The fragment's lines, with their indentation, without the blanks that do not ship."""
    return "\n".join(map(_line, fragment.split("\n")))


def _line(line: str) -> str:
    text = line.lstrip(" ")
    begins_with_an_operator = text[:1] in (*"=<>+-*%&|^?:,", "!") and text != line
    indentation = "" if begins_with_an_operator else line[: len(line) - len(text)]
    return indentation + javascript.strip(text).strip("\n")
