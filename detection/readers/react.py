"""The tools of React's sites: Next.js, Gatsby, Docusaurus, React Router, Create React App.

Some of them render on a server unless their configuration says otherwise, and then there is nothing to publish.
"""

from __future__ import annotations

from detection.draft import Draft, tidy
from detection.files import text_at
from detection.javascript import Unreadable
from detection.package import option


def next_js(draft: Draft) -> None:
    """https://nextjs.org/docs/app/guides/static-exports"""
    name, config = draft.config("next.config.*")
    output = config.value("output")
    remedy = "set output: 'export' in next.config, or publish what does not need a server"
    if isinstance(output, Unreadable) and "export" in output.literals:
        asks = "set output: 'export' without a condition, or a BuildCommand with what it asks for"
        draft.server(asks, f"output of {name} is {output.text}")
    elif output != "export" and not draft.package.words("next export"):
        draft.server(remedy, f"{name or 'package.json'} has no output: 'export'" if name else "there is no next.config")
    if config.value("distDir") != ".next":
        draft.output(config.value("distDir"), f"distDir of {name}", "out")
    if config.value("trailingSlash") is True:
        draft.says("routing", "folders", f"{name} has trailingSlash: true")
    draft.base(config.value("basePath"), f"basePath of {name}", "remove basePath")


def gatsby(draft: Draft) -> None:
    """https://www.gatsbyjs.com/docs/reference/config-files/gatsby-config/"""
    name, config = draft.config("gatsby-config.*")
    if config.value("trailingSlash") == "never":
        draft.says("routing", "bare", f"{name} has trailingSlash: 'never'")
    if "--prefix-paths" in draft.package.words("gatsby build"):
        draft.base(config.value("pathPrefix"), f"pathPrefix of {name}", "build without --prefix-paths")


def docusaurus(draft: Draft) -> None:
    """https://docusaurus.io/docs/api/docusaurus-config"""
    name, config = draft.config("docusaurus.config.*")
    slash = config.value("trailingSlash")
    if isinstance(slash, bool):
        draft.says("routing", "folders" if slash else "files", f"{name} has trailingSlash: {str(slash).lower()}")
    if out := option(draft.package.words("docusaurus build"), "--out-dir"):
        draft.says("output", tidy(out), "the script build has --out-dir")
    draft.base(config.value("baseUrl"), f"baseUrl of {name}", "set baseUrl to '/'")


def react_router(draft: Draft) -> None:
    """https://reactrouter.com/how-to/spa"""
    name, config = draft.config("react-router.config.*")
    if config.value("ssr") is not False:
        draft.server("set ssr: false in react-router.config", f"{name or 'react-router.config'} has no ssr: false")
    draft.output(config.value("buildDirectory"), f"buildDirectory of {name}", "build", "client")
    draft.base(config.value("basename"), f"basename of {name}", "remove basename")


def create_react_app(draft: Draft) -> None:
    """https://create-react-app.dev/docs/advanced-configuration/"""
    homepage = draft.package.about.get("homepage")
    if isinstance(homepage, str):
        path = "/" + homepage.split("://", 1)[-1].partition("/")[2] if "://" in homepage else homepage
        draft.base(path, "homepage of package.json", "remove homepage")
    for line in draft.files.text(".env").splitlines():
        if line.startswith("BUILD_PATH="):
            draft.says("output", tidy(line.partition("=")[2].strip("'\" ")), ".env sets BUILD_PATH")


def remix(draft: Draft) -> None:
    """https://v2.remix.run/docs/guides/spa-mode/"""
    name, config = draft.config("vite.config.*")
    if config.value_given_to("remix", "ssr") is not False and config.value_given_to("vitePlugin", "ssr") is not False:
        draft.server("set ssr: false in remix() of vite.config", f"{name or 'vite.config'} has no ssr: false")


def expo(draft: Draft) -> None:
    """https://docs.expo.dev/router/reference/static-rendering/"""
    output = text_at(draft.files.json("app.json"), "expo", "web", "output")
    if output == "server":
        draft.server("set web.output to 'static' or 'single' in app.json", "app.json has web.output 'server'")
    elif output == "static":
        draft.says("routing", "mixed", "app.json has web.output 'static'")
    if not draft.package.words("expo export"):
        draft.says("build", "auto exec expo export -p web", "package.json has no script that exports it")


def umi(draft: Draft) -> None:
    """https://umijs.org/docs/api/config"""
    _umi(draft, "spa", ".umirc")


def dumi(draft: Draft) -> None:
    """Umi, which writes a page for each route unless it is told not to: https://d.umijs.org/config"""
    _umi(draft, "bare", ".dumirc", ".umirc")


def _umi(draft: Draft, usual: str, *names: str) -> None:
    """What both have in common; `usual` is the routing where nothing is said."""
    name, config = draft.config(*(f"{place}.{end}" for place in (*names, "config/config") for end in ("ts", "js")))
    pages = config.value("exportStatic")
    routing = usual if pages is None else "spa" if pages is False else "bare"
    if isinstance(pages, Unreadable) and not pages.text.startswith("{"):
        why = f"exportStatic of {name} is {pages.text}"
        draft.doubt("routing", "Does the build write a page for each route (bare)?", why, ("bare", "spa"))
    elif routing != usual:
        draft.says("routing", routing, f"exportStatic of {name}")
    draft.output(config.value("outputPath"), f"outputPath of {name}", "dist")
    draft.base(config.value("base"), f"base of {name}", "remove base")
