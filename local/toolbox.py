"""Where a build installs its tools: CodeBuild throws its machine away, and this one must be left as it was.

What package managers keep of downloads (npm's cache, pip's) stays in its usual place, as after any `npm ci`.
"""

from __future__ import annotations

import os
import site
import venv
from collections.abc import Mapping
from pathlib import Path

_PIP = """#!/bin/sh
python3 -c 'import pip' 2>/dev/null || python3 -m ensurepip -q || exit 1
exec python3 -m pip "$@"
"""
_SCRIPTS = {
    "n": "#!/bin/sh\nexit 0\n",  # the machine's own Node stands for the image's
    "pip": _PIP,
    "pip3": _PIP,
}
# What would lead installers out of the folder again
_MISLEADING = ("AWS_", "npm_", "NPM_CONFIG_", "PYTHON", "PIP_TARGET", "PIP_PREFIX", "PIP_USER", "VIRTUAL_ENV")


def environment(folder: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """The variables of a build that installs into `folder`, which is filled here and comes first in its PATH."""
    for name, text in _SCRIPTS.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    _make_python(folder / "python")
    homes = {name: folder / name for name in ("npm", "pnpm", "bun", "ruby")}
    path = [folder, *(homes[name] / "bin" for name in ("npm", "bun", "ruby")), homes["pnpm"], folder / "python" / "bin"]
    (folder / "tmp").mkdir(exist_ok=True)
    kept = {name: text for name, text in inherited.items() if not name.startswith(_MISLEADING)}
    return kept | {
        "npm_config_prefix": str(homes["npm"]),
        "COREPACK_HOME": str(folder / "corepack"),
        "PNPM_HOME": str(homes["pnpm"]),
        "BUN_INSTALL": str(homes["bun"]),
        "GEM_HOME": str(homes["ruby"]),
        "BUNDLE_PATH": str(homes["ruby"]),
        "TMPDIR": str(folder / "tmp"),
        "PATH": os.pathsep.join([*map(str, path), inherited["PATH"]]),
    }


def _make_python(folder: Path) -> None:
    """A Python of its own, which finds the packages that this one has: the uploader's boto3."""
    venv.create(folder, symlinks=True)
    packages = [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]
    (own,) = folder.glob("lib/python*/site-packages")
    (own / "machine.pth").write_text("".join(f"{place}\n" for place in packages if Path(place).is_dir()))
