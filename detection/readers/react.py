"""The tools of React's sites: Next.js, Gatsby, Docusaurus, React Router, Create React App."""

from __future__ import annotations

from detection.draft import Draft, tidy
from detection.javascript import Unreadable
from detection.package import option

_ENDS = "{js,mjs,cjs,ts,mts,cts}"


def next_js(draft: Draft) -> None:
    """https://nextjs.org/docs/app/guides/static-exports"""
    name, config = draft.config("next.config.*")
    output = config.value("output")
    remedy = "set output: 'export' in next.config, or publish what does not need a server"
    if isinstance(output, Unreadable) and "export" in output.literals:
        draft.doubt(
            "output", "Does the build export the site, as with output: 'export'?", f"{name} has {output.text}", ("out",)
        )
    elif output != "export" and not draft.package.runs("build", "next export"):
        draft.server(remedy, f"{name or 'package.json'} has no output: 'export'" if name else "there is no next.config")
    draft.output(config.value("distDir"), f"distDir of {name}", "out") if config.value("distDir") != ".next" else None
    if config.value("trailingSlash") is True:
        draft.says("routing", "folders", f"{name} has trailingSlash: true")
    draft.base(config.value("basePath"), f"basePath of {name}", "remove basePath")


def gatsby(draft: Draft) -> None:
    """https://www.gatsbyjs.com/docs/reference/config-files/gatsby-config/"""
    name, config = draft.config("gatsby-config.*")
    if config.value("trailingSlash") == "never":
        draft.says("routing", "bare", f"{name} has trailingSlash: 'never'")
    if draft.package.runs("build", "gatsby build") and "--prefix-paths" in draft.package.runs("build", "gatsby build"):
        draft.base(config.value("pathPrefix"), f"pathPrefix of {name}", "build without --prefix-paths")


def docusaurus(draft: Draft) -> None:
    """https://docusaurus.io/docs/api/docusaurus-config"""
    name, config = draft.config("docusaurus.config.*")
    slash = config.value("trailingSlash")
    if isinstance(slash, bool):
        draft.says("routing", "folders" if slash else "files", f"{name} has trailingSlash: {str(slash).lower()}")
    if out := option(draft.package.runs("build", "docusaurus build"), "--out-dir"):
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
