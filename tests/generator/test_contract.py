"""What all parts agree on is written once: in lambda/contract.py."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

import contract
from generator import Settings, build_template
from generator.settings import OPTIONS, SOURCES, Source
from workbench import ROOT
from workbench.arrows import sources

FOLDERS = ("codebuild", "deployments", "generator", "instant_hosting", "lambda", "local")
OWN = "lambda/contract.py"
# It travels without the contract; tests/webhook/test_webhook_contract.py compares what it repeats.
APART = "lambda/webhook/"
KEYS = ("DEPLOYMENTS", "POOL", "MANIFESTS", "HISTORY", "EXECUTIONS", "LEASES", "LOCK", "ERRORS", "ARCHIVES")
WHOLE = (
    *("VERSION", "ARCHIVE_DIGEST", "REQUEST_EVENT", "DECISION_EVENT", "PIPELINE_EVENT"),
    *("PIN_COOKIE", "ZIP_KEY", "BUILD_CACHE"),
)
# "executions/" in addresses of AWS's console, and of the emulator
ADDRESSES = {
    "generator/sections/telling.py",
    "lambda/messenger/executions.py",
    "local/cloud/emulator.py",
    "local/cloud/launcher.py",
}


def repeated(source: str) -> Iterator[str]:
    """The names in the contract of what a source writes itself; texts for people, which have blanks, may."""
    nodes = list(ast.walk(ast.parse(source)))
    parts = {part for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in (one for one in nodes if one not in parts):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            texts = {one.value for one in node.elts if isinstance(one, ast.Constant)}
            yield from ["ROUTINGS"] * texts.issuperset(contract.ROUTINGS)
        text = _text(node)
        yield from (name for name in WHOLE if text == getattr(contract, name))
        if " " not in text:
            yield from (name for name in KEYS if re.search(rf"(?:\A|[/\0]){getattr(contract, name)}", text))
            yield from ["ID"] * ("{9,63}" in text)
        yield from ["EDGES"] * (contract.EDGES.rstrip(", ") in text)


def _text(node: ast.AST) -> str:
    """A literal's text; what an f-string fills in is a NUL."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "\0" for one in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_no_part_repeats_what_the_contract_says() -> None:
    found = {}
    for path in sources():
        if path.startswith(FOLDERS) and path != OWN and not path.startswith(APART):
            names = {*repeated((ROOT / path).read_text())} - ({"EXECUTIONS"} if path in ADDRESSES else set())
            if names:
                found[path] = names
    assert {} == found, "take it from lambda/contract.py"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("key = f'manifests/{identity}.json'", "MANIFESTS"),
        ("key = f'{bucket}/deployments/{identity}/404.html'", "DEPLOYMENTS"),
        ("paths = ['/immutable/*']", "POOL"),
        ("found = re.compile(r'published/(.+)')", "HISTORY"),
        ("Prefix = 'prune.lock'", "LOCK"),
        ("page = '/_errors/404.html'", "ERRORS"),
        ("caching = 'max-age=0, s-maxage=31536000'", "EDGES"),
        ("ID = '[0-9A-Za-z][0-9A-Za-z_-]{9,63}'", "ID"),
        (f"routings = {['', *contract.ROUTINGS]}", "ROUTINGS"),
        ("event = {'detail-type': 'Deployment Request'}", "REQUEST_EVENT"),
        (f"version = '{contract.VERSION}'", "VERSION"),
    ],
)
def test_a_repetition_is_seen(source: str, name: str) -> None:
    assert [name] == [*repeated(source)]


def test_texts_for_people_may_name_a_key() -> None:
    assert [] == [*repeated("reason = f'executions/{name} is missing: run the build again'")]


def test_all_of_the_contract_is_guarded_but_what_has_no_form_of_its_own() -> None:
    texts = {name for name, value in vars(contract).items() if name.isupper() and isinstance(value, str)}
    # one word that has other meanings too; the page is in the errors' folder
    assert {"LIVE", "LEDGER", "EVENT_SOURCE", "ERROR_PAGE", "ID", "EDGES"} == texts - {*KEYS, *WHOLE}


def test_the_page_for_what_is_missing_lies_in_the_folder_of_errors() -> None:
    assert contract.ERROR_PAGE == f"{contract.ERRORS}404.html"


@pytest.mark.parametrize("source", SOURCES)
def test_a_template_has_an_alias_for_each_row_of_its_publishers_table(source: Source) -> None:
    for options, table in (((), contract.ALIASES), (OPTIONS, contract.ALIASES | contract.OPERATIONS_ALIASES)):
        resources = build_template(Settings(source=source, options=frozenset(options))).resources.values()
        assert sorted(table) == sorted(one.Name for one in resources if one.resource_type == "AWS::Lambda::Alias")
