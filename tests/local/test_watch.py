"""One publish an edit: what a build writes is no change, and an edit while it builds is not lost."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from local.commands.watch import Watch

_REST_SECONDS = 1.2
_numbers = itertools.count(1)


def write(*files: Path) -> None:
    """Write something new into the files."""
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x" * next(_numbers))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project's sources."""
    write(tmp_path / "src" / "app.js", tmp_path / "src" / "other.js", tmp_path / "public" / "logo.svg")
    return tmp_path


def builds(watch: Watch, build: Callable[[], None], edit: Callable[[], None], most: int = 6) -> int:
    """How many builds one edit leads to."""

    async def count() -> int:
        done = 0
        changes = watch.changes()
        edit()
        while done < most:
            try:
                await asyncio.wait_for(anext(changes), _REST_SECONDS)
            except TimeoutError:
                break
            done += 1
            with watch.building():
                build()
        return done

    return asyncio.run(count())


def test_what_a_build_writes_is_no_change(folder: Path) -> None:
    watch = Watch(folder, folder / "_build" / "html")

    def build() -> None:
        made = (".next/cache/pack", f".next/static/{next(_numbers)}/manifest.js", "_build/doctrees/index.doctree")
        write(*(folder / name for name in (*made, "_build/html/index.html")))

    with watch.building():
        build()
    for _ in range(2):
        assert builds(watch, build, lambda: write(folder / "src" / "app.js")) == 1


@pytest.mark.parametrize("name", ["stats.json", "stats-{}.json", "reports/{}/stats.json", "src/routes.gen.js"])
def test_what_a_build_writes_among_the_sources_is_learned_by_a_build_or_two_more(folder: Path, name: str) -> None:
    watch = Watch(folder, folder / "dist")

    def build() -> None:
        write(folder / name.format(next(_numbers)))

    with watch.building():
        build()
    assert builds(watch, build, lambda: None) <= 2
    assert builds(watch, build, lambda: write(folder / "src" / "app.js")) == 1


@pytest.mark.parametrize("name", ["app.js", "other.js", "new.js"])
def test_an_edit_while_it_builds_leads_to_another_build(folder: Path, name: str) -> None:
    watch = Watch(folder, folder / "dist")
    saves = iter([True])

    def build() -> None:
        write(folder / ".svelte-kit" / "output.js")
        if next(saves, False):
            write(folder / "src" / name)

    with watch.building():
        pass
    assert builds(watch, build, lambda: write(folder / "src" / "app.js")) == 2


def test_an_edit_during_the_first_build_leads_to_another_build(folder: Path) -> None:
    watch = Watch(folder, folder / "dist")
    with watch.building():
        write(folder / "src" / "app.js", folder / "dist" / "index.html")
    assert builds(watch, lambda: None, lambda: None) == 1


def test_a_build_that_formats_the_sources_does_not_go_on_for_ever(folder: Path) -> None:
    watch = Watch(folder, folder / "dist")
    assert builds(watch, lambda: write(folder / "src" / "app.js"), lambda: write(folder / "src" / "app.js"), 9) < 6


def test_the_output_is_passed_over_by_its_path_and_not_by_its_name(folder: Path) -> None:
    watch = Watch(folder, folder / ".output" / "public")
    assert builds(watch, lambda: None, lambda: write(folder / ".output" / "public" / "index.html")) == 0
    assert builds(watch, lambda: None, lambda: write(folder / "public" / "logo.svg")) == 1
