"""What Netlify's and Cloudflare's own code answers, case by case: the same as ours, or for a reason that is told.

The cases are facts: Netlify's engine (npm netlify-redirector 0.5.0) and parsers (@netlify/redirect-parser 16.1.1,
@netlify/headers-parser 10.1.1), Cloudflare's workers-shared 0.19.9. `make oracles` asks the first three again.
"""

from __future__ import annotations

import re

import pytest

from tests.compiler.answers import ANSWER, Case, cases
from workbench import ROOT

OTHERS = "netlify", "cloudflare"
KINDS = pytest.mark.parametrize("kind", ["redirects", "headers"])


def agree(theirs: str, ours: str) -> bool:
    return theirs == ours or (theirs == "refused" and ours.startswith("refused"))


def reasons(case: Case) -> dict[str, str]:
    told = {"netlify": case.get("not netlify"), "cloudflare": case.get("not cloudflare")}
    return {other: reason for other, reason in told.items() if reason}


def test_the_table_has_at_least_400_cases_and_none_of_them_twice() -> None:
    table = [(kind, case["file"], case["ask"]) for kind in ANSWER for case in cases(kind)]
    assert len(table) >= 400
    assert len(set(table)) == len(table)


@KINDS
def test_ours_is_what_the_table_says(kind: str) -> None:
    for case in cases(kind):
        ours = ANSWER[kind](case["file"], case["ask"])
        refused = case["ours"].removeprefix("refused: ") if case["ours"] != ours else ""
        assert case["ours"] == ours or (ours.startswith("refused: ") and refused in ours), case


@KINDS
def test_where_ours_is_another_answer_the_documents_say_why(kind: str) -> None:
    page = (ROOT / "docs" / f"{kind}.md").read_text()
    rows = set(re.findall(r"^\| ([^|]+?) \|", page.partition("## How ours differs")[2], re.M)) - {"what", "---"}
    used = set()
    for case in cases(kind):
        theirs = {"netlify": case["netlify"], "cloudflare": case["cloudflare"]}
        differ = {other for other in OTHERS if not agree(theirs[other], case["ours"])}
        assert differ == set(reasons(case)), case
        used |= set(reasons(case).values())
    assert used == rows
