"""The tools that run on Node. A row's place matters: where a folder shows several, the first is the site's own.

So who brings a bundler stands before it (Astro brings Vite), and who is often an extra stands last (Storybook).
What is not a row of FRAMEWORKS has its output and routing here; docs/frameworks.md says which were built.
"""

from __future__ import annotations

from collections.abc import Callable

from detection.draft import Draft
from detection.files import Files
from detection.readers import angular, bundlers, meta, react, servers, svelte, vue
from detection.tool import Tool, scripts

# name; its row, or else output and routing; packages; what builds it, the usual command first
_TABLE = (
    ("Docusaurus", "docusaurus", "@docusaurus/core", "docusaurus build"),
    ("Blitz", "out,files", "blitz", "blitz build"),
    ("Hydrogen", "dist,spa", "@shopify/hydrogen", "shopify hydrogen build|remix build"),
    ("RedwoodJS", "web/dist,spa", "@redwoodjs/core", "rw build"),
    ("Next.js", "nextjs", "next", "next build"),
    ("Gatsby", "gatsby", "gatsby", "gatsby build"),
    ("React Router", "react-router", "@react-router/dev", "react-router build"),
    ("Remix", "build/client,spa", "@remix-run/dev", "remix vite:build|remix build|vite build"),
    ("TanStack Start", "dist/client,spa", "@tanstack/react-start|@tanstack/solid-start", "vite build|vinxi build"),
    ("Astro", "astro", "astro", "astro build"),
    ("SvelteKit", "sveltekit", "@sveltejs/kit", "vite build|svelte-kit build"),
    ("Nuxt", "nuxt", "nuxt|nuxt3|nuxt-nightly", "nuxt generate|nuxi generate|nuxt build|nuxi build"),
    ("SolidStart", "solidstart", "@solidjs/start", "vinxi build|vite build"),
    ("Qwik", "dist,folders", "@builder.io/qwik-city|@qwik.dev/router", "qwik build"),
    ("Analog", "dist/analog/public,bare", "@analogjs/platform", "vite build|ng build|nx build"),
    ("Vike", "dist/client,bare", "vike|vite-plugin-ssr", "vike build|vite build"),
    ("Waku", "dist/public,bare", "waku", "waku build"),
    ("Expo", "dist,spa", "expo", "expo export"),
    ("VuePress", "docs/.vuepress/dist,mixed", "vuepress|vuepress-vite", "vuepress build|vuepress-vite build"),
    ("VitePress", "vitepress", "vitepress", "vitepress build"),
    ("Rspress", "doc_build,mixed", "@rspress/core|rspress", "rspress build"),
    ("Eleventy", "eleventy", "@11ty/eleventy", "eleventy|@11ty/eleventy"),
    ("Hexo", "public,folders", "hexo", "hexo generate|hexo g"),
    ("Slidev", "dist,spa", "@slidev/cli", "slidev build"),
    ("Observable Framework", "dist,mixed", "@observablehq/framework", "observable build"),
    ("Gridsome", "dist,folders", "gridsome", "gridsome build"),
    ("Antora", "build/site,mixed", "antora|@antora/cli", "antora antora-playbook.yml|antora"),
    ("HonKit", "_book,mixed", "honkit", "honkit build"),
    ("Metalsmith", "build,mixed", "metalsmith", "metalsmith"),
    ("Angular", "angular", "@angular/cli", "ng build"),
    (
        "Create React App",
        "create-react-app",
        "react-scripts|@craco/craco",
        "react-scripts build|craco build|react-app-rewired build",
    ),
    ("Vue CLI", "dist,spa", "@vue/cli-service", "vue-cli-service build"),
    ("Quasar", "dist/spa,spa", "@quasar/app-vite|@quasar/app-webpack|@quasar/app", "quasar build"),
    ("Ember", "dist,spa", "ember-cli|@embroider/vite", "ember build|vite build"),
    ("Preact CLI", "build,spa", "preact-cli", "preact build"),
    ("dumi", "dist,bare", "dumi", "dumi build"),
    ("Umi", "dist,spa", "umi|@umijs/max", "umi build|max build"),
    ("Stencil", "www,spa", "@stencil/core", "stencil build"),
    ("Sanity Studio", "dist,spa", "sanity", "sanity build"),
    ("React Static", "dist,folders", "react-static", "react-static build"),
    ("WMR", "dist,folders", "wmr", "wmr build"),
    ("Vite SSG", "dist,files", "vite-ssg", "vite-ssg build"),
    ("Vite", "vite", "vite|rolldown-vite|vite-plus", "vite build|vp build"),
    ("Rsbuild", "dist,spa", "@rsbuild/core", "rsbuild build"),
    ("Parcel", "dist,spa", "parcel|parcel-bundler", "parcel build"),
    ("webpack", "dist,spa", "webpack", "webpack"),
    ("Rollup", "public,spa", "rollup", "rollup"),
    ("Histoire", ".histoire/dist,spa", "histoire", "histoire build"),
    ("Ladle", "build,spa", "@ladle/react", "ladle build"),
    ("Storybook", "storybook-static,mixed", "storybook|@storybook/react", "storybook build|build-storybook"),
    ("TypeDoc", "docs,mixed", "typedoc", "typedoc"),
)
EXTRAS = ("Histoire", "Ladle", "Storybook", "TypeDoc")

# Configurations that show that a folder uses the tool, where its package is named only at the top of a workspace
_FILES = {
    "Docusaurus": scripts("docusaurus.config"),
    "Next.js": scripts("next.config"),
    "Gatsby": scripts("gatsby-config"),
    "React Router": scripts("react-router.config"),
    "Astro": scripts("astro.config"),
    "Nuxt": scripts("nuxt.config"),
    "Rspress": scripts("rspress.config"),
    "Eleventy": scripts("eleventy.config", ".eleventy"),
    "Angular": ("angular.json",),
    "Sanity Studio": scripts("sanity.config"),
    "Vite": scripts("vite.config"),
    "Rsbuild": scripts("rsbuild.config"),
    "webpack": scripts("webpack.config"),
}
_READERS: dict[str, Callable[[Draft], None]] = {
    "Docusaurus": react.docusaurus,
    **dict.fromkeys(("Blitz", "Hydrogen", "RedwoodJS"), servers.always),
    "Next.js": react.next_js,
    "Gatsby": react.gatsby,
    "React Router": react.react_router,
    "Remix": react.remix,
    "TanStack Start": meta.tanstack_start,
    "Astro": meta.astro,
    "SvelteKit": svelte.sveltekit,
    "Nuxt": vue.nuxt,
    "SolidStart": meta.solidstart,
    "Qwik": meta.qwik,
    "Analog": meta.analog,
    "Vike": meta.vike,
    "Waku": meta.waku,
    "Expo": react.expo,
    "dumi": react.dumi,
    "Umi": react.umi,
    "VuePress": vue.vuepress,
    "VitePress": vue.vitepress,
    "Rspress": bundlers.rspress,
    "Eleventy": meta.eleventy,
    "Hexo": meta.hexo,
    "Slidev": vue.slidev,
    "Observable Framework": meta.observable,
    "Angular": angular.angular,
    "Create React App": react.create_react_app,
    "Vue CLI": vue.vue_cli,
    "Quasar": vue.quasar,
    "Ember": bundlers.ember,
    "Vite SSG": bundlers.vite_ssg,
    "Vite": bundlers.vite,
    "Rsbuild": bundlers.rsbuild,
    "Parcel": bundlers.parcel,
    "webpack": bundlers.webpack,
    "Storybook": bundlers.storybook,
    "TypeDoc": meta.typedoc,
}
_SITES: dict[str, Callable[[Files], bool]] = {
    "Angular": angular.is_site,
    "Vite": bundlers.vite_makes_a_site,
    "webpack": bundlers.webpack_makes_a_site,
    "Rollup": bundlers.rollup_makes_a_site,
}


def _tool(name: str, said: str, packages: str, commands: str) -> Tool:
    output, _, routing = said.partition(",")
    tool = Tool(name, "custom", output=output, routing=routing) if routing else Tool(name, said)
    return tool._replace(
        packages=tuple(packages.split("|")),
        commands=tuple(commands.split("|")),
        files=_FILES.get(name, ()),
        read=_READERS.get(name, tool.read),
        is_site=_SITES.get(name, tool.is_site),
    )


NODE_TOOLS = tuple(_tool(*row) for row in _TABLE)
