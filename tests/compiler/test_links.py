"""A crawl reads what a site hands out as browsers and search engines do."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.asked import forms
from workbench.links import links_of

PAGE = """<link rel=canonical href=https://example.org/guide/intro>
<a href=other>o</a><a href="../about#part">a</a><a href=https://elsewhere.test/x>x</a><script src=./app.js></script>
"""


@pytest.mark.parametrize(
    ("routing", "other"),
    [
        ("folders", "/guide/intro/other"),
        ("bare", "/guide/other"),
        ("files", "/guide/other"),
        ("mixed", "/guide/intro/other"),
    ],
)
def test_a_relative_link_leads_from_the_address_under_which_the_routing_answers_the_page(
    tmp_path: Path, routing: str, other: str
) -> None:
    (tmp_path / "guide" / "intro").mkdir(parents=True)
    (tmp_path / "guide" / "intro" / "index.html").write_text(PAGE)
    found = {link.path: link.kind for link in links_of(tmp_path, ["guide/intro/index.html"], routing)}
    assert (found[other], found["/guide/intro"]) == ("link", "canonical")
    assert "/x" not in found


def test_a_sitemaps_entries_are_the_sites_own_and_written_in_xml(tmp_path: Path) -> None:
    (tmp_path / "sitemap-0.xml").write_text("<urlset><loc> https://example.org/tags/c&#43;&#43;/ </loc></urlset>")
    assert [("/tags/c++/", "sitemap", "sitemap-0.xml")] == links_of(tmp_path, ["sitemap-0.xml"], "folders")


def test_a_host_that_has_pages_of_the_sites_names_is_the_site(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<a href=https://www.example.org/about><a href=https://www.example.org/gone>")
    (tmp_path / "about.html").write_text("")
    found = links_of(tmp_path, ["index.html", "about.html"], "files")
    assert [one.path for one in found] == ["/about", "/gone"]


def test_every_form_of_a_pages_address_is_asked_for() -> None:
    assert forms(["docs/index.html"]) == {
        "/docs/index.html": "full name",
        "/docs": "without a slash",
        "/docs/": "with a slash",
        "//docs": "two slashes",
        "/docs/index": "index of a folder",
    }
