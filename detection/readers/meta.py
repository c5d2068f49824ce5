"""Tools that make pages and need no one library for them: Astro, Eleventy, Hexo, and those that render on a server.

Several can make a site or need a server, and one setting decides which.
"""

from __future__ import annotations

from detection.draft import Draft
from detection.files import at, text_at
from detection.javascript import Configuration, Unreadable, Value
from detection.package import option


def astro(draft: Draft) -> None:
    """https://docs.astro.build/en/reference/configuration-reference/"""
    name, config = draft.config("astro.config.*")
    if config.value("output") in ("server", "hybrid"):
        draft.server("set output: 'static' in astro.config", f"{name} has output: '{config.value('output')}'")
    elif config.value("adapter") is not None:
        draft.server("remove the adapter from astro.config", f"{name} has an adapter")
    if config.value("build", "format") == "file":
        draft.says("routing", "files", f"{name} has build.format: 'file'")
    elif config.value("trailingSlash") == "never":
        draft.says("routing", "bare", f"{name} has trailingSlash: 'never'")
    out = option(draft.package.words("astro build"), "--outDir")
    draft.output(out or config.value("outDir"), f"outDir of {name}", "dist")
    draft.base(config.value("base"), f"base of {name}", "remove base")


_NITRO = ("nitro", "nitroV2Plugin")  # Vite's plugins: what they are given, they also take from a key of their name
_STATIC = ("static", "github-pages", "github_pages")


def solidstart(draft: Draft) -> None:
    """Version 1 has an app.config, version 2 is a plugin of Vite's beside Nitro.

    https://docs.solidjs.com/solid-start/reference/config/define-config
    https://docs.solidjs.com/solid-start/v2/building-your-application/route-prerendering
    """
    name, config = draft.config("app.config.*", "vite.config.*")
    if _nitro(config, "preset") not in _STATIC:
        where = "nitro.preset" if name.startswith("vite") else "server.preset"
        draft.server(f"set {where} to 'static'", f"{name or 'app.config'} has no {where} 'static'")
    if False in (config.value("ssr"), config.value_given_to("solidStart", "ssr")):
        draft.says("routing", "spa", f"{name} has ssr: false")
    base = _nitro(config, "baseURL") or config.value("base")
    draft.base(base, f"the base of {name}", "remove it")


def _nitro(config: Configuration, key: str) -> Value:
    """What Nitro is told, in whichever place that stands."""
    said = [config.value("server", key), config.value("nitro", key), *(config.value_given_to(n, key) for n in _NITRO)]
    return next((value for value in said if isinstance(value, str)), None)


def tanstack_start(draft: Draft) -> None:
    """https://tanstack.com/start/latest/docs/framework/react/guide/spa-mode"""
    name, config = draft.config("vite.config.*", "app.config.*")
    app = config.value_given_to("tanstackStart", "spa", "enabled") is True
    pages = config.value_given_to("tanstackStart", "prerender", "enabled") is True
    preset = _nitro(config, "preset")
    if preset or "nitro/vite" in config.imports():
        draft.says("output", ".output/public", f"{name} builds with Nitro")
    if pages and not app:
        draft.says("routing", "bare", f"{name} has prerender.enabled")
    elif not app and preset not in _STATIC:
        draft.server("set spa.enabled or prerender.enabled in tanstackStart()", f"{name} sets neither")


def qwik(draft: Draft) -> None:
    """https://qwik.dev/docs/guides/static-site-generation/"""
    name = draft.files.named("adapters/static/vite.config.*", "adaptors/static/vite.config.*")
    if not name:
        draft.server("add the static adapter: `npm run qwik add static`", "there is no adapters/static/vite.config")


def analog(draft: Draft) -> None:
    """https://analogjs.org/docs/features/server/static-site-generation"""
    name, config = draft.config("vite.config.*")
    if config.value_given_to("analog", "ssr") is False:
        draft.says("routing", "spa", f"{name} has ssr: false")
    elif config.value_given_to("analog", "static") is not True:
        draft.server("set static: true in analog()", f"{name} has no static: true")


def vike(draft: Draft) -> None:
    """https://vike.dev/prerender"""
    places = ("vite.config.*", "pages/+config.*", "renderer/+config.*", "src/pages/+config.*", "+config.*")
    configs = [config for place in places for _, config in [draft.config(place)]]
    if not any(config.value("prerender") or config.value_given_to("vike", "prerender") for config in configs):
        draft.server("set prerender: true in +config", "no +config has prerender")


def waku(draft: Draft) -> None:
    """https://waku.gg/: what it writes into dist/public is whole only where every page says render: 'static'"""
    dynamic = [name for name in draft.files.all("src/pages/**/*.tsx") if "'dynamic'" in draft.files.text(name)]
    if dynamic:
        draft.server("give every page render: 'static'", f"{dynamic[0]} has render: 'dynamic'")


def observable(draft: Draft) -> None:
    """https://observablehq.com/framework/config"""
    name, config = draft.config("observablehq.config.*")
    draft.output(config.value("output"), f"output of {name}", "dist")
    draft.base(config.value("base"), f"base of {name}", "remove base")


def typedoc(draft: Draft) -> None:
    """https://typedoc.org/documents/Options.Output.html"""
    out = option(draft.package.words("typedoc"), "--out") or text_at(draft.files.json("typedoc.json"), "out")
    draft.output(out or None, "the output folder of TypeDoc", "docs")


def hexo(draft: Draft) -> None:
    """https://hexo.io/docs/configuration"""
    about = draft.files.yaml("_config.yml")
    draft.output(text_at(about, "public_dir") or None, "public_dir of _config.yml", "public")
    if at(about, "pretty_urls", "trailing_index") is False:
        draft.says("routing", "folders", "_config.yml has pretty_urls")
    root = text_at(about, "root")
    draft.base(root or None, "root of _config.yml", "set root to /")


def eleventy(draft: Draft) -> None:
    """https://www.11ty.dev/docs/config/#output-directory"""
    name, config = draft.config(".eleventy.js", "eleventy.config.*")
    words = draft.package.words("eleventy", "@11ty/eleventy")
    script = next(iter(draft.package.scripts_that_run("eleventy", "@11ty/eleventy")), "")
    if script or "build" in draft.package.scripts:
        draft.says("build", f"auto run {script or 'build'}", f"package.json has a script {script or 'build'}")
    out = option(words, "--output")
    said = config.calls("setOutputDirectory")
    value = out or (said[0] if said else config.value("dir", "output"))
    draft.output(value, f"the output folder of {name}", "_site")
    prefix = option(words, "--pathprefix") or config.value("pathPrefix")
    draft.base(prefix if not isinstance(prefix, Unreadable) else None, "pathPrefix", "remove it")
