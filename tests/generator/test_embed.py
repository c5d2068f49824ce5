"""The one step between the Python in the repository and the Python in the template: same program, fewer bytes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from generator import sources
from generator.buildspec import PACK, UPLOADER
from generator.embed import join, strip, tighten
from generator.sections.publishing import publisher_modules
from workbench import ROOT

PUBLISHER = [f"lambda/{name}.py" for name in publisher_modules(has_pipeline=True, operations=True)]
PACKER, UPLOADS = ([f"codebuild/{name}.py" for name in names] for names in (PACK, UPLOADER))
SHIPPED = [*PUBLISHER, *dict.fromkeys([*PACKER, *UPLOADS])]


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


@pytest.mark.parametrize("path", SHIPPED)
def test_a_shipped_source_keeps_its_syntax_tree(path: str) -> None:
    source = (ROOT / path).read_text()
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
    joined = join({Path(path).stem: (ROOT / path).read_text() for path in PUBLISHER})
    names = [node.name for node in ast.parse(joined).body if isinstance(node, ast.FunctionDef)]
    own = [n.name for p in PUBLISHER for n in ast.parse((ROOT / p).read_text()).body if isinstance(n, ast.FunctionDef)]
    assert own == names
    assert "handler" in names


class _Untyped(ast.NodeTransformer):
    """Without annotations but those of classes, with one name an import, and without those that only these need."""

    def __init__(self, used: set[str]) -> None:
        self.used, self.of_class = used, False

    def visit_Import(self, node: ast.Import) -> list[ast.stmt]:
        return [ast.Import([name]) for name in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt | None:
        if node.module in ("typing", "collections.abc"):
            node.names = [name for name in node.names if name.name in self.used]
        return node if node.names else None

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


def untyped(module: str) -> str:
    """The syntax tree but for annotations that nothing reads when the program runs."""
    bare = _Untyped(set()).visit(ast.parse(module))
    used = {node.id for node in ast.walk(bare) if isinstance(node, ast.Name)}
    return ast.dump(_Untyped(used).visit(ast.parse(module)))


@pytest.mark.parametrize("side_by_side", [False, True])
@pytest.mark.parametrize("paths", [PACKER, UPLOADS, PUBLISHER], ids=["pack", "uploader", "publisher"])
def test_what_is_tightened_is_the_same_but_for_annotations(paths: list[str], side_by_side: bool) -> None:
    module = sources.python(*paths)
    tight = tighten(module, side_by_side=side_by_side)
    assert untyped(module) == untyped(tight)
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
def g():
  if a:
    return 1
  else:
    for x in y:
      h()
    return 2
'''
    assert (
        tighten(module)
        == '''from typing import NamedTuple
import a, b
table={}
def f(x, *y, z={}):
 total=0
 for one in (x, *y,):
  if one: total+=1
 return """a
    b: int
  """
class C(NamedTuple):
 size: int; name: str=" = "
 def f(self): pass
def g():
 if a: return 1
 else:
  for x in y: h()
  return 2
'''
    )


def test_only_in_a_buildspec_short_statements_share_a_line() -> None:
    module = "def f():\n  a = 1\n  b = 2\n  if a:\n    return b\n"
    assert tighten(module) == "def f():\n a=1\n b=2\n if a: return b\n"
    assert tighten(module, side_by_side=True) == "def f():\n a=1; b=2\n if a: return b\n"


def test_only_ascii_is_tightened() -> None:
    with pytest.raises(ValueError, match="ASCII"):
        tighten("x = '\u2026'")
