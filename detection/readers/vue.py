"""The tools of Vue's sites: Nuxt, VitePress."""

from __future__ import annotations

from pathlib import Path

from detection.draft import Draft, tidy


def nuxt(draft: Draft) -> None:
    """https://nuxt.com/docs/getting-started/deployment#static-hosting"""
    name, config = draft.config("nuxt.config.*")
    if config.value("ssr") is False:
        draft.says("routing", "spa", f"{name} has ssr: false")
    elif config.value("nitro", "prerender", "autoSubfolderIndex") is False:
        draft.says("routing", "files", f"{name} has autoSubfolderIndex: false")
    draft.output(config.value("nitro", "output", "publicDir"), f"nitro.output.publicDir of {name}", ".output/public")
    draft.base(config.value("app", "baseURL"), f"app.baseURL of {name}", "remove app.baseURL")


def vitepress(draft: Draft) -> None:
    """https://vitepress.dev/reference/site-config"""
    script = draft.package.script_that_runs("vitepress build")
    words = draft.package.runs(script, "vitepress build") if script else []
    sources = next((word for word in words[2:] if not word.startswith("-")), "" if script else _sources(draft))
    sources = tidy(sources or ".")
    name, config = draft.config(f"{'' if sources == '.' else sources + '/'}.vitepress/config.*")
    if sources != "docs":
        build = f"auto run {script}" if script else f"auto exec vitepress build {sources}"
        draft.says("build", build, f"the sources are in {sources}")
        draft.says("output", tidy(sources, ".vitepress/dist"), f"the sources are in {sources}")
    where = config.value("outDir")
    if isinstance(where, str):
        where = tidy(sources, where)
    draft.output(where, f"outDir of {name}", tidy(sources, ".vitepress/dist"))
    draft.base(config.value("base"), f"base of {name}", "set base to '/'")


def _sources(draft: Draft) -> str:
    found = draft.files.named(".vitepress/config.*", "*/.vitepress/config.*", "*/*/.vitepress/config.*")
    return Path(found).parent.parent.as_posix() if found else "docs"
