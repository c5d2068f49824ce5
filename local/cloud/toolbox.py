"""Where a build installs its tools: CodeBuild throws its machine away, and this one must be left as it was.

Its HOME is a new folder, as there. Only what package managers keep of downloads stays in its usual place, as after any
`npm ci`, and what the user has said about registries is read.
"""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import venv
from collections.abc import Mapping
from pathlib import Path

from instant_hosting import shipped

# What a build calls and this machine may lack: the file in stand_ins/, by the command's name
_STAND_INS = {"n": "n.sh", "pip": "pip.sh", "pip3": "pip.sh"}
# What would lead installers out of the folder again
_MISLEADING = (
    *("AWS_", "npm_", "NPM_CONFIG_", "PYTHON", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "VIRTUAL_ENV"),
    *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"),
)
_PNPM_STORE = "npm_config_store_dir"  # before pnpm 11; npm warns of it, as it has no such setting
# Where pnpm looks in its HOME for settings that are none of npm's: https://pnpm.io/10.x/cli/config
_PNPM_SETTINGS = ".config/pnpm/rc", "Library/Preferences/pnpm/rc"
# Downloads, checked by their digests, and the user's settings: the variable, and where it points if nobody has set it
DOWNLOADS = {
    "npm_config_cache": ".npm",
    _PNPM_STORE: ".local/share/pnpm/store",
    "YARN_GLOBAL_FOLDER": ".yarn/berry",
    "BUN_INSTALL_CACHE_DIR": ".bun/install/cache",
    "PIP_CACHE_DIR": ".cache/pip",
}
_SETTINGS = {
    "npm_config_userconfig": ".npmrc",
    "PIP_CONFIG_FILE": ".config/pip/pip.conf",
    "GIT_CONFIG_GLOBAL": ".gitconfig",
}
# A version manager's stand-in on the PATH looks below HOME: how to ask where the program is, and what lies beside it
_PROGRAMS = {
    ("node", "-p", "process.execPath"): ("node", "npm", "npx", "corepack"),
    ("ruby", "-e", "puts RbConfig.ruby"): ("ruby", "gem", "bundle", "bundler"),
}


def environment(folder: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """The variables of a build that installs into `folder`, which is filled here and comes first in its PATH."""
    _fill(folder)
    homes = {name: folder / name for name in ("npm", "pnpm", "bun", "ruby")}
    path = [folder, *(homes[name] / "bin" for name in ("npm", "bun", "ruby")), homes["pnpm"], folder / "python" / "bin"]
    path.append(folder / "programs")
    kept = {name: text for name, text in inherited.items() if not name.startswith(_MISLEADING)}
    kept = _of_the_user(inherited) | kept
    store = kept.pop(_PNPM_STORE)
    _tell_pnpm(folder / "home", store)
    kept.setdefault("pnpm_config_store_dir", store)  # since pnpm 11: https://pnpm.io/configuring
    return kept | {
        "HOME": str(folder / "home"),
        "npm_config_prefix": str(homes["npm"]),
        "COREPACK_HOME": str(folder / "corepack"),  # of a build's own commands
        "PNPM_HOME": str(homes["pnpm"]),
        "BUN_INSTALL": str(homes["bun"]),
        "GEM_HOME": str(homes["ruby"]),
        "BUNDLE_PATH": str(homes["ruby"]),
        "TMPDIR": str(folder / "tmp"),
        "PATH": os.pathsep.join([*map(str, path), inherited["PATH"]]),
    }


def _fill(folder: Path) -> None:
    """Put there what a build finds on CodeBuild's machine, and the empty folders that it writes to."""
    for name, file in _STAND_INS.items():
        _put(folder / name, Path(__file__).with_name("stand_ins").joinpath(file).read_text())
    _make_python(folder / "python")
    for name in ("tmp", "home", "programs"):
        (folder / name).mkdir(exist_ok=True)
    for where, names in _PROGRAMS.items():
        _link(folder / "programs", where, names)


def _put(command: Path, text: str) -> None:
    command.write_text(text)
    command.chmod(0o755)


def _of_the_user(inherited: Mapping[str, str]) -> dict[str, str]:
    """Where his downloads lie, and his settings as far as there are any."""
    home = Path.home()
    settings = {name: place for name, place in _SETTINGS.items() if (home / place).is_file()}
    usual = {name: str(home / place) for name, place in (DOWNLOADS | settings).items()}
    return usual | {name: text for name, text in inherited.items() if name in DOWNLOADS or name in _SETTINGS}


def _tell_pnpm(home: Path, store: str) -> None:
    """Let pnpm keep its downloads in `store`, by a file that npm does not read."""
    for place in _PNPM_SETTINGS:
        (home / place).parent.mkdir(parents=True, exist_ok=True)
        (home / place).write_text(f"store-dir={store}\n", encoding="utf-8")


def _link(folder: Path, where: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Link the programs themselves where the PATH has a stand-in for them; the command `where` prints their place."""
    program = shutil.which(where[0])
    if not program:
        return
    done = subprocess.run(where, capture_output=True, text=True, check=False)
    place = Path(done.stdout.strip() or program)
    if done.returncode == 0 and place.resolve() != Path(program).resolve():
        for name in names:
            if (place.parent / name).exists() and not (folder / name).exists():
                (folder / name).symlink_to(place.parent / name)


def auto(folder: Path, project: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """The variables of a build that finds in `folder` the shipped `auto`, which the frameworks' commands call.

    It looks for lock files from the project up to its repository, as on AWS up to the source.
    """
    _put(folder / "auto", f"#!/bin/sh\nexec node '{shipped.path('codebuild/auto.js')}' \"$@\"\n")
    around = [project.resolve(), *project.resolve().parents]
    top = next((place for place in around if (place / ".git").exists()), around[0])
    return {
        **inherited,
        "CODEBUILD_SRC_DIR": str(top),
        "PATH": os.pathsep.join([str(folder), inherited["PATH"]]),
    }


def _make_python(folder: Path) -> None:
    """A Python of its own, which finds the packages that this one has: the uploader's boto3."""
    venv.create(folder, symlinks=True)
    packages = [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]
    (own,) = folder.glob("lib/python*/site-packages")
    (own / "machine.pth").write_text("".join(f"{place}\n" for place in packages if Path(place).is_dir()))
