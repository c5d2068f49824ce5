"""Writes the two buildspecs that the template carries: one builds and packs, the other one uploads.

Nothing of the user's is pasted into them: commands, folders and names arrive as environment variables, so the texts
are the same for everybody.
"""

from __future__ import annotations

from generator import embed, javascript, sources
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
# What each program is made of, as its files import each other
PACK = ("site_files", "media_types", "site_plan", "site_folder", "site_checks", "pack")
UPLOADER = ("site_files", "media_types", "site_plan", "site_archive", "site_upload", "uploader")
DIGEST = "ARCHIVE_SHA256"  # exported by the build, so that CodePipeline keeps it


def build_buildspec(*, unpack_zip: bool) -> str:
    """Install, build, pack: YAML of at most `LIMIT` characters."""
    install = ["unpack" if unpack_zip else "source", "prepare", "install"]
    return block_text(
        {
            "version": 0.2,
            "env": {
                "shell": "bash",
                "exported-variables": [DIGEST],
                **({} if unpack_zip else {"git-credential-helper": "yes"}),  # a clone's, for what git fetches later
            },
            "phases": {
                "install": {"commands": [auto_command(), *map(_shell, install)]},
                # CodeBuild runs post_build even after a failed build: packing ends the build phase instead.
                # https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details.html#view-build-details-phases
                "build": {"on-failure": "ABORT", "commands": [_shell("build"), *_ours(PACK, "pack")]},
            },
            "artifacts": {"files": ["built.txt"]},
            "cache": {"paths": list(_CACHED)},
        }
    )


def upload_buildspec() -> str:
    """Upload what was packed: YAML of at most `LIMIT` characters."""
    # `on-failure` is not supported on Lambda: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
    return block_text(
        {
            "version": 0.2,
            "env": {"shell": "bash"},
            "phases": {"build": {"commands": _ours(UPLOADER, "upload")}},
        }
    )


def _shell(name: str) -> str:
    return sources.shell(f"codebuild/{name}.sh")


def _ours(modules: tuple[str, ...], run: str) -> list[str]:
    return [_shell("apart"), _program(modules), _shell(run)]


def _program(modules: tuple[str, ...]) -> str:
    """The command that leaves a program in the folder where the next one finds it."""
    text = embed.tighten(sources.python(*(f"codebuild/{name}.py" for name in modules)), side_by_side=True)
    end = f"END_OF_{modules[-1].upper()}"
    return f"cat > {modules[-1]}.py <<'{end}'\n{text}{end}\n"


def auto_command() -> str:
    """The command that puts `auto` on the PATH."""
    text = javascript.strip(sources.text("codebuild/auto.js"))
    place, end = '"$TOOLS/auto"', "END_OF_AUTO"
    return (
        f"export TOOLS=$(mktemp -d) PATH\nPATH=$TOOLS:$PATH\ncat > {place} <<'{end}'\n{text}{end}\nchmod +x {place}\n"
    )
