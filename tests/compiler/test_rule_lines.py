"""What the router reads for patterns and queries, and what would be too dear for it."""

from __future__ import annotations

import pytest

from compiler.redirects import parse_redirects
from compiler.rule_lines import BYTES_LIMIT, rule_values
from compiler.store import TooMuchError


def values_of(*lines: str) -> tuple[list[str], int]:
    rules, problems = parse_redirects("\n".join(lines))
    assert problems == []
    return rule_values(rules, {})


def test_a_line_is_five_fields_with_references_in_its_target() -> None:
    (value,), segment = values_of("/blog/:year/* id=:id lang=de /news/:splat/:year?n=:id 302")
    assert segment == 1
    assert value.split("\t") == ["1", "blog", "302", "/blog/:/*", "id&lang=de", "/news/<*3</<2<?n=<?id<"]


def test_the_root_has_no_segment_and_a_name_that_only_begins_like_a_placeholder_stays() -> None:
    (value,), _ = values_of("/ p=:p /post/:p/Talk:pages")
    assert value.split("\t")[1:] == ["", "301", "", "p", "/post/<?p</Talk:pages"]


def test_lines_of_one_path_are_told_apart_by_their_query() -> None:
    (value,), _ = values_of(*(f"/index.php p={number} /post-{number}" for number in range(11)))
    assert value.split("\t")[:2] == ["?p", "0"]


def test_lines_of_one_folder_are_told_apart_by_a_segment_behind_it() -> None:
    lines = [f"/:lang/:docs/:part/:sub/page-{number} /d/{number}" for number in range(4)]
    values, _ = values_of(*lines, "/:lang/* /new/:splat")
    assert {value.split("\t")[0] for value in values} == {"5"}


@pytest.mark.parametrize(
    ("lines", "named"),
    [
        ([f"/:a/{letter}/:c /x/:c" for letter in "bbbb"], "lines 1, 2, 3, 4"),
        (["/blog/* id=:a /1/:a", "/blog/* no=:b /2/:b", "/blog/* /3/:splat"], "lines 1, 2, 3"),
    ],
)
def test_lines_that_the_router_would_have_to_try_one_after_another_are_refused(lines: list[str], named: str) -> None:
    with pytest.raises(TooMuchError, match=rf"^{named} can all match the same paths"):
        values_of(*lines)


def test_a_site_in_several_languages_with_what_is_left_at_its_end_is_taken() -> None:
    values, _ = values_of("/blog/:year/:month/* /a/:splat", "/blog/:slug /b/:slug", "/* /new/:splat")
    assert ["/a/<*4<", "/b/<2<", "/new/<*1<"] == [target for value in values for target in value.split("\t")[5::5]]


def test_a_hundred_lines_with_other_first_segments_are_spread_over_values() -> None:
    values, segment = values_of(*(f"/{number}/* /{'x' * 80}{number}/:splat" for number in range(100)))
    assert segment == 1
    assert max(len(value.encode()) for value in values) <= BYTES_LIMIT


def test_a_redirect_that_begins_with_what_a_visitor_says_could_lead_to_another_host() -> None:
    rules, (problem,) = parse_redirects("/go to=:to /:to 302\n/in to=:to /p/:to 200\n/a/:to /:to")
    assert str(problem).startswith("_redirects:1: `/:to` begins with what a visitor's query says")
    assert [rule.line for rule in rules] == [2, 3]
