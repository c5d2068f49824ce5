"""Modules that ship together, as one: what is set is set wherever its name is known, as in the joined text."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from generator import sources
from generator.buildspec import PACKER_ENTRY, UPLOADER_ENTRY


class Together:
    """The modules of a shipped program; `monkeypatch.setattr` works on it."""

    def __init__(self, entry: str) -> None:
        self.__dict__["modules"] = [importlib.import_module(name) for name in sources.modules(entry)]
        self.__dict__["own"] = dict[tuple[ModuleType, str], object]()  # what was there before it was set

    def __getattr__(self, name: str) -> Any:
        for module in reversed(self.modules):
            if name in module.__dict__:
                return module.__dict__[name]
        raise AttributeError(name)

    def __setattr__(self, name: str, value: object) -> None:
        for module in self._that_know(name) or self.modules:
            self.own.setdefault((module, name), module.__dict__.get(name, self))
            setattr(module, name, value)

    def __delattr__(self, name: str) -> None:
        for module in self._that_know(name):
            before = self.own.pop((module, name), self.own)
            if before is self:
                delattr(module, name)
            elif before is not self.own:  # else it is what it was: it had been set twice
                setattr(module, name, before)

    def _that_know(self, name: str) -> list[ModuleType]:
        return [module for module in self.modules if name in module.__dict__]


PUBLISHER = Together("publisher.operations")
PACKER = Together(PACKER_ENTRY)
UPLOADER = Together(UPLOADER_ENTRY)
