"""Hosts static sites on AWS: one CloudFormation template, and the commands around it.

For other programs: `build_template(Settings())` gives a `troposphere.Template` that they can extend. The rest of this
package is what lies below generator, commands and local run: where the sources are, and how a command ends.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # and not typing's: `python -m` looks for modules in the user's folder first
if TYPE_CHECKING:
    from generator import Settings, SettingsError, __version__, build_template, load_settings

__all__ = ["Settings", "SettingsError", "__version__", "build_template", "load_settings"]


def __getattr__(name: str) -> object:
    """What is public, from the generator: it is loaded by whoever asks, and the caller's path stays as it is."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from instant_hosting.shipped import Missing, put_first

    before = sys.path[:]
    try:
        put_first()
        import generator
    except Missing as missing:
        raise ImportError(str(missing)) from None
    finally:
        sys.path[:] = before
    return getattr(generator, name)
