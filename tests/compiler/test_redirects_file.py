"""What a `_redirects` gives: rules, and for each other line a problem that names it."""

from __future__ import annotations

from compiler.redirects import Rule, parse_redirects


def test_a_line_says_where_from_where_to_and_how() -> None:
    rules, problems = parse_redirects("# moved\n/old/  /new  302!  # for now\r\n\n/q id=:id /p/:id\n")
    assert problems == []
    assert rules == [
        Rule(line=2, source="/old", query=(), target="/new", status=302, forced=True),
        Rule(line=4, source="/q", query=(("id", ":id"),), target="/p/:id", status=301, forced=False),
    ]
    assert [rule.is_static for rule in rules] == [True, False]
