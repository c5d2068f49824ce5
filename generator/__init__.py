"""Writes the CloudFormation template of Instant Hosting.

`build_template(Settings())` gives a `troposphere.Template` that another program can extend; `render.to_yaml` and
`render.to_json` give its text, and `python -m generator` does both.
"""

from instant_hosting.shipped import put_first

put_first()

from generator.settings import Settings, SettingsError
from generator.site_file import load_settings
from generator.template import build_template
from generator.version import __version__

__all__ = ["Settings", "SettingsError", "__version__", "build_template", "load_settings"]
