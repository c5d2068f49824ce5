"""The one step between the Python in the repository and the Python in the template: same program, fewer bytes."""

from __future__ import annotations

import ast

import pytest

from generator import sources
from generator.buildspec import PACK, UPLOADER
from generator.embed import join, strip, tighten
from generator.sections.pruning import PRUNER_ENTRY

PUBLISHERS = [f"publisher.{variant}" for variant in ("direct", "pipeline", "operations")]
PROGRAMS = [*PUBLISHERS, PRUNER_ENTRY, "messenger.direct", "messenger.pipeline", PACK, UPLOADER]
SHIPPED = sorted({module for program in PROGRAMS for module in sources.modules(program)})


def without_docstrings(source: str) -> str:
    """The syntax tree, where a docstring that is all of a body counts as `pass`."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body[0:1] = [] if len(node.body) > 1 or isinstance(node, ast.Module) else [ast.Pass()]
    return ast.dump(tree)


@pytest.mark.parametrize("module", SHIPPED)
def test_a_shipped_source_keeps_its_syntax_tree(module: str) -> None:
    source = sources.modules(module)[module]
    assert without_docstrings(source) == without_docstrings(strip(source))
    assert len(strip(source)) < len(source)


def test_comments_docstrings_and_blank_lines_go_and_strings_stay() -> None:
    source = '''"""Module."""

# a comment
def f(x):  # why
    """Doc
    string."""

    if x:
        return "# no comment" + """two

    lines  """
    return {
        "a": 1,
    }


class E(Exception):
    """Only a docstring."""
'''
    assert (
        strip(source)
        == '''def f(x):
  if x:
    return "# no comment" + """two

    lines  """
  return {
    "a": 1,
  }
class E(Exception):
  pass
'''
    )


def test_modules_are_joined_in_order_with_their_imports_once_and_no_import_of_each_other() -> None:
    both = "from __future__ import annotations\n\nimport json\n"
    joined = join(
        {
            "low": f"{both}\nLIMIT = 1\n",
            "high": f"{both}import os\nfrom low import LIMIT\nprint(LIMIT)\n",
        }
    )
    assert joined == "from __future__ import annotations\nimport json\nimport os\nLIMIT = 1\nprint(LIMIT)\n"


def test_two_modules_that_define_the_same_name_are_refused() -> None:
    with pytest.raises(ValueError, match="LIMIT is defined in low and in high"):
        join({"low": "LIMIT = 1\n", "high": "LIMIT = 2\n"})


def test_a_module_may_fill_a_table_of_another_one() -> None:
    joined = join({"low": "TABLE = {}\n", "high": "from low import TABLE\nTABLE['a'] = 1\n"})
    assert joined == "TABLE = {}\nTABLE['a'] = 1\n"


def test_the_publisher_in_the_template_is_the_one_in_the_repository() -> None:
    modules = sources.modules("publisher.operations")
    names = [node.name for node in ast.parse(join(modules)).body if isinstance(node, ast.FunctionDef)]
    own = [n.name for text in modules.values() for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
    assert own == names
    assert "handler" in names


class _Untyped(ast.NodeTransformer):
    """Without annotations but those of classes, and with one name an import."""

    of_class = False

    def visit_Import(self, node: ast.Import) -> list[ast.stmt]:
        return [ast.Import([name]) for name in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> list[ast.stmt]:
        return [ast.ImportFrom(node.module, [name], node.level) for name in node.names]

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        self.of_class = True
        self.generic_visit(node)
        self.of_class = False
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        outer, self.of_class = self.of_class, False
        self.generic_visit(node)
        self.of_class = outer
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        self.generic_visit(node)
        return ast.Assign([node.target], node.value) if not self.of_class and node.value else node


def statements(module: str) -> dict[str, set[str]]:
    """The module's statements but for annotations, each with the names that it gives; an import gives one name."""
    tree = _Untyped().visit(ast.parse(module))
    return {ast.dump(node): given(node) for node in tree.body}


def given(node: ast.stmt) -> set[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.name for alias in node.names}
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


@pytest.mark.parametrize("width", [80, 400])
@pytest.mark.parametrize("program", PROGRAMS)
def test_what_is_tightened_is_the_same_but_for_annotations_and_what_nobody_needs(program: str, width: int) -> None:
    module = join(sources.modules(program))
    tight = tighten(module, width=width)
    before, after = statements(module), statements(tight)
    assert [one for one in before if one in after] == list(after)  # the same ones, in the same order
    gone = {name for one, names in before.items() if one not in after for name in names}
    assert not gone & {node.id for node in ast.walk(ast.parse(tight)) if isinstance(node, ast.Name)}
    assert len(module) * 0.95 > len(tight)


def test_a_tightened_statement_is_one_line_and_texts_stay() -> None:
    module = '''from collections.abc import Callable
from typing import Any, NamedTuple
import a
import b
table: dict[str, Callable[[Any], int]] = {}
def f(x: int, *y: str, z: "dict[str, int]" = {}) -> list[int]:
  total: int = 0
  for one in (
    x,
    *y,
  ):
    if one:
      total += 1
  return """a
    b: int
  """
class C(NamedTuple):
  size: int
  name: str = " = "
  def f(self):
    pass
def handler():
  if a:
    return 1
  else:
    for x in y:
      f()
    return C, table
'''
    assert (
        tighten(module)
        == '''from typing import NamedTuple
import a
table={}
def f(x,*y,z={}):
 total=0
 for one in (x,*y,):
  if one: total+=1
 return """a
    b: int
  """
class C(NamedTuple):
 size: int; name: str=" = "
 def f(self): pass
def handler():
 if a: return 1
 else:
  for x in y: f()
  return C,table
'''
    )


def test_short_statements_share_a_line_of_so_many_characters() -> None:
    module = "def handler():\n  a = 1\n  b = 2\n  if a:\n    return b\n"
    assert tighten(module) == "def handler():\n a=1; b=2\n if a: return b\n"
    assert tighten(module, width=5) == "def handler():\n a=1\n b=2\n if a: return b\n"


def test_what_the_handler_does_not_need_goes() -> None:
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
        tighten(module)
        == """import os
from typing import Any,NamedTuple
A,B=1,2
class Kept(NamedTuple): a: Any=B
def used(): return Kept()
def handler(): return used()
print(os)
"""
    )


def test_a_module_that_takes_a_name_of_ours_under_another_one_is_refused() -> None:
    with pytest.raises(ValueError, match="high takes LIMIT of low as MOST: keep its name"):
        join({"low": "LIMIT = 1\n", "high": "from low import LIMIT as MOST\n"})


def test_only_ascii_is_tightened() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        tighten("x = '\u2026'")
