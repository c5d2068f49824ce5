"""Two rooms, two trust levels: the open door never reaches what holds tokens, and the reverse."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbench import ROOT

HOUSE = ROOT / "lambda" / "webhook"
SHARED = "shared"
ROOMS = {"door": "reporter", "reporter": "door"}  # each with the one that it must not reach
EACH_ROOM = pytest.mark.parametrize("room", ROOMS)


def modules() -> dict[str, Path]:
    """Every module of the two functions, by the name that imports have for it."""
    paths = {path.relative_to(HOUSE).with_suffix(""): path for path in HOUSE.rglob("*.py")}
    return {".".join(name.parts).removesuffix(".__init__"): path for name, path in paths.items()}


def imported(path: Path) -> set[str]:
    """Every name that an import anywhere in the file may stand for, packages on the way to it included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module, f"{path}: a relative import; name the room"
            names.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return {".".join(parts[:n]) for name in names for parts in [name.split(".")] for n in range(1, len(parts) + 1)}


def closure(entry: str) -> set[str]:
    """The modules of ours that importing `entry` can load, at once or later."""
    ours, found, waiting = modules(), set[str](), {entry, entry.partition(".")[0]}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= (imported(ours[name]) & set(ours)) - found
    return found


@EACH_ROOM
def test_a_function_reaches_its_own_room_and_what_is_shared_and_never_the_other_room(room: str) -> None:
    found = closure(f"{room}.entry")
    assert {name.partition(".")[0] for name in found} == {room, SHARED}
    own = {name for name in modules() if name.partition(".")[0] in {room, SHARED}}
    assert own == found, "a module that its function never loads"


def test_what_is_shared_reaches_neither_room() -> None:
    for name in modules():
        if name.partition(".")[0] == SHARED:
            assert {found.partition(".")[0] for found in closure(name)} == {SHARED}, name


@EACH_ROOM
def test_a_function_starts_where_the_other_room_is_not_there(room: str, tmp_path: Path) -> None:
    for name in (room, SHARED):
        shutil.copytree(HOUSE / name, tmp_path / name)
    loaded = start(room, tmp_path)
    assert f"{room}.entry" in loaded
    assert not {name for name in loaded if name.partition(".")[0] == ROOMS[room]}


@EACH_ROOM
def test_a_function_that_was_started_has_loaded_nothing_of_the_other_room(room: str) -> None:
    loaded = start(room, HOUSE)
    assert not {name for name in loaded if name.partition(".")[0] == ROOMS[room]}
    # a cold start waits for everything that is loaded
    assert ("aws_lambda_powertools.utilities.idempotency" in loaded) == (room == "door")
    assert "nacl" not in loaded


def start(room: str, folder: Path) -> set[str]:
    """What a new process has loaded once it has imported the room's entry from `folder`."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); import {room}.entry; print(*sys.modules)"
    environment = {"AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return set(done.stdout.split())
