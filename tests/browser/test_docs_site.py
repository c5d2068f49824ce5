"""The documentation as a site, published by the product: each page is reached, no link is lost, no other host asked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import BrowserContext

from deployments.visitor import Visitor
from local.commands.publication import publish
from workbench import ROOT
from workbench.asked import broken_promises, forms
from workbench.links import links_of
from workbench.pages.site import OF_ROOT
from workbench.peers import ask
from workbench.stage import Stage

ROUTING = "folders"  # of the row `mkdocs`
REPOSITORY, SITE = "https://git.example.com/hosting", "https://docs.example.com/"


def built(folder: Path, **addresses: str) -> Path:
    """The site, made as `make site` makes it."""
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "REPOSITORY": "", "SITE_URL": "", **addresses}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (0, "") == (done.returncode, done.stdout + done.stderr)
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("site") / "site", REPOSITORY=REPOSITORY, SITE_URL=SITE)


def pages(folder: Path) -> dict[str, str]:
    """The text of each page by its address."""
    return {
        "/" + path.relative_to(folder).as_posix().removesuffix("index.html"): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.html"))
    }


def links(address: str, text: str) -> list[str]:
    """The addresses to which the page's links lead."""
    found = re.findall(r"<a\s[^>]*?href=\"([^\"]+)\"", text)
    return [urljoin(SITE.rstrip("/") + address, unescape(link)) for link in found]


def test_every_page_of_the_docs_is_a_page_of_the_site(site: Path) -> None:
    written = {path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    names = {name.removesuffix("README") for name in written} | {name.removesuffix(".md") for name in OF_ROOT.values()}
    wanted = {f"/{name.removesuffix('index').rstrip('/')}/".replace("//", "/") for name in names}
    assert {"/404.html", *wanted} == set(pages(site))


def test_every_link_to_a_part_of_a_page_finds_it_and_every_link_to_a_source_a_file(site: Path) -> None:
    texts = pages(site)
    parts = {address: set(re.findall(r"\sid=\"([^\"]+)\"", text)) for address, text in texts.items()}
    lost = set()
    for address, text in texts.items():
        for link in links(address, text):
            to = urlsplit(link)
            if link.startswith(SITE) and to.fragment and to.fragment not in parts.get(to.path, set()):
                lost.add((address, link))
            if link.startswith(REPOSITORY) and not (ROOT / to.path.split("/HEAD/")[1]).exists():
                lost.add((address, link))
    assert set() == lost


def test_a_command_in_a_table_has_no_backslashes_that_github_takes_away(site: Path) -> None:
    assert [] == [address for address, text in pages(site).items() if re.search(r"<td>[^\n]*\\\|", text)]


def test_without_an_address_of_the_repository_no_link_leads_out_of_the_docs(tmp_path: Path) -> None:
    folder = built(tmp_path / "site")
    found = [link for address, text in pages(folder).items() for link in links(address, text)]
    lost = [link for link in found if link.startswith(SITE) and not (folder / urlsplit(link).path[1:]).exists()]
    assert [] == [link for link in lost if urlsplit(link).path != "/."]


def test_the_published_site_answers_each_address_that_it_hands_out_and_from_its_first_page_all_are_reached(
    stage: Stage, site: Path
) -> None:
    published = publish(stage.stack, site, ROUTING, "docs")
    assert [] == published.warnings
    files = [path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()]
    handed = links_of(site, files, ROUTING)
    reached = {link.path for link in handed if link.kind == "link"}
    assert set(pages(site)) - {"/404.html"} <= reached
    with stage.serving() as served:
        visitor = Visitor(served.url)
        assert [] == broken_promises(served.url, handed, forms(files))
        parts = {link.path for link in handed if link.kind == "part"} | {"/search/search_index.json", "/sitemap.xml"}
        assert {} == {part: status for part in parts if (status := visitor.get(part).status) != 200}


def test_its_own_redirects_lead_to_pages_and_what_is_not_there_gets_its_404_page(stage: Stage, site: Path) -> None:
    rules = [line.split() for line in (site / "_redirects").read_text().splitlines() if not line.startswith("#")]
    stage.publish(site, ROUTING)
    with stage.serving() as served:
        for asked, to in rules:
            page = "names" if "decisions" in asked else "moving"
            reply = ask(served.url, asked.replace(":page", page))
            assert (200, to.replace(":page", page)) == (reply.statuses[-1], reply.address), asked
        missing = Visitor(served.url).navigate("/no-such-page/")
        assert (404, (site / "404.html").read_bytes()) == (missing.status, missing.body)


def test_a_reader_finds_a_word_and_no_other_host_is_asked(stage: Stage, site: Path, context: BrowserContext) -> None:
    stage.publish(site, ROUTING)
    page = context.new_page()
    hosts, wrong = set(), []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    with stage.serving() as served:
        page.emulate_media(color_scheme="dark")
        page.goto(served.url)
        assert "slate" == page.locator("body").get_attribute("data-md-color-scheme")
        page.get_by_role("textbox", name="Search").fill("Amplify Hosting")
        page.locator(".md-search-result__link[href*='moving']").first.click()
        page.wait_for_url("**/moving/**")
        page.goto(f"{served.url}/decisions/no-such-page/")
        assert page.get_by_role("heading", name="404").is_visible()
        page.get_by_role("link", name="what it is", exact=True).click()
        page.wait_for_url(f"{served.url}/")
        assert ({urlsplit(served.url).netloc}, []) == (hosts, wrong)
