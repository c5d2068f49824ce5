"""Regular expressions, as far as a line can say them: text, whole segments, and what is left at the end."""

from __future__ import annotations

import re

from compiler.problems import shown
from deployments.foreign import path_to_regexp
from deployments.foreign.demands import Unsaid
from deployments.foreign.spelling import SPARED, Spelling, is_app, leaves_files

_GROUP = re.compile(r"\(\?P?<(\w+)>")
_SIGN = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|.", re.DOTALL)


def spellings(expression: str, *, page: bool = False) -> list[Spelling]:
    """What an expression is here that is looked for in a path; `page`: all that it takes is one page."""
    if page and is_app(expression):
        return [Spelling("/*", {}, "" if leaves_files(expression) else SPARED)]
    if expression[:1] != "^":
        raise Unsaid(
            f"{shown(expression)} has no `^` first, so that it can be anywhere in an address: no line can say it"
        )
    text = _as_pattern(expression)
    _refuse_signs(expression, text)
    return path_to_regexp.spellings(text)


def _as_pattern(expression: str) -> str:
    """The same as a pattern of path-to-regexp, as far as that has it."""
    text, ends = expression[1:], expression.endswith("$") and not expression.endswith("\\$")
    text = re.sub(r"(?:/\?|\\/\?)?\$$", "", text) if ends else text + "(.*)"
    text = text.removesuffix("(.*)(.*)") + "(.*)" if text.endswith("(.*)(.*)") else text
    text = _GROUP.sub(lambda found: f":{found[1]}(", text)
    text = re.sub(r"(?<=/)\.([*+])$", r"(.\1)", text)
    return text.replace("\\/", "/").replace("\\-", "-")


def _refuse_signs(expression: str, text: str) -> None:
    """Refuse what an expression has, outside of its groups, and a pattern has not."""
    depth = 0
    for sign in _SIGN.findall(text):
        depth += (sign == "(") - (sign == ")")
        if not depth and (sign[0] in "[|^$" or sign in "*+?{"):
            raise Unsaid(f"{shown(expression)} is an expression that no line can say")
    if "(?" in text:
        raise Unsaid(f"{shown(expression)} is an expression that no line can say")
