"""The functions as texts: within CloudFront's limits, and nothing but what its runtime documents."""

from __future__ import annotations

import re

import pytest

from bench.asked import HASHED, NAVIGATION, Asked
from bench.counting import LIVE, net
from bench.edge import FUNCTION, LONG
from generator import javascript, sources
from tests.edge.harness import PATHS
from workbench import ROOT
from workbench.lint import compared, install, lint
from workbench.once import shared

FILES = sorted((ROOT / "function").glob("*.js"))
FUNCTIONS = list(PATHS.values())


@pytest.mark.parametrize("path", FUNCTIONS)
def test_a_function_fits_cloudfronts_limit(path: str) -> None:
    assert len(sources.edge(path).encode()) <= 10_240


def found(text: str) -> str:
    """What eslint finds in a function's text."""
    return lint("edge.config.mjs", "--stdin", "--stdin-filename", "function.js", text=text)


@pytest.fixture(scope="module", autouse=True)
def eslint(tmp_path_factory: pytest.TempPathFactory) -> None:
    """eslint, and the parser that it brings."""
    install(shared(tmp_path_factory))


@pytest.mark.parametrize("path", FUNCTIONS)
def test_what_ships_is_the_same_program_without_comments(path: str) -> None:
    assert compared(sources.joined(path), sources.edge(path)) == "same"
    assert "//" not in sources.edge(path)


def test_every_file_is_part_of_a_function_and_says_first_which_page_tells_why() -> None:
    for file in FILES:
        first = file.read_text().splitlines()[0]
        found = re.match(r'// (docs/[\w/.-]+\.md)(, "[A-Z]\w+")?: ', first)
        assert found, f"{file.name} begins with {first!r}"
        assert (ROOT / found[1]).is_file()
        assert any(first in sources.joined(path) for path in FUNCTIONS), f"{file.name} is in no function"


ONE = "import cf from 'cloudfront';\nimport { b } from './two.js';\n\nconst a = b;\n"
TWO = "// why\nimport {\n  c,\n} from './three.js';\n\nexport const b = c;\n"
THREE = "export function c() {}\n\nconst own = c;\n"


def test_files_are_joined_each_behind_what_it_needs_and_imports_of_the_runtime_come_first() -> None:
    files = {"one.js": ONE + "import { c } from './three.js';\n", "two.js": TWO, "three.js": THREE}
    assert javascript.join("one.js", files.__getitem__) == (
        "import cf from 'cloudfront';\nfunction c() {}\n\nconst own = c;\n// why\n\nconst b = c;\n\nconst a = b;\n"
    )


@pytest.mark.parametrize(
    ("three", "fault"),
    [
        ("const c = 1;\n", "two.js imports c of three.js, which does not export it: export it there"),
        (THREE + "const b = 1;\n", "b is defined in three.js and in two.js; one text can hold it once"),
    ],
)
def test_a_name_that_is_not_exported_or_defined_twice_is_refused(three: str, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(fault)}$"):
        javascript.join("one.js", {"one.js": ONE, "two.js": TWO, "three.js": three}.__getitem__)


HARD = [
    "const a = 'http://x'; // gone\n",
    'const a = "/* stays */"; /* gone */ const b = /[/*"]\\/\\*/g;\n',
    "function f(x) {\n  return /* a\n  line break ends the statement */ x;\n}\n",
    "const a = b => b / 2 / 1; /* c */ const d = (1) / 2; const e = d[0] / 3 / 4;\n",
    "const a = `two\n\n    lines // of text`;\n\n\n  // gone\n  const b = /\\/\\/ '/.source;\n",
    "let a = 1\n\n/* between */ ++a\n",
    "let a = 1, b = 2\na++\nb--\nif (a) {\n  b = { c: [\n    1, // gone\n  ] };\n}\n",
    "const a = 1; b();\nconst c = 2;\nconst d = [1,\n 2];\nconst e = 'a;';\nconst f = 3;\nlet g = 1;\nlet h;\n",
    "function f(x) {\n  if (x) return 1;\n  else if (f) x = 2;\n  for (const a in x) x = a;\n  return x;\n}\n",
    "let a\n=\n1; a += 1; const b = a >= 1 && a <= 2 && a != 3 && a == 4 && a !== 5 && a === 6, c = (d) => d;\n",
    "const f = (a) => {\n  const b =\n    { a }; // gone\n  return [() => {\n    b.a = 1\n    b.a++\n  }, { b }];\n}\n",
    "const f = (a) =>\n  a\n    .b\n    // gone\n    ? a.b && a\n      || 1 .c\n    : { a };\nlet c = f\n.5;\n",
    "function f(a) {\n  if (a) return { a };\n  return [1 .a, a .b, a.b1 .c];\n}\n",
]


@pytest.mark.parametrize("source", HARD)
def test_comments_go_and_texts_and_expressions_stay(source: str) -> None:
    assert compared(source, javascript.strip(source)) == "same"
    assert "gone" not in javascript.strip(source)


def test_the_comparison_tells_programs_apart() -> None:
    assert compared("let a = 1\n++a\n", "let a = 1 ++a\n") != "same"
    assert compared("const a = 'x';\n", "const a = 'y';\n") == "different"


def test_what_ships_is_indented_by_one_blank_a_level() -> None:
    source = "function f(x) {\n  // why\n\n  if (x) {\n    return `a\n    b`;\n  }\n}\n"
    assert javascript.strip(source) == "function f(x){\n if(x){\n  return`a\n    b`\n }\n}\n"


def test_a_statement_that_ships_is_one_line_however_many_it_is_written_on() -> None:
    source = "const f = (a) =>\n  a\n    ? { a }\n    : a\n        .b;\nfunction g(a) {\n  return { a };\n}\n"
    assert javascript.strip(source) == "const f=(a)=>a?{a}:a.b;\nfunction g(a){return{a}}\n"


def test_statements_that_ship_share_a_line_and_blocks_that_fit_stand_behind_their_head() -> None:
    source = "const a =\n  x + // why\n  1;\nreturn {\n  a: { b: a },\n  c: [\n    1,\n  ],\n};\n"
    assert javascript.strip(source) == "const a=x+1;return{a:{b:a},c:[1]};\n"
    source = "if (a >= 1) {\n  // why\n  b += 1;\n} else {\n  if (c) {\n    d();\n  }\n}\nif (e) {\n  f();\n  g();\n}\n"
    assert javascript.strip(source) == "if(a>=1){b+=1}else{if(c){d()}}if(e){f();g()}\n"
    source = "if (a) b();\nelse c();\nwhile (d) e();\nfor (;;) {\n  f();\n  g();\n}\n"
    assert javascript.strip(source) == "if(a)b();else c();while(d)e();for(;;){f();g()}\n"
    long = f"f('{'x' * 250}');"
    source = (
        f"function f(a) {{\n  if (a) {{\n    {long}\n    {long}\n  }} else {{\n    a();\n    b();\n  }}\n  c();\n}}\n"
    )
    assert (
        javascript.strip(source)
        == f"function f(a){{\n if(a){{\n  {long}\n  {long[:-1]}\n }}else{{a();b()}}\n c()\n}}\n"
    )


def test_declarations_that_follow_each_other_are_one() -> None:
    source = "const a = 1;\nconst b = (c) => c;\nlet d = b;\nlet e;\nf('; let g');\nlet h = ';';\nlet i = 2;\n"
    assert javascript.strip(source) == "const a=1,b=(c)=>c;let d=b,e;f('; let g');let h=';';let i=2;\n"


@pytest.mark.parametrize("path", FUNCTIONS)
def test_the_linter_finds_nothing_that_the_runtime_does_not_document(path: str) -> None:
    assert found(sources.joined(path)) == ""


FORBIDDEN = ["const [a] = b;", "a?.b;", "a ?? b;", "for (const a of b) {}", "class A {}", "const f = async () => {};"]
FORBIDDEN += ["function f(a = 1) {}", "f(...a);", "console.log(a, b);", "setTimeout(f, 1);", "new Map();"]


@pytest.mark.parametrize("line", FORBIDDEN)
def test_the_linter_finds_what_the_runtime_lacks(line: str) -> None:
    assert "4:" in found(f"const a = 1;\nconst b = [a];\nconst f = a;\n{line}\n")


@pytest.mark.parametrize("what", ["850 dots", "850 dashes, .js", "850 letters in segments"])
def test_a_long_path_costs_no_more_than_its_length_allows(what: str) -> None:
    uri = LONG[what]
    assert net(FUNCTION, [(uri, NAVIGATION)], LIVE, "mixed") <= 40_000 + 500 * len(uri.encode())


# Of the last router that knew no rules, as `python -m bench.edge --against 1d48f18` counts them
BEFORE_RULES = {
    "a page of an app that was never opened": (("/user/john.doe", NAVIGATION), "", "spa", 46_136),
    "a page of folders": (("/about/", NAVIGATION), "", "folders", 32_900),
    "a hashed file": (HASHED[0], LIVE, "mixed", 20_204),
}


@pytest.mark.parametrize(("asked", "pin", "routing", "before"), BEFORE_RULES.values(), ids=BEFORE_RULES)
def test_a_site_without_rules_pays_little_for_what_others_use(
    asked: Asked, pin: str, routing: str, before: int
) -> None:
    assert net(FUNCTION, [asked], pin, routing) <= before + 2_000
