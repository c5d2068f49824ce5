"""What is decided when the template is generated.

What is decided when it is deployed stands in `sections/parameters.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

Source = Literal["git", "zip", "direct"]
SOURCES: tuple[Source, ...] = get_args(Source)

Option = Literal["operations"]
OPTIONS: tuple[Option, ...] = get_args(Option)

Packaging = Literal["inline", "sam"]
PACKAGINGS: tuple[Packaging, ...] = get_args(Packaging)

VariableType = Literal["PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"]

# What the generated build project sets by itself; a variable of the user's by one of these names would break the build.
RESERVED_VARIABLES = frozenset(
    [
        "APP_ROOT",
        "BRANCH",
        "BUILD_COMMAND",
        "COMMIT",
        "EXECUTION",
        "INSTALL_COMMAND",
        "NODE_VERSION",
        "OUTPUT_FOLDER",
        "PIPELINE",
        "ROUTING",
        "SITE_BUCKET",
        "VERSION",
    ]
)


class SettingsError(ValueError):
    """An unusable setting; the text is one line that says what was given, what is allowed, and where."""


class BuildVariable(NamedTuple):
    """An environment variable of the build.

    `value` is the text itself (PLAINTEXT), the name of an SSM parameter (PARAMETER_STORE), or the name or ARN of a
    secret, perhaps with `:json-key` (SECRETS_MANAGER), as CodeBuild takes them:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codebuild-project-environmentvariable.html
    """

    name: str
    type: VariableType
    value: str


@dataclass(frozen=True)
class Settings:
    """Everything that shapes the template.

    source: where deployments come from: a Git repository, ZIP files in a bucket, or the user's own upload
    notification_email: the default of the parameter NotificationEmail
    tags: tags of every resource that can have them
    variables: environment variables of the build, in the order of the file
    options: what the template carries only if asked for; operations: pruner, messages, dashboard, automatic rollback
    packaging: where the functions' code is: in the template, or in a folder that `sam build` packages
    """

    source: Source = "git"
    notification_email: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    variables: tuple[BuildVariable, ...] = ()
    options: frozenset[Option] = frozenset()
    packaging: Packaging = "inline"

    def __post_init__(self) -> None:
        if self.source not in SOURCES:
            raise SettingsError(f"source {self.source!r} is not one of {', '.join(SOURCES)}")
        for option in sorted(self.options - set(OPTIONS)):
            raise SettingsError(f"option {option!r} is not one of {', '.join(OPTIONS)}")
        if self.packaging not in PACKAGINGS:
            raise SettingsError(f"packaging {self.packaging!r} is not one of {', '.join(PACKAGINGS)}")
        if self.source == "direct" and self.variables:
            raise SettingsError("build variables need a build; the source 'direct' has none: leave them out")
