"""Writes the two buildspecs that the template carries: one builds and packs, the other one uploads.

Nothing of the user's is pasted into them: commands, folders and names arrive as environment variables, so the texts
are the same for everybody.
"""

from __future__ import annotations

from contract import ARCHIVE_DIGEST
from generator import javascript, sources
from generator.render import block_text
from instant_hosting import shipped

# CodeBuild refuses an inline buildspec over this length; not documented, seen as an error of CreateProject.
LIMIT = 25_600

# What a build keeps for later ones: docs/decisions/build-cache.md. HOME is /root on every managed image.
PACKAGES = (
    "/root/.npm/_cacache/**/*",
    "/root/.local/share/pnpm/store/**/*",
    "/root/.yarn/berry/cache/**/*",
    "/usr/local/share/.cache/yarn/**/*",  # of Yarn 1 as root
    "/root/.bun/install/cache/**/*",
    "/root/.cache/pip/**/*",
)
RESULTS = ("**/node_modules/.cache/**/*", "**/.next/cache/**/*")
LOCKS = ("**/*-lock.*", "**/*.lock", "**/*.lockb", "**/npm-shrinkwrap.json", "**/requirements*.txt")
# An object of a key is written once. What the hash of no file is, AWS does not say, nor if that is an error.
# https://docs.aws.amazon.com/codebuild/latest/userguide/caching-s3.html
_KEY = "packages-$(codebuild-hash-files {} || echo none)".format(" ".join(f"'{one}'" for one in LOCKS))
PACKER_ENTRY, UPLOADER_ENTRY = "packer.command", "uploader.action"


def build_buildspec(*, unpack_zip: bool) -> str:
    """Install, build, pack: YAML of at most `LIMIT` characters."""
    install = ["unpack" if unpack_zip else "source", "prepare", "install"]
    return block_text(
        {
            "version": 0.2,
            "env": {
                "shell": "bash",
                "exported-variables": [ARCHIVE_DIGEST],
                **({} if unpack_zip else {"git-credential-helper": "yes"}),  # a clone's, for what git fetches later
            },
            "phases": {
                "install": {"commands": [auto_command(), *map(_shell, install)]},
                # CodeBuild runs post_build even after a failed build: packing ends the build phase instead.
                # https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details.html#view-build-details-phases
                "build": {"on-failure": "ABORT", "commands": [_shell("build"), *_ours("pack", PACKER_ENTRY, "pack")]},
            },
            "artifacts": {"files": ["built.txt"]},
            "cache": {"key": _KEY, "paths": [*PACKAGES, *RESULTS]},
        }
    )


def upload_buildspec() -> str:
    """Upload what was packed: YAML of at most `LIMIT` characters."""
    # `on-failure` is not supported on Lambda: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
    return block_text(
        {
            "version": 0.2,
            "env": {"shell": "bash"},
            "phases": {"build": {"commands": _ours("uploader", UPLOADER_ENTRY, "upload")}},
        }
    )


def _shell(name: str) -> str:
    return sources.shell(f"codebuild/{name}.sh")


def _ours(name: str, entry: str, run: str) -> list[str]:
    return [_shell("apart"), _program(name, entry), _shell(run)]


def _program(name: str, entry: str) -> str:
    """The command that leaves a program, `name`.py, in the folder where the next one finds it."""
    end = f"END_OF_{name.upper()}"
    return f"cat > {name}.py <<'{end}'\n{sources.program(entry)}{end}\n"


def auto_command() -> str:
    """The command that puts `auto` on the PATH."""
    text = javascript.strip(shipped.text("codebuild/auto.js"))
    place, end = '"$TOOLS/auto"', "END_OF_AUTO"
    return (
        f"export TOOLS=$(mktemp -d) PATH\nPATH=$TOOLS:$PATH\ncat > {place} <<'{end}'\n{text}{end}\nchmod +x {place}\n"
    )
