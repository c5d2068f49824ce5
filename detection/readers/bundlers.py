"""Tools that bundle an app and know nothing of pages: Vite."""

from __future__ import annotations

from detection.draft import Draft, tidy
from detection.package import option


def vite(draft: Draft) -> None:
    """https://vite.dev/config/build-options.html"""
    name, config = draft.config("vite.config.*")
    words = draft.package.runs("build", "vite build", "vite")
    top = config.value("root")
    below = tidy(top) if isinstance(top, str) else ""
    if out := option(words, "--outDir"):
        draft.says("output", tidy(below, out), "the script build has --outDir")
    else:
        value = config.value("build", "outDir")
        folder = tidy(below, value) if isinstance(value, str) and not value.startswith("/") else value
        draft.output(folder if value else (tidy(below, "dist") if below else None), f"build.outDir of {name}", "dist")
    if base := option(words, "--base"):
        draft.base(base, "--base of the script build", "remove it")
    else:
        draft.base(config.value("base"), f"base of {name}", "remove base")
