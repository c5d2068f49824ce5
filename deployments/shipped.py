"""Loads the sources that ship inside the template and that the commands use too: in a checkout or in the wheel.

They are files for a build or a Lambda function and no package, so they are found by their place.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import Any

from deployments.errors import Failure


def load(path: str) -> Any:
    """The module of a shipped file, named as in the repository (`codebuild/uploader.py`)."""
    file = _root() / path
    if not file.is_file():
        raise Failure(f"{path} is missing: install the package again")
    if str(file.parent) not in sys.path:
        sys.path.append(str(file.parent))  # at the end: it hides nothing; the files import each other by name
    return importlib.import_module(file.stem)


def _root() -> Path:
    """As generator/sources.py finds it, without importing the generator and what it needs."""
    generator = importlib.util.find_spec("generator")
    if generator is None or generator.origin is None:
        raise Failure("the package `generator` is missing: install instant-hosting again")
    here = Path(generator.origin).parent
    return here / "shipped" if (here / "shipped").is_dir() else here.parent
