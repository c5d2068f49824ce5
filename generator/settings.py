"""What is decided when the template is generated.

What is decided when it is deployed stands in `parameters/`. Settings are frozen and handed on as arguments, so that one
process can write several templates, each by its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from contract import ARCHIVE_DIGEST

Source = Literal["git", "zip", "direct"]
SOURCES: tuple[Source, ...] = get_args(Source)

Option = Literal["operations"]
OPTIONS: tuple[Option, ...] = get_args(Option)

Packaging = Literal["inline", "sam"]
PACKAGINGS: tuple[Packaging, ...] = get_args(Packaging)

VariableType = Literal["PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"]

# A variable of the user's by one of these names breaks the build, or is overwritten before anything reads it. What
# begins with CODEBUILD_ is refused too; PYTHON... is not, as our Python heeds none (codebuild/pack.sh).
RESERVED_VARIABLES = frozenset(
    [
        # set by the build project
        *("APP_ROOT", "ARTIFACT_BUCKET", "BUILD_COMMAND", "INSTALL_COMMAND", "NODE_VERSION"),
        *("OUTPUT_FOLDER", "ROUTING"),
        # set by codebuild/*.sh before the user's commands run
        *("GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0", "GIT_TERMINAL_PROMPT", "SITE_ROOT", "TOOLS"),
        # set after them
        *(ARCHIVE_DIGEST, "OUTPUT"),
        # Where commands and the cache are found. CodeBuild takes a value as it is, a `$PATH` in it stays one:
        # https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
        *("HOME", "PATH"),
        # Where the archive is put, and by whom: CodeBuild gives it the Region and the build's role in the same way.
        # https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
        *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"),
        *("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"),
        *("AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION"),
        *("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE"),
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


class RoleSettings(NamedTuple):
    """What an account demands of every role.

    permissions_boundary: a policy's ARN, or its path and name in the account in which the stack is
    path: an IAM path such as `/hosting/`
    """

    permissions_boundary: str = ""
    path: str = ""


class DistributionSettings(NamedTuple):
    """What a team demands of the distribution.

    web_acl: the ARN of a WAFv2 web ACL of scope CLOUDFRONT
    response_headers_policy: the ID of a policy for every behavior, instead of AWS's SecurityHeadersPolicy
    price_class: `PriceClass_100`, `PriceClass_200` or `PriceClass_All`
    log_bucket: the name of the bucket for access logs
    log_prefix: how the logs' names begin there
    """

    web_acl: str = ""
    response_headers_policy: str = ""
    price_class: str = ""
    log_bucket: str = ""
    log_prefix: str = ""


class HeaderSettings(NamedTuple):
    """What answers say besides what AWS's policy lets them say.

    assets: the finisher runs for stylesheets, images and scripts too, so that the site's rules hold for them
    cors: other sites' scripts may read this site
    """

    assets: bool = False
    cors: bool = False


@dataclass(frozen=True)
class Settings:
    """Everything that shapes the template.

    source: where deployments come from: a Git repository, ZIP files in a bucket, or the user's own upload
    notification_email: the default of the parameter NotificationEmail
    tags: tags of every resource that can have them
    variables: environment variables of the build, in the order of the file
    options: what the template carries only if asked for; operations: pruner, messages, dashboard, automatic rollback
    packaging: where the functions' code is: in the template, or in a folder that `sam build` packages
    roles: what every role has
    distribution: what the distribution has
    shared: whether deployments share files whose names carry a hash
    requests_by_event: whether the publisher takes requests that come as events too
    headers: what answers say
    lenient: whether wrong lines in `_redirects` and `_headers` are warnings
    """

    source: Source = "git"
    notification_email: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    variables: tuple[BuildVariable, ...] = ()
    options: frozenset[Option] = frozenset()
    packaging: Packaging = "inline"
    roles: RoleSettings = field(default_factory=RoleSettings)
    distribution: DistributionSettings = field(default_factory=DistributionSettings)
    shared: bool = True
    requests_by_event: bool = True
    headers: HeaderSettings = field(default_factory=HeaderSettings)
    lenient: bool = False

    @property
    def has_pipeline(self) -> bool:
        """Whether the stack builds: the user's own upload needs no pipeline."""
        return self.source != "direct"

    @property
    def has_operations(self) -> bool:
        return "operations" in self.options

    def __post_init__(self) -> None:
        for is_one, problem in self._problems():
            if is_one:
                raise SettingsError(problem)

    def _problems(self) -> tuple[tuple[bool, str], ...]:
        """What may be wrong, in the order in which it is looked for; only the first that is so is said."""
        unknown, is_direct = sorted(self.options - set(OPTIONS))[:1], self.source == "direct"
        return (
            (
                self.source not in SOURCES,
                f"source {self.source!r} is not one of {', '.join(SOURCES)}: give one of them",
            ),
            (
                bool(unknown),
                f"option {''.join(unknown)!r} is not one of {', '.join(OPTIONS)}: give one of them, or none",
            ),
            (
                self.packaging not in PACKAGINGS,
                f"packaging {self.packaging!r} is not one of {', '.join(PACKAGINGS)}: give one of them",
            ),
            (
                is_direct and bool(self.variables),
                "build variables need a build, and the source 'direct' has none: leave them out",
            ),
            (
                self.headers.cors and bool(self.distribution.response_headers_policy),
                "cors is AWS's policy in the place of response_headers_policy: put it into that one",
            ),
            (
                is_direct and self.lenient,
                "with the source 'direct' each upload decides: run `deployments publish --lenient`",
            ),
            (
                is_direct and not self.shared,
                "with the source 'direct' each upload decides what is shared: run `deployments publish --no-shared`",
            ),
        )
