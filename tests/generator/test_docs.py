"""Generated reference pages are what would be generated now, and the documents name what is really there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator import load_settings
from generator.settings import DistributionSettings, RoleSettings
from workbench import ROOT
from workbench.pages.parameters import reference

SETTINGS = ROOT / "docs" / "settings.md"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
DECISIONS = [page for page in sorted((ROOT / "docs" / "decisions").glob("*.md")) if page.name != "README.md"]


def test_the_reference_of_parameters_is_up_to_date() -> None:
    assert reference() == (ROOT / "docs" / "parameters.md").read_text(), "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_of_ours_finds_it(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def anchors(page: Path) -> set[str]:
    """What a link into the page may end with: its titles as GitHub writes them."""
    titles = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", page.read_text(), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_section_of_ours_finds_it(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:)([^)#]*)#([^)]+)\)", page.read_text())
    lost = [(to, title) for to, title in links if title not in anchors(page.parent / to if to else page)]
    assert lost == []


def test_the_stations_of_an_event_name_every_module_of_the_publisher_once() -> None:
    room = ROOT / "lambda" / "publisher"
    modules = sorted(path.stem for path in room.glob("*.py") if path.stem != "__init__")
    table = (ROOT / "docs" / "architecture.md").read_text().partition("| station | module |")[2].partition("\n\n")[0]
    assert modules == sorted(re.findall(r"\]\(\.\./lambda/publisher/(\w+)\.py\)", table))
    assert modules == sorted(re.findall(r"`(\w+)`", (room / "__init__.py").read_text()))


def test_where_to_change_what_names_what_the_files_beside_it_define() -> None:
    page = (
        (ROOT / "docs" / "architecture.md")
        .read_text()
        .partition("\n## Where to change what\n")[2]
        .partition("\n## ")[0]
    )
    places = re.findall(r"^(?:\||\d+\.) .*(?:\n +.*)*", page, re.M)
    named = {place: re.findall(r"`(_?[A-Z]\w+)`", place) for place in places}
    assert {"ALIASES", "EDGES", "_MEMBERS", "OUTCOMES"} <= {name for names in named.values() for name in names}
    lost = [(name, place) for place, names in named.items() for name in names if name not in defined_beside(place)]
    assert lost == []


def defined_beside(place: str) -> set[str]:
    """What the Python files that a row or an item links define."""
    files = [ROOT / "docs" / link for link in re.findall(r"\]\(([^)#]+\.py)\)", place)]
    return {name for file in files for name in re.findall(r"^(?:class |def )?(\w+)", file.read_text(), re.M)}


def glossary() -> dict[str, str]:
    """What the glossary says of each of our words."""
    page = (ROOT / "docs" / "glossary.md").read_text()
    return dict(re.findall(r"^\| \*\*(.+?)\*\* \| (.+) \|$", page, re.M))


def test_every_word_of_the_glossary_is_used_on_another_page() -> None:
    others = " ".join(page.read_text().lower() for page in PAGES if page.name not in ("glossary.md", "CHANGELOG.md"))
    assert [word for word in glossary() if not re.search(rf"\b{re.escape(word.lower())}", others)] == []


def test_every_logical_id_that_the_glossary_names_is_in_a_template() -> None:
    named = {name for meaning in glossary().values() for name in re.findall(r"Logical ID `(\w+)`", meaning)}
    templates = [(ROOT / "templates" / name).read_text() for name in ("git-operations.yaml", "webhook.yaml")]
    made = {name for text in templates for name in re.findall(r"^ +(\w+):$", text, re.M)}
    assert {"RouterFunction"} <= named <= made


def test_every_make_target_that_a_page_names_is_there_and_check_is_what_ci_runs() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = {target for page in PAGES for target in re.findall(r"(?:^|`)make ([a-z]+)", page.read_text(), re.M)}
    assert [target for target in sorted(named) if not re.search(rf"^{target}: ;", makefile, re.M)] == []
    assert "\ncheck: ; bash .ci/run\n" in makefile


def test_the_index_of_decisions_names_each_one_once() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    assert sorted(re.findall(r"\]\((.+?\.md)\)", index)) == [page.name for page in DECISIONS]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_a_date_its_context_the_choice_and_its_price(page: Path) -> None:
    parts = re.findall(r"^\*\*(Date|Context|Choice|Price)\.\*\* \S", page.read_text(), re.M)
    assert parts == ["Date", "Context", "Choice", "Price"]
    (date,) = re.findall(r"^\*\*Date\.\*\* (\d{4}-\d\d-\d\d)", page.read_text(), re.M)
    index = (page.parent / "README.md").read_text()
    assert re.search(rf"^\| {date} \| \[[^]]+\]\({page.name}\)", index, re.M), "the index gives another date"


@pytest.mark.parametrize("page", [ROOT / "README.md", SETTINGS], ids=lambda page: page.name)
def test_the_site_file_that_a_page_shows_is_taken(page: Path, tmp_path: Path) -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```", page.read_text(), re.M | re.S)
    (tmp_path / "site.toml").write_text(example)
    assert load_settings(tmp_path / "site.toml").roles.path == "/hosting/"


def test_every_setting_is_in_the_example_of_its_page() -> None:
    for settings in (RoleSettings, DistributionSettings):
        for key in settings._fields:
            assert f"\n{key} = " in SETTINGS.read_text()
            assert f"`{key}`" in SETTINGS.read_text()
