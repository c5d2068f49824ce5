"""How the commands that use argparse say that they were used wrongly."""

from __future__ import annotations

import argparse
from typing import NoReturn


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one line, as every other mistake gets; `--help` has the rest."""

    def error(self, message: str) -> NoReturn:
        """End with status 2."""
        self.exit(2, f"{self.prog.removeprefix('python -m ')}: {message} (see --help)\n")
