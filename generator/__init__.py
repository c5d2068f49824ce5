"""Writes the CloudFormation template of Instant Hosting.

A program writes it, because each source and option has a template of its own, and all carry the same sources.
`build_template(Settings())` gives a `troposphere.Template` that another program can extend; `render.to_yaml` and
`render.to_json` give its text, and `python -m generator` does both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from instant_hosting.shipped import put_first

put_first()

from generator.settings import Settings, SettingsError
from generator.site_file import load_settings
from generator.version import __version__

if TYPE_CHECKING:
    from troposphere import Template

__all__ = ["Settings", "SettingsError", "__version__", "build_template", "load_settings"]


def build_template(settings: Settings | None = None) -> Template:
    """The template for `settings` (by default: a Git repository), ready to be rendered or extended."""
    # late: a command that only reads settings need not wait for troposphere
    from generator.template import build_template as build

    return build(settings)
