"""What a project is told to be from its files: the row, what differs from it, and what is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection import detect
from tests.detection.folders import made
from workbench import ROOT

PROJECTS = ROOT / "tests" / "projects"


@pytest.mark.parametrize(
    ("project", "framework"),
    {
        "next": "nextjs",
        "plain": "static",
        "pwa": "vite",
        "starlight": "astro",
        "sveltekit": "sveltekit",
        "vite": "vite",
        "vitepress": "vitepress",
    }.items(),
)
def test_the_projects_of_the_system_test_need_nothing_but_their_row(project: str, framework: str) -> None:
    found = detect(PROJECTS / project)
    assert [app.parameters for app in found.apps] == [{"Framework": framework}]
    assert found.doubts == ()


def test_among_several_apps_the_folder_decides_and_the_answer_is_taken(tmp_path: Path) -> None:
    vite: dict[str, object] = {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^7"}}
    found = detect(
        made(
            tmp_path,
            {f"apps/{app}/package.json": vite for app in ("web", "admin")}
            | {f"apps/{app}/index.html": "" for app in ("web", "admin")},
        )
    )
    (doubt,) = found.doubts
    assert doubt.choices == ("apps/admin (Vite)", "apps/web (Vite)")
    chosen = found.answered(doubt, "apps/web (Vite)")
    assert chosen.doubts == ()
    assert chosen.apps[0].parameters == {"Framework": "vite", "AppRoot": "apps/web"}
