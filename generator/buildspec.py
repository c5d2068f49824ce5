"""Writes the buildspec that the build project carries: install, build, upload, in shell fragments of `codebuild/`.

Nothing of the user's is pasted into it: commands, folders and names arrive as environment variables, so the text is
the same for everybody.
"""

from __future__ import annotations

from generator import embed, sources
from generator.render import block_text

# CodeBuild refuses an inline buildspec over this length; not documented, seen as an error of CreateProject.
LIMIT = 25_600

# Below HOME, which is /root on every managed image, and below the app: what package managers and bundlers keep.
_CACHED = (
    "/root/.npm/**/*",
    "/root/.cache/**/*",
    "/root/.yarn/berry/cache/**/*",
    "/root/.local/share/pnpm/store/**/*",
    "/root/.bun/install/cache/**/*",
    "**/node_modules/.cache/**/*",
    "**/.next/cache/**/*",
)
_END = "END_OF_UPLOADER"
UPLOADER = (
    "codebuild/media_types.py",
    "codebuild/site_checks.py",
    "codebuild/uploader.py",
)  # as they import each other


def buildspec(*, unpack_zip: bool) -> str:
    """The buildspec as YAML, at most `LIMIT` characters."""
    text = embed.tighten(sources.python(*UPLOADER), side_by_side=True)
    uploader = f"cat > uploader.py <<'{_END}'\n{text}{_END}\n"
    install = [*(["codebuild/unpack.sh"] if unpack_zip else []), "codebuild/prepare.sh", "codebuild/install.sh"]
    return block_text(
        {
            "version": 0.2,
            "env": {"shell": "bash"},
            "phases": {
                "install": {"commands": [sources.shell(path) for path in install]},
                # CodeBuild runs post_build even after a failed build: the upload ends the build phase instead.
                # https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details.html#view-build-details-phases
                "build": {
                    "on-failure": "ABORT",
                    "commands": [sources.shell("codebuild/build.sh"), uploader, sources.shell("codebuild/upload.sh")],
                },
            },
            "cache": {"paths": list(_CACHED)},
        }
    )
