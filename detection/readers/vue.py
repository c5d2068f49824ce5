"""The tools of Vue's sites: Nuxt, VitePress, VuePress, Slidev, Vue CLI, Quasar.

Where their output lies may depend on a version or on the command, and not only on a setting.
"""

from __future__ import annotations

import re
from pathlib import Path

from detection.draft import Draft, tidy
from detection.package import option

_NUXT = ("nuxt generate", "nuxi generate")


def nuxt(draft: Draft) -> None:
    """https://nuxt.com/docs/getting-started/deployment#static-hosting"""
    name, config = draft.config("nuxt.config.*")
    script = next(iter(draft.package.scripts_that_run(*_NUXT)), "")
    if script and draft.package.scripts[script] not in _NUXT:
        draft.says("build", f"auto run {script}", f"the script {script} runs more than nuxt generate")
    usual = ".output/public"
    if re.match(r"\D*2\b", draft.package.dependencies.get("nuxt", "")):
        usual = "dist"
        draft.says("output", "dist", "Nuxt 2 writes dist")
    if config.value("ssr") is False:
        draft.says("routing", "spa", f"{name} has ssr: false")
    elif config.value("nitro", "prerender", "autoSubfolderIndex") is False:
        draft.says("routing", "files", f"{name} has autoSubfolderIndex: false")
    draft.output(config.value("nitro", "output", "publicDir"), f"nitro.output.publicDir of {name}", usual)
    draft.base(config.value("app", "baseURL"), f"app.baseURL of {name}", "remove app.baseURL")


def vitepress(draft: Draft) -> None:
    """https://vitepress.dev/reference/site-config"""
    _press(draft, "vitepress", ("vitepress build",), "outDir")


def vuepress(draft: Draft) -> None:
    """https://vuepress.vuejs.org/reference/config.html"""
    _press(draft, "vuepress", ("vuepress build", "vuepress-vite build"), "dest")


def _press(draft: Draft, tool: str, commands: tuple[str, ...], key: str) -> None:
    """Both build the folder that the command names, and write below its hidden folder."""
    script = next(iter(draft.package.scripts_that_run(*commands)), "")
    words = draft.package.runs(script, *commands) if script else []
    named = next((word for word in words[2:] if not word.startswith("-")), "." if script else _sources(draft, tool))
    sources = tidy(named)
    _press_build(draft, tool, script, sources)
    usual = tidy(sources, f".{tool}/dist")
    if usual != f"docs/.{tool}/dist":
        draft.says("output", usual, f"the sources are in {sources}")
    name, config = draft.config(tidy(sources, f".{tool}/config.*"))
    said = config.value(key)
    if isinstance(said, str) and tool == "vitepress":
        said = tidy(sources, said)
    if out := option(words, "--outDir", "--dest", "-d"):
        draft.output(out, f"an option of the script {script}", usual)
    else:
        draft.output(said, f"{key} of {name}", usual)
    draft.base(config.value("base"), f"base of {name}", "set base to '/'")


def _press_build(draft: Draft, tool: str, script: str, sources: str) -> None:
    """Say how it is built, if not as the framework's row has it, which is VitePress in docs."""
    if script and (sources != "docs" or draft.package.scripts[script] != f"{tool} build docs" or tool != "vitepress"):
        draft.says("build", f"auto run {script}", f"the script {script} builds {sources}")
    elif not script and (sources != "docs" or tool != "vitepress"):
        draft.says("build", f"auto exec {tool} build {sources}", f"the sources are in {sources}")


def _sources(draft: Draft, tool: str) -> str:
    """The folder with the tool's hidden folder."""
    found = draft.files.named(*(f"{above}.{tool}/config.*" for above in ("", "docs/", "*/", "*/*/")))
    return Path(found).parent.parent.as_posix() if found else "docs"


def slidev(draft: Draft) -> None:
    """https://sli.dev/guide/hosting"""
    words = draft.package.words("slidev build")
    draft.output(option(words, "--out", "-o") or None, "--out of the script", "dist")
    draft.base(option(words, "--base") or None, "--base of the script", "remove it")


def vue_cli(draft: Draft) -> None:
    """https://cli.vuejs.org/config/"""
    name, config = draft.config("vue.config.*")
    out = option(draft.package.words("vue-cli-service build"), "--dest")
    draft.output(out or config.value("outputDir"), f"outputDir of {name}", "dist")
    draft.base(config.value("publicPath"), f"publicPath of {name}", "remove publicPath")


def quasar(draft: Draft) -> None:
    """https://quasar.dev/quasar-cli-vite/quasar-config-file"""
    name, config = draft.config("quasar.config.*", "quasar.conf.*")
    mode = option(draft.package.words("quasar build"), "-m", "--mode")
    if mode == "ssr":
        draft.server("build with -m spa", "the script build has the mode ssr")
    elif mode:
        draft.says("output", f"dist/{mode}", f"the script build has the mode {mode}")
    draft.output(config.value("build", "distDir"), f"build.distDir of {name}", "dist/spa")
    draft.base(config.value("build", "publicPath"), f"build.publicPath of {name}", "remove it")
