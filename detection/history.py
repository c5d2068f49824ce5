"""Whether a build needs the repository itself: of one commit's files some builds fail, and some lack half of a site.

codebuild/source.sh warns of the same while it builds. Here it is known before, so that the first build is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from detection.answer import Reason
from detection.files import Files
from detection.tool import scripts

# Docusaurus, Hugo, VitePress and Starlight, MkDocs, Sphinx, Jekyll; a test holds it to codebuild/source.sh
HISTORY = "showLastUpdate[A-Z][a-z]*|enableGitInfo|lastUpdated|git-revision-date|updated_by_git|last-modified-at"
_SAYS_NO = re.compile(r"false|:\s*(//|#)|^\s*(//|#)")
_CONFIGURATIONS = (
    *(*scripts("docusaurus.config", "astro.config"), "hugo.*", "config/_default/hugo.*", "config/_default/config.*"),
    *("config.toml", "config.yaml", "config.yml", "_config.yml", "_config.yaml", "mkdocs.yml"),
    *("conf.py", "source/conf.py", ".vitepress/config.*", "*/.vitepress/config.*"),
)


def full_clone(own: Files, top: Files) -> Reason | None:
    """Why the parameter FullClone must be true; None where one commit's files are enough.

    own: the app's folder
    top: the folder of the whole project
    """
    why = next(_whys(own, top), "")
    return Reason("FullClone", "true", why) if why else None


def _whys(own: Files, top: Files) -> Iterator[str]:
    if top.has(".gitmodules"):
        yield ".gitmodules names submodules"
    if "filter=lfs" in top.text(".gitattributes"):
        yield ".gitattributes names files of Git LFS"
    for pattern in _CONFIGURATIONS:
        for name in own.all(pattern):
            if found := _wished(own.text(name)):
                yield f"{name} wants the history ({found})"


def _wished(text: str) -> str:
    """The setting that asks for the history."""
    lines = (line for line in text.splitlines() if not _SAYS_NO.search(line))
    return next((found[0] for line in lines if (found := re.search(HISTORY, line))), "")
