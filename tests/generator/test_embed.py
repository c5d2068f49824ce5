"""The one step between the Python in the repository and the Python in the template: same program, fewer bytes."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection
from itertools import product
from typing import Any

import pytest

from generator import Settings, build_template, sources
from generator.embed import program
from generator.settings import OPTIONS, SOURCES
from instant_hosting.shipped import ROOT, module_path


def shipped_programs() -> list[str]:
    """The entry of each program that any template carries."""
    entries = set()

    def recorded(entry: str, *options: Any) -> str:
        entries.add(entry)
        return original(entry, *options)

    original = sources.program
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "program", recorded)
        for source, options in product(SOURCES, [frozenset[Any](), frozenset(OPTIONS)]):
            build_template(Settings(source=source, options=options))
    return sorted(entries)


PROGRAMS = shipped_programs()


class _Stripped(ast.NodeTransformer):
    """Without docstrings, with one name an import, and with no annotations but those of classes."""

    of_class = False

    def visit_Import(self, node: ast.Import) -> list[ast.stmt]:
        return [ast.Import([name]) for name in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> list[ast.stmt]:
        return [ast.ImportFrom(node.module, [name], node.level) for name in node.names]

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_Module(self, node: ast.Module) -> ast.Module:
        node.body = without_docstring(node)
        self.generic_visit(node)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.body = without_docstring(node) or [ast.Pass()]
        self.of_class = True
        self.generic_visit(node)
        self.of_class = False
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        node.body = without_docstring(node) or [ast.Pass()]
        outer, self.of_class = self.of_class, False
        self.generic_visit(node)
        self.of_class = outer
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if not self.of_class and node.value else node


def without_docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> list[ast.stmt]:
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def statements(*sources: str, without: Collection[str] = ()) -> dict[str, set[str]]:
    """The statements of the modules, stripped, each with the names that it gives, but for imports from some modules."""
    found = (node for source in sources for node in _Stripped().visit(ast.parse(source)).body)
    return {ast.dump(node): given(node) for node in found if getattr(node, "module", None) not in without}


def given(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name for alias in node.names}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


@pytest.mark.parametrize("width", [80, 400])
@pytest.mark.parametrize("entry", PROGRAMS)
def test_a_shipped_program_is_its_modules_but_for_what_nobody_needs(entry: str, width: int) -> None:
    modules = sources.modules(entry)
    text = program(modules, width=width)
    before, after = statements(*modules.values(), without=modules), statements(text)
    imports = [one for one in after if one.startswith("Import")]
    assert set(imports) <= set(before)
    kept = [one for one in before if one in after]
    assert [one for one in kept if one not in imports] == [one for one in after if one not in imports]  # in their order
    gone = {name for one, names in before.items() if one not in after for name in names}
    assert not gone & {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}


def test_of_the_documents_that_parts_hand_each_other_nothing_ships() -> None:
    documents = classes(sources.modules("contract")["documents"])
    assert {"Manifest", "Request", "Answer"} <= documents
    for entry in PROGRAMS:
        assert not documents & classes(sources.program(entry)), entry


@pytest.mark.parametrize("entry", PROGRAMS)
def test_what_only_the_checker_of_types_reads_does_not_ship(entry: str) -> None:
    assert "TYPE_CHECKING" not in sources.program(entry)
    assert "aws_types" not in sources.program(entry)


def classes(source: str) -> set[str]:
    """The classes that a program has."""
    return {node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}


def test_every_module_beside_a_shipped_one_ships() -> None:
    shipped = {module_path(module) for entry in PROGRAMS for module in sources.modules(entry)}
    beside = {str(path.relative_to(ROOT)) for name in shipped for path in (ROOT / str(name)).parent.glob("*.py")}
    assert shipped == {name for name in beside if not name.endswith("/__init__.py")}


WRITTEN = '''"""Module."""

# a comment
from collections.abc import Callable
from typing import Any, NamedTuple

import b
import a.b

TABLE: dict[str, Callable[[Any], int]] = {}


@a.decorate  # why
@b
def handler(
    x: int,  # a number
    *y: str,
    z: "dict[str, int]" = {},
) -> list[int]:  # why
    """Doc
    string."""
    # a comment alone

    if x == 1 and y[1:]:
        return "# no comment" + f"""two

    lines = {TABLE: >3}  """
    total: int = 0
    for one in (
        # a comment in brackets
        x,
        *y,
    ):
        if one:
            total += 1
    # of what follows
    else:
        return C(
            {"a": E, "b": lambda: total}
        )


class C(NamedTuple):
    """Its fields stay typed."""

    size: int
    name: str = " = "

    def one(self):
        pass


class E(Exception):
    """Only a docstring."""
'''
SHIPPED = '''from typing import NamedTuple;import a.b,b;TABLE={}
@a.decorate
@b
def handler(x,*y,z={}):
 if x==1 and y[1:]:
  return"# no comment"+f"""two

    lines = {TABLE: >3}  """
 total=0
 for one in(x,*y,):
  if one:total+=1
 else:return C({"a":E,"b":lambda:total})
class C(NamedTuple):
 size:int;name:str=" = "
 def one(self):pass
class E(Exception):pass
'''


def test_comments_docstrings_annotations_and_breaks_go_and_texts_stay() -> None:
    assert SHIPPED == program({"one": WRITTEN})


@pytest.mark.parametrize(
    ("written", "shipped"),
    [
        (r'"a" "b" "c\""', r'"abc\""'),
        ("\"a\" 'b'", "\"a\" 'b'"),
        ('f"{a} " f"b {c}"', 'f"{a} b {c}"'),
        ('f"{a}" "{b}"', 'f"{a}" "{b}"'),
        (r'r"\d" r"\." "x"', r'r"\d\." "x"'),
        (r'"\0" "1"', r'"\0" "1"'),
        ("""("a" "b" if d else '"a" "b"')""", """("ab"if d else'"a" "b"')"""),
    ],
)
def test_texts_of_one_kind_side_by_side_are_one_text(written: str, shipped: str) -> None:
    text = program({"one": f"def handler():\n    return ({written})\n"})
    assert f"def handler():return({shipped})\n" == text
    assert ast.dump(ast.parse(f"({written})")) == ast.dump(ast.parse(f"({shipped})"))


@pytest.mark.parametrize(
    ("written", "shipped"),
    [
        ("f(\n    a,\n    b=(\n        c,\n    ),\n)", "f(a,b=(c,))"),
        ("a[(a,), f[a](b,), f(a)(b,), {a: f(b,),}]", "a[(a,),f[a](b),f(a)(b),{a:f(b)}]"),
        ("a in (b,) or not (a,) and (lambda: (a,))", "a in(b,)or not(a,)and(lambda:(a,))"),
    ],
)
def test_the_last_comma_of_a_call_goes_and_that_of_a_tuple_stays(written: str, shipped: str) -> None:
    assert f"def handler():return {shipped}\n" == program({"one": f"def handler():\n    return {written}\n"})
    assert ast.dump(ast.parse(written)) == ast.dump(ast.parse(shipped))


def test_what_follows_an_if_or_a_try_keeps_its_place() -> None:
    source = """
def handler():
    if a:
        return 1
    elif b:
        for x in y:
            h()
        return 2
    else:
        # nothing
        c = d = 3
        del c
    try:
        i()
    except (
        ValueError,
        TypeError,
    ) as error:
        j(error)
    except Exception:
        k()
        raise
    else:
        l()
    finally:
        m()
"""
    assert (
        program({"one": source})
        == """def handler():
 if a:return 1
 elif b:
  for x in y:h()
  return 2
 else:c=d=3;del c
 try:i()
 except(ValueError,TypeError,)as error:j(error)
 except Exception:k();raise
 else:l()
 finally:m()
"""
    )


def test_modules_are_joined_in_order_with_their_imports_once_and_no_import_of_each_other() -> None:
    both = "from __future__ import annotations\n\nimport json\n"
    low = f"{both}\nLIMIT = json.loads('1')\n"
    high = f"{both}import os\nfrom below.low import LIMIT\nprint(os, LIMIT)\n"
    expected = "from __future__ import annotations;import json,os;LIMIT=json.loads('1');print(os,LIMIT)\n"
    assert expected == program({"below.low": low, "high": high})


def test_short_statements_share_a_line_of_so_many_characters() -> None:
    module = "def handler():\n  a = 1\n  b = 2\n  if a:\n    return b\n"
    assert program({"one": module}) == "def handler():\n a=1;b=2\n if a:return b\n"
    assert program({"one": module}, width=5) == "def handler():\n a=1\n b=2\n if a:return b\n"


def test_two_modules_that_define_the_same_name_are_refused() -> None:
    with pytest.raises(ValueError, match="LIMIT is defined in low and in high"):
        program({"low": "LIMIT = 1\n", "high": "LIMIT = 2\n"})


def test_a_module_that_takes_a_name_of_ours_under_another_one_is_refused() -> None:
    with pytest.raises(ValueError, match="high takes LIMIT of low as MOST: keep its name"):
        program({"low": "LIMIT = 1\n", "high": "from low import LIMIT as MOST\n"})


def test_a_module_may_fill_a_table_of_another_one() -> None:
    text = program({"low": "TABLE = {}\n", "high": "from low import TABLE\nTABLE['a'] = 1\n"})
    assert text == "TABLE={};TABLE['a']=1\n"


def test_what_the_entry_does_not_need_goes() -> None:
    module = """import json
import os
from typing import Any, NamedTuple
A, B = 1, 2
C = A
D = C
class Kept(NamedTuple):
  a: Any = B
def unused():
  return unused() + json.dumps(D)
def used():
  return Kept()
def handler():
  return used()
print(os)
"""
    assert (
        program({"one": module})
        == """from typing import Any,NamedTuple;import os;A,B=1,2
class Kept(NamedTuple):a:Any=B
def used():return Kept()
def handler():return used()
print(os)
"""
    )


def test_only_ascii_is_embedded() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        program({"one": "print('\u2026')"})


@pytest.mark.parametrize("entry", PROGRAMS)
def test_a_shipped_program_imports_nothing_but_what_its_runtime_has(entry: str) -> None:
    nodes = list(ast.walk(ast.parse(sources.program(entry))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)]
    assert {name.partition(".")[0] for name in names} <= {*sys.stdlib_module_names, "boto3", "botocore"}
