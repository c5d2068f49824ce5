"""The files of a project: what a stack is made of, where the ecosystem looks for it, so that no command asks twice.

`samconfig.toml` says stack, Region and parameters, and `sam deploy` reads it too. `site.toml` has the settings, which
`python -m generator --config` follows. `template.yaml` is what the two make. All is kept that others wrote there.
"""

from deployments.project.place import place_of as place_of
from deployments.project.project import Project as Project
from deployments.project.project import read_project as read_project
from deployments.project.project import template_text as template_text
from deployments.project.project import write_project as write_project
from deployments.project.project import write_template as write_template
