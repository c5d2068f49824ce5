"""The other tools that run on Node: Astro, SvelteKit, SolidStart, Angular, Eleventy."""

from __future__ import annotations

from detection.draft import Draft, tidy
from detection.files import at, text_at
from detection.javascript import Unreadable
from detection.package import option


def astro(draft: Draft) -> None:
    """https://docs.astro.build/en/reference/configuration-reference/"""
    name, config = draft.config("astro.config.*")
    if config.value("output") in ("server", "hybrid"):
        draft.server("set output: 'static' in astro.config", f"{name} has output: '{config.value('output')}'")
    if config.value("build", "format") == "file":
        draft.says("routing", "files", f"{name} has build.format: 'file'")
    elif config.value("trailingSlash") == "never":
        draft.says("routing", "bare", f"{name} has trailingSlash: 'never'")
    out = option(draft.package.runs("build", "astro build"), "--outDir")
    draft.output(out or config.value("outDir"), f"outDir of {name}", "dist")
    draft.base(config.value("base"), f"base of {name}", "remove base")


def sveltekit(draft: Draft) -> None:
    """https://svelte.dev/docs/kit/adapter-static"""
    name, config = draft.config("svelte.config.*")
    found = [one for one in draft.package.dependencies if one.startswith(("@sveltejs/adapter-", "svelte-adapter-"))]
    if "@sveltejs/adapter-static" not in found:
        with_what = ", ".join(found) or "no adapter"
        draft.server("use @sveltejs/adapter-static", f"package.json has {with_what}")
    else:
        _static_adapter(draft)
    draft.base(config.value("kit", "paths", "base"), f"paths.base of {name}", "remove it")


def _static_adapter(draft: Draft) -> None:
    """What the adapter is told, in svelte.config or in vite.config (SvelteKit 3)."""
    for pattern in ("svelte.config.*", "vite.config.*"):
        name, config = draft.config(pattern)
        fallback = config.value_given_to("adapter", "fallback")
        draft.output(config.value_given_to("adapter", "pages"), f"pages of the adapter in {name}", "build")
        if isinstance(fallback, str) and fallback != "404.html":
            draft.says("routing", "spa", f"{name} has fallback: '{fallback}'")


def solidstart(draft: Draft) -> None:
    """https://docs.solidjs.com/solid-start/reference/config/define-config"""
    name, config = draft.config("app.config.*", "vite.config.*")
    preset = config.value("server", "preset")
    if preset != "static":
        draft.server("set server.preset to 'static'", f"{name or 'app.config'} has no server.preset 'static'")
    if config.value("ssr") is False:
        draft.says("routing", "spa", f"{name} has ssr: false")
    draft.base(config.value("server", "baseURL"), f"server.baseURL of {name}", "remove it")


def angular(draft: Draft) -> None:
    """https://angular.dev/reference/configs/workspace-config"""
    about = draft.files.json("angular.json")
    projects = at(about, "projects")
    apps = [
        (str(key), one)
        for key, one in (projects.items() if isinstance(projects, dict) else ())
        if text_at(one, "projectType") in ("", "application")
    ]
    if len(apps) > 1:
        names = tuple(tidy("dist", key, "browser") for key, _ in apps)
        draft.doubt("output", "Which of its applications is the site?", "angular.json has several", names)
        return
    for key, one in apps:
        _angular_app(draft, key, one)


def _angular_app(draft: Draft, key: str, project: object) -> None:
    build = at(project, "architect", "build") or at(project, "targets", "build")
    builder, options = text_at(build, "builder"), at(build, "options")
    path = at(options, "outputPath")
    browser = "browser" if builder.endswith(":application") else ""
    if isinstance(path, dict):
        base, inner = text_at(path, "base"), path.get("browser", "browser")
        draft.says("output", tidy(base, str(inner)), "outputPath of angular.json")
    elif isinstance(path, str):
        draft.says("output", tidy(path, browser), "outputPath of angular.json")
    elif not browser:
        draft.says("output", tidy("dist", key), f"the builder {builder} in angular.json")
    mode = text_at(options, "outputMode")
    if mode == "server" or (mode != "static" and at(options, "ssr") not in (None, False)):
        draft.server("set outputMode to 'static' in angular.json", "angular.json renders on a server")
    base = text_at(options, "baseHref") or text_at(at(build, "configurations", "production"), "baseHref")
    draft.base(base, "baseHref of angular.json", "remove it")


def eleventy(draft: Draft) -> None:
    """https://www.11ty.dev/docs/config/#output-directory"""
    name, config = draft.config(".eleventy.js", "eleventy.config.*")
    words = draft.package.runs("build", "eleventy", "@11ty/eleventy")
    if "build" in draft.package.scripts:
        draft.says("build", "auto run build", "package.json has a script build")
    out = option(words, "--output")
    said = config.calls("setOutputDirectory")
    value = out or (said[0] if said else config.value("dir", "output"))
    draft.output(value, f"the output folder of {name}", "_site")
    prefix = option(words, "--pathprefix") or config.value("pathPrefix")
    draft.base(prefix if not isinstance(prefix, Unreadable) else None, "pathPrefix", "remove it")
