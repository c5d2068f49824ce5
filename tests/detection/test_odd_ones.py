"""Odd projects: the right answer or a question, and never a wrong site without one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from detection import Detection, detect
from detection.history import HISTORY
from tests.detection.folders import File, made
from workbench import ROOT

VITE: dict[str, object] = {"devDependencies": {"vite": "^8"}, "scripts": {"build": "vite build"}}
NEXT: dict[str, object] = {"dependencies": {"next": "16"}, "scripts": {"build": "next build"}}
EXPORT = "export default { output: 'export' }"
DOCUSAURUS: dict[str, object] = {
    "dependencies": {"@docusaurus/core": "3"},
    "scripts": {"build": "docusaurus build"},
}


def found(folder: Path, files: Mapping[str, File]) -> Detection:
    """What is told of a folder with these files."""
    return detect(made(folder, files))


def asked(detection: Detection) -> list[tuple[str, tuple[str, ...]]]:
    """The questions, and between what."""
    return [(doubt.what, doubt.choices) for doubt in detection.doubts]


def test_of_a_monorepo_with_three_apps_one_is_chosen_and_keeps_its_own_doubts(tmp_path: Path) -> None:
    files: dict[str, File] = {
        "package.json": {"private": True, "scripts": {"build": "turbo run build"}, "workspaces": ["apps/*"]},
        "turbo.json": "{}",
        "pnpm-lock.yaml": "",
        "apps/web/package.json": {**NEXT, "name": "web", "dependencies": {"next": "16", "ui": "workspace:*"}},
        "apps/web/next.config.js": EXPORT,
        "apps/admin/package.json": VITE,
        "apps/admin/index.html": "",
        "apps/docs/package.json": DOCUSAURUS,
        "packages/ui/package.json": {"name": "ui", "devDependencies": {"vite": "8"}, "scripts": {"build": "tsup"}},
    }
    detection = found(tmp_path, files)
    choices = ("apps/admin (Vite)", "apps/docs (Docusaurus)", "apps/web (Next.js)")
    assert [("app", choices)] == asked(detection)
    web = detection.answered(detection.doubts[0], choices[2])
    build = "cd ../..;auto exec turbo run build --filter=web"
    assert web.doubts == ()
    assert web.apps[0].parameters == {"Framework": "nextjs", "AppRoot": "apps/web", "BuildCommand": build}
    assert web.apps[0].package_manager == "pnpm"


def test_without_a_lock_file_npm_installs(tmp_path: Path) -> None:
    detection = found(tmp_path, {"package.json": VITE, "index.html": ""})
    assert ("npm", ()) == (detection.apps[0].package_manager, detection.doubts)
    assert "there is no lock file" in [reason.why for reason in detection.apps[0].reasons]


def test_of_two_lock_files_the_answer_decides_and_packagemanager_makes_the_question_needless(tmp_path: Path) -> None:
    files: dict[str, File] = {"package.json": VITE, "index.html": "", "yarn.lock": "", "package-lock.json": ""}
    detection = found(tmp_path / "open", files)
    assert [("package manager", ("yarn", "npm"))] == asked(detection)
    assert detection.answered(detection.doubts[0], "yarn").apps[0].parameters == {"Framework": "vite"}
    npm = detection.answered(detection.doubts[0], "npm").apps[0].parameters
    assert npm == {"Framework": "vite", "InstallCommand": "npm ci", "BuildCommand": "npm run build"}
    said = found(tmp_path / "said", {**files, "package.json": {**VITE, "packageManager": "npm@11.0.0"}})
    assert ("npm", ()) == (said.apps[0].package_manager, said.doubts)


def test_sources_in_a_folder_of_documents_are_the_app(tmp_path: Path) -> None:
    files: dict[str, File] = {"README.md": "", "pyproject.toml": "", "docs/conf.py": "extensions = []"}
    detection = found(tmp_path, files)
    assert ({"Framework": "sphinx", "AppRoot": "docs"}, ()) == (detection.apps[0].parameters, detection.doubts)


def test_plain_folders_are_published_as_they_are(tmp_path: Path) -> None:
    top = found(tmp_path / "top", {"index.html": "", "style.css": ""})
    assert [{"Framework": "static"}] == [app.parameters for app in top.apps]
    below = found(tmp_path / "below", {"README.md": "", "public/index.html": ""})
    assert [{"Framework": "static", "OutputFolder": "public"}] == [app.parameters for app in below.apps]
    both = found(tmp_path / "both", {"public/index.html": "", "docs/index.html": ""})
    assert [("output", ("public", "docs"))] == asked(both)


def test_a_built_folder_is_a_plain_one(tmp_path: Path) -> None:
    files: dict[str, File] = {"index.html": "", "_astro/x.a1b2c3d4.js": "", "assets/index-BdE8sX2_.js": ""}
    assert [{"Framework": "static"}] == [app.parameters for app in found(tmp_path, files).apps]


def test_between_documents_and_an_app_in_one_folder_somebody_must_choose(tmp_path: Path) -> None:
    files: dict[str, File] = {"package.json": VITE, "index.html": "", "mkdocs.yml": "site_name: x"}
    detection = found(tmp_path, files)
    assert [("app", (". (Vite)", ". (MkDocs)"))] == asked(detection)


def test_a_program_in_python_with_an_app_beside_it_is_that_app(tmp_path: Path) -> None:
    files: dict[str, File] = {
        "pyproject.toml": "",
        "manage.py": "",
        "frontend/package.json": VITE,
        "frontend/index.html": "",
    }
    detection = found(tmp_path, files)
    assert ({"Framework": "vite", "AppRoot": "frontend"}, ()) == (detection.apps[0].parameters, detection.doubts)


def test_examples_are_never_the_site_without_a_question(tmp_path: Path) -> None:
    files: dict[str, File] = {"examples/one/package.json": VITE, "examples/one/index.html": ""}
    assert [("app", ("examples/one (Vite)",))] == asked(found(tmp_path, files))


def test_a_theme_with_a_site_of_its_own_is_not_the_site(tmp_path: Path) -> None:
    detection = found(tmp_path, {"hugo.toml": "theme = 'x'", "themes/x/hugo.toml": "baseURL = 'https://example.org/'"})
    assert (["."], ()) == ([app.root for app in detection.apps], detection.doubts)


def test_a_library_is_no_site(tmp_path: Path) -> None:
    files: dict[str, File] = {
        "package.json": VITE,
        "index.html": "a page to try it",
        "vite.config.ts": "export default defineConfig({ build: { lib: { entry: 'src/index.ts' } } })",
    }
    assert [
        ("output", ("dist", "build", "public")),
        ("routing", ("spa", "files", "folders", "mixed", "bare")),
    ] == asked(found(tmp_path, files))


def test_a_broken_file_is_a_question_and_no_error(tmp_path: Path) -> None:
    files: dict[str, File] = {
        "package.json": '{"scripts": ',
        "index.html": "",
        "mkdocs.yml": "a: [",
        "vercel.json": "no",
    }
    detection = found(tmp_path, files)
    broken = [doubt.question.split(" is no")[0] for doubt in detection.doubts if doubt.what == "file"]
    assert sorted(broken) == ["mkdocs.yml", "package.json", "vercel.json"]


def test_whoever_goes_on_without_a_broken_file_has_nothing_left(tmp_path: Path) -> None:
    detection = found(tmp_path, {"package.json": "{"})
    (doubt,) = detection.doubts
    assert Detection((), ()) == detection.answered(doubt, "")


def test_of_several_scripts_the_whole_one_builds_and_else_somebody_chooses(tmp_path: Path) -> None:
    scripts = {"docs:build": "vite build", "docs:build:old": "vite build"}
    whole = found(tmp_path / "whole", {"package.json": {**VITE, "scripts": scripts}, "index.html": ""})
    assert ("auto run docs:build", ()) == (whole.apps[0].build, whole.doubts)
    scripts = {"build-blue": "vite build", "build-red": "vite build"}
    either = found(tmp_path / "either", {"package.json": {**VITE, "scripts": scripts}, "index.html": ""})
    assert [("build", ("auto run build-blue", "auto run build-red"))] == asked(either)
    assert "auto run build-red" == either.answered(either.doubts[0], "auto run build-red").apps[0].build


def test_an_empty_folder_and_one_that_is_not_there_hold_nothing(tmp_path: Path) -> None:
    assert Detection((), ()) == detect(tmp_path)
    assert Detection((), ()) == detect(tmp_path / "nowhere")


def test_links_are_not_followed_out_of_the_folder(tmp_path: Path) -> None:
    made(tmp_path / "elsewhere", {"package.json": VITE, "index.html": ""})
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "app").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "project" / "round").symlink_to(tmp_path / "project")
    assert Detection((), ()) == detect(tmp_path / "project")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("netlify.toml", "[build]\ncommand = 'make site'\npublish = 'web'\n"),
        ("vercel.json", '{"buildCommand": "make site", "outputDirectory": "web/"}'),
        ("render.yaml", "services:\n  - buildCommand: npm ci; make site\n    staticPublishPath: ./web\n"),
    ],
)
def test_what_another_host_is_told_answers_where_the_files_do_not(tmp_path: Path, file: str, text: str) -> None:
    detection = found(tmp_path, {file: text})
    app = detection.apps[0]
    assert ("custom", "make site", "web") == (app.framework, app.build, app.output)
    assert ["routing"] == [doubt.what for doubt in detection.doubts]


def test_the_folder_that_another_host_builds_is_the_site_among_several(tmp_path: Path) -> None:
    apps: dict[str, File] = {f"apps/{name}/package.json": VITE for name in ("admin", "web")}
    pages: dict[str, File] = {f"apps/{name}/index.html": "" for name in ("admin", "web")}
    detection = found(tmp_path, {**apps, **pages, "netlify.toml": "[build]\nbase = 'apps/web'\n"})
    assert ("apps/web", ()) == (detection.apps[0].root, detection.doubts)


def test_node_is_a_parameter_only_where_the_build_would_not_see_it(tmp_path: Path) -> None:
    site: dict[str, File] = {"package.json": VITE, "index.html": ""}
    followed = found(tmp_path / "followed", {**site, ".nvmrc": "v22.4.0\n"}).apps[0]
    assert ("22" not in followed.parameters, "v22.4.0") == (
        True,
        next(reason.value for reason in followed.reasons if reason.what == "node"),
    )
    assert "NodeVersion" not in followed.parameters
    volta = found(tmp_path / "volta", {**site, "package.json": {**VITE, "volta": {"node": "22.11.0"}}}).apps[0]
    assert volta.parameters["NodeVersion"] == "22"
    old = found(tmp_path / "old", {**site, ".tool-versions": "nodejs 20.1.0\n"}).apps[0]
    assert old.parameters["NodeVersion"] == "20"
    assert old.parameters["BuildImage"].endswith(":5.0")


def test_an_expression_raises_a_question_with_the_texts_in_it(tmp_path: Path) -> None:
    config = "export default { build: { outDir: process.env.OUT || 'web' } }"
    detection = found(tmp_path, {"package.json": VITE, "index.html": "", "vite.config.js": config})
    assert [("output", ("web", "dist"))] == asked(detection)
    answered = detection.answered(detection.doubts[0], "elsewhere")
    assert ("elsewhere", ()) == (answered.apps[0].parameters["OutputFolder"], answered.doubts)


def test_scripts_that_call_each_other_in_a_circle_are_followed_once(tmp_path: Path) -> None:
    names = [f"build:{number}" for number in range(9)]
    scripts = {"build": "run-s build:0 && vite build", **dict.fromkeys(names, f"run-s {' '.join(names)} build")}
    (app,) = found(tmp_path, {"package.json": {**VITE, "scripts": scripts}, "index.html": ""}).apps
    assert ("vite", "auto run build") == (app.framework, app.build)


def test_merges_that_multiply_each_other_are_a_broken_file(tmp_path: Path) -> None:
    merges = [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 8)}]}}" for n in range(1, 9)]
    detection = found(tmp_path, {"mkdocs.yml": "\n".join(["a0: &a0 {x: 1}", *merges])})
    assert any("merges are too many" in doubt.question for doubt in detection.doubts)


def test_of_another_hosts_commands_only_those_of_one_line_are_taken(tmp_path: Path) -> None:
    (app,) = found(tmp_path, {"netlify.toml": '[build]\ncommand = """\nmake site\n"""\npublish = "out"\n'}).apps
    assert ("make site", "out") == (app.build, app.output)
    several = '[build]\ncommand = """\nmake tools\nmake site\n"""\npublish = "out"\n'
    assert () == found(tmp_path, {"netlify.toml": several}).apps


NX: dict[str, File] = {
    "nx.json": "{}",
    "package-lock.json": "",
    "package.json": {"devDependencies": {"nx": "22", "vite": "8", "@angular/cli": "22", "@nx/webpack": "22"}},
}


def nx_app(executor: str, path: str = "dist/apps/shop") -> dict[str, object]:
    """A project.json with this builder."""
    target = {"executor": executor, "options": {"outputPath": path}}
    return {"name": "shop", "projectType": "application", "targets": {"build": target}}


@pytest.mark.parametrize(
    ("executor", "framework", "output"),
    [
        ("@nx/vite:build", "vite", "../../dist/apps/shop"),
        ("@angular/build:application", "angular", "../../dist/apps/shop/browser"),
        ("@nrwl/angular:webpack-browser", "angular", "../../dist/apps/shop"),
        ("@nx/webpack:webpack", "custom", "../../dist/apps/shop"),
    ],
)
def test_an_app_of_nx_without_a_package_json_is_built_by_nx_from_the_top(
    tmp_path: Path, executor: str, framework: str, output: str
) -> None:
    files = {**NX, "apps/shop/project.json": nx_app(executor), "apps/shop/src/index.html": ""}
    e2e = {"name": "shop-e2e", "projectType": "application", "targets": {"e2e": {}}}
    library = {"name": "ui", "projectType": "library", "targets": {"build": {"executor": "@nx/js:tsc"}}}
    server = {"name": "api", "projectType": "application", "targets": {"build": {"executor": "@nx/webpack:webpack"}}}
    others = {"apps/shop-e2e": e2e, "libs/ui": library, "apps/api": server}
    detection = found(tmp_path, {**files, **{f"{place}/project.json": about for place, about in others.items()}})
    expected = {"AppRoot": "apps/shop", "OutputFolder": output, "BuildCommand": "cd ../..;auto exec nx build shop"}
    expected |= {"Framework": framework, "InstallCommand": "cd ../..;auto"}
    expected |= {"Routing": "spa"} if framework == "custom" else {}
    assert [(expected, ())] == [(app.parameters, detection.doubts) for app in detection.apps]


def test_an_app_that_nx_infers_from_a_configuration_is_built_by_nx(tmp_path: Path) -> None:
    config = "export default defineConfig({ root: __dirname, build: { outDir: '../../dist/apps/shop' } })"
    about: File = {"name": "shop", "projectType": "application"}
    files: dict[str, File] = {"project.json": about, "vite.config.ts": config, "index.html": ""}
    (app,) = found(tmp_path, {**NX, **{f"apps/shop/{name}": content for name, content in files.items()}}).apps
    commands = ("cd ../..;auto", "cd ../..;auto exec nx build shop", "../../dist/apps/shop")
    assert ("vite", *commands) == (app.framework, app.install, app.build, app.output)


def test_beside_an_app_of_nx_that_says_too_little_no_other_one_is_taken_without_a_question(tmp_path: Path) -> None:
    files: dict[str, File] = {
        **NX,
        "apps/shop/project.json": {"name": "shop", "projectType": "application"},
        "apps/shop/src/index.html": "",
        "apps/docs/package.json": DOCUSAURUS,
    }
    detection = found(tmp_path, files)
    choices = ("apps/docs (Docusaurus)", "apps/shop (an app of Nx)")
    assert [("app", choices)] == asked(detection)
    shop = detection.answered(detection.doubts[0], choices[1])
    places = ("../../dist/apps/shop", "dist")
    assert [("output", places), ("routing", ("spa", "files", "folders", "mixed", "bare"))] == asked(shop)


REPOSITORY: dict[str, tuple[dict[str, File], str]] = {
    "a theme as a submodule": ({"hugo.toml": "", ".gitmodules": "[submodule 'x']"}, ".gitmodules names submodules"),
    "files in LFS": (
        {"index.html": "", ".gitattributes": "*.jpg filter=lfs\n"},
        ".gitattributes names files of Git LFS",
    ),
    "Hugo": ({"hugo.toml": "enableGitInfo = true\n"}, "hugo.toml wants the history (enableGitInfo)"),
    "Hugo, not": ({"hugo.toml": "enableGitInfo = false\n"}, ""),
    "Docusaurus below": (
        {"site/package.json": DOCUSAURUS, "site/docusaurus.config.ts": "docs: { showLastUpdateTime: true }\n"},
        "docusaurus.config.ts wants the history (showLastUpdateTime)",
    ),
    "Docusaurus, not": (
        {"package.json": DOCUSAURUS, "docusaurus.config.ts": "docs: {\n  // showLastUpdateTime: true\n}\n"},
        "",
    ),
    "another's": ({"index.html": "", "examples/mkdocs.yml": "plugins: [git-revision-date-localized]"}, ""),
}


@pytest.mark.parametrize("case", REPOSITORY)
def test_a_project_whose_build_needs_the_repository_says_so_before_its_first_build(tmp_path: Path, case: str) -> None:
    files, why = REPOSITORY[case]
    app = found(tmp_path, files).apps[0]
    assert why in [reason.why for reason in app.reasons if reason.what == "FullClone"] or not why
    assert app.parameters.get("FullClone", "") == ("true" if why else "")


def test_the_words_that_ask_for_the_history_are_those_that_a_build_warns_of() -> None:
    assert f"history='{HISTORY}'" in (ROOT / "codebuild" / "source.sh").read_text()
