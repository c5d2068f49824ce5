"""Loads the sources that ship inside the template and that the commands use too: in a checkout or in the wheel.

They are single files for a build or a Lambda function and no package, so they are loaded by their place.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from deployments.errors import Failure


def load(path: str) -> Any:
    """The module of a shipped file, named as in the repository (`codebuild/uploader.py`); loaded once."""
    name = Path(path).stem
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, _root() / path)
    if spec is None or spec.loader is None or not (_root() / path).is_file():
        raise Failure(f"{path} is missing: install the package again")
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _root() -> Path:
    """As generator/sources.py finds it, without importing the generator and what it needs."""
    generator = importlib.util.find_spec("generator")
    if generator is None or generator.origin is None:
        raise Failure("the package `generator` is missing: install instant-hosting again")
    here = Path(generator.origin).parent
    return here / "shipped" if (here / "shipped").is_dir() else here.parent
