"""The one step between the Python in the repository and the Python in the template: same program, fewer bytes."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from generator.embed import join, strip
from generator.sections.publishing import publisher_modules
from tests.conftest import ROOT

PUBLISHER = [f"lambda/{name}.py" for name in publisher_modules(has_pipeline=True, operations=True)]
SHIPPED = [*PUBLISHER, "codebuild/uploader.py"]


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
