"""Tools that bundle an app or a catalogue of components: Vite, Rsbuild, Parcel, webpack, Rollup, Ember, Storybook.

A bundler also builds libraries, and the scripts of a server's pages, so what it is used for is asked too.
"""

from __future__ import annotations

from detection.draft import Draft, tidy
from detection.files import Files
from detection.javascript import Configuration
from detection.package import Package, option


def vite(draft: Draft) -> None:
    """https://vite.dev/config/build-options.html"""
    name, config = draft.config("vite.config.*")
    words = draft.package.words("vite build")
    top = config.value("root")
    below = tidy(top) if isinstance(top, str) else next((word for word in words[2:3] if word[:1] not in "-"), "")
    said = option(words, "--outDir") or config.value("build", "outDir")
    if isinstance(said, str):
        draft.output(tidy(below, said), f"build.outDir of {name}", "dist")
    else:
        draft.output(said, f"build.outDir of {name}", "dist")
        if not said and below:
            draft.says("output", tidy(below, "dist"), f"its root is {below}")
    draft.base(option(words, "--base") or config.value("base"), f"base of {name}", "remove base")


def vite_ssg(draft: Draft) -> None:
    """https://github.com/antfu-collective/vite-ssg: `about.html`, or nested a folder for each page"""
    vite(draft)
    name, config = draft.config("vite.config.*")
    if config.value("ssgOptions", "dirStyle") == "nested":
        draft.says("routing", "bare", f"{name} has dirStyle: 'nested'")


def vite_makes_a_site(files: Files) -> bool:
    """Not a library, and not the scripts of a server's pages, which have no index.html."""
    config = Configuration(files.text(files.named("vite.config.*")))
    if config.value("build", "lib") is not None:
        return False
    where = [word for word in Package(files).words("vite build")[2:3] if not word.startswith("-")]
    root = config.value("root")
    place = tidy(root) if isinstance(root, str) else where[0] if where else "."
    return files.has(tidy(place, "index.html")) or (root is not None and not isinstance(root, str))


def rsbuild(draft: Draft) -> None:
    """https://rsbuild.rs/config/output/dist-path"""
    name, config = draft.config("rsbuild.config.*")
    said = config.value("output", "distPath")
    folder = said if isinstance(said, str) else config.value("output", "distPath", "root")
    draft.output(folder, f"output.distPath of {name}", "dist")
    draft.base(config.value("server", "base"), f"server.base of {name}", "remove it")


def rspress(draft: Draft) -> None:
    """https://rspress.rs/api/config/config-basic"""
    name, config = draft.config("rspress.config.*")
    draft.output(config.value("outDir"), f"outDir of {name}", "doc_build")
    draft.base(config.value("base"), f"base of {name}", "remove base")


def parcel(draft: Draft) -> None:
    """https://parceljs.org/features/targets/"""
    words = draft.package.words("parcel build")
    draft.output(option(words, "--dist-dir", "-d", "--out-dir") or None, "--dist-dir of the script", "dist")
    pages = [word for word in words if word.endswith(".html")]
    source = draft.package.about.get("source")
    pages += [one for one in (source if isinstance(source, list) else [source]) if isinstance(one, str)]
    if len(pages) > 1 or any("*" in page for page in pages):
        draft.says("routing", "mixed", "Parcel builds several pages")
    draft.base(option(words, "--public-url") or None, "--public-url of the script", "remove it")


def webpack(draft: Draft) -> None:
    """https://webpack.js.org/configuration/output/"""
    name, config = draft.config("webpack.config.*", "webpack.prod.*", "config/webpack.config.*")
    draft.output(config.value("output", "path"), f"output.path of {name}", "dist")
    draft.base(config.value("output", "publicPath"), f"output.publicPath of {name}", "remove it")


def webpack_makes_a_site(files: Files) -> bool:
    """It writes a page only with a plugin; without one it bundles for somebody else."""
    return any(name in Package(files).dependencies for name in ("html-webpack-plugin", "html-bundler-webpack-plugin"))


def rollup_makes_a_site(files: Files) -> bool:
    """Its bundle is a site where a page for it lies in `public`, as in Svelte's old template."""
    return files.has("public/index.html")


def ember(draft: Draft) -> None:
    """https://cli.emberjs.com/release/basic-use/cli-commands/"""
    out = option(draft.package.words("ember build"), "--output-path", "-o")
    draft.output(out or None, "--output-path of the script", "dist")


def storybook(draft: Draft) -> None:
    """https://storybook.js.org/docs/sharing/publish-storybook"""
    words = draft.package.words("storybook build", "build-storybook")
    draft.output(option(words, "-o", "--output-dir") or None, "--output-dir of the script", "storybook-static")
