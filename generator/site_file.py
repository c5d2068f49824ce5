"""Reads `site.toml`, for settings that are rarely changed, and says exactly what is wrong with it, and where.

They are no parameters, because they change which resources the template has and what it says of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from generator.settings import (
    RESERVED_VARIABLES,
    BuildVariable,
    DistributionSettings,
    HeaderSettings,
    Settings,
    VariableType,
)
from generator.site_template import Wanted, wanted_template
from generator.toml_file import Text, TomlFile, kind, read_toml, shown

TABLES = (
    *("build", "distribution", "files", "headers", "notification", "publisher", "roles", "rules", "tags"),
    "template",
)

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
_IAM_NAME = r"[A-Za-z0-9+=,.@_-]"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; an address would pass for a name
_BUCKET_NAME = r"(?!.*\.amazonaws\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"

# the longest address that mail can go to; https://www.rfc-editor.org/errata/eid1690
_NOTIFICATION = {"email": Text(r"([^@\s]+@[^@\s]+\.[^@\s]+)?", "an address such as team@example.com", 254)}
_ROLES = {
    "permissions_boundary": Text(
        rf"(arn:aws[a-z-]*:iam::([0-9]{{12}}|aws):policy/|/|(?!policy/))"
        rf"(?=(.{{0,510}}/)?[^/]+\Z)({_IAM_NAME}+/)*{_IAM_NAME}{{1,128}}",
        "a policy's ARN, or its path and name (at most 512 and 128 characters) in the account of the stack, such as "
        "boundaries/hosting",
    ),
    "path": Text(
        rf"/({_IAM_NAME}+/)*", "an IAM path that begins and ends with /, such as /hosting/, of at most 512", 512
    ),
}
_DISTRIBUTION = {
    "web_acl": Text(
        # https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
        rf"arn:aws[a-z-]*:wafv2:us-east-1:[0-9]{{12}}:global/webacl/[A-Za-z0-9_-]{{1,128}}/{_UUID}",
        "the ARN of a WAFv2 web ACL of scope CLOUDFRONT, which is in us-east-1 wherever the stack is: "
        "arn:aws:wafv2:us-east-1:ACCOUNT:global/webacl/NAME/ID",
    ),
    "response_headers_policy": Text(
        _UUID, "the ID of a response headers policy, such as 67f7725c-6f97-4210-82d7-5512b31e9d03"
    ),
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html
    "price_class": Text("PriceClass_(100|200|All)", "PriceClass_100, PriceClass_200 or PriceClass_All"),
    "log_bucket": Text(_BUCKET_NAME, "the name of an S3 bucket, not its address or ARN, such as example-access-logs"),
    "log_prefix": Text(
        r"(?!/)[A-Za-z0-9!_.*'()/=-]{1,256}",
        "at most 256 letters, digits and !_.*'()/=- that do not begin with /, such as website/",
    ),
}

_VARIABLE_FORMS: dict[str, VariableType] = {"parameter": "PARAMETER_STORE", "secret": "SECRETS_MANAGER"}
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REFERENCES = {
    # https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
    "parameter": Text(r"/?[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){0,14}", 'a parameter\'s name such as "/site/key"', 1011),
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
    # with CodeBuild's `:json-key:stage:version`
    "secret": Text(
        r"(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:|(?!arn:))[A-Za-z0-9/_+=.@-]{1,512}(:[^:]*){0,3}",
        'a secret\'s name or ARN such as "site/key", perhaps with ":json-key"',
    ),
}
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
_TAG_NAME_LIMIT, _TAG_VALUE_LIMIT = 128, 256  # characters
_TAG_SIGNS = "_.:/=+-@"  # besides Unicode's letters, numbers and separators
_TAG_LIMIT = (
    50  # tags a resource; https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
)


def load_settings(
    path: Path, base: Settings | None = None, usable: Collection[str] = TABLES, wanted: Wanted | None = None
) -> Settings:
    """Give `base` (or the default settings) with what the TOML file at `path` says in its `usable` tables.

    `wanted` wins over the file. `SettingsError` names the file, the line, what was given and what is allowed.
    """
    file = read_toml(path)
    base = base or Settings()
    file.refuse(_unfaithful)
    file.only(file.content, TABLES, "")
    for table in file.content:
        if table not in usable:
            raise file.error(
                table, "", f"[{table}] is for a site. This template takes {', '.join(usable)}: leave it out"
            )
    base = wanted_template(file, base, wanted or Wanted())
    distribution = base.distribution._replace(**file.texts("distribution", _DISTRIBUTION))
    if distribution.log_prefix and not distribution.log_bucket:
        raise file.error("log_prefix", "distribution", "log_prefix is given without log_bucket: give the bucket too")
    return replace(
        base,
        notification_email=file.texts("notification", _NOTIFICATION).get("email") or base.notification_email,
        tags={**base.tags, **_tags(file)},
        variables=base.variables + _variables(file, base),
        roles=base.roles._replace(**file.texts("roles", _ROLES)),
        distribution=distribution,
        shared=_shared(file, base),
        requests_by_event=_switches(file, "publisher", {"requests_by_event": base.requests_by_event})[0],
        headers=_headers(file, base, distribution),
        lenient=_lenient(file, base),
    )


def _switches(file: TomlFile, table: str, defaults: Mapping[str, bool]) -> list[bool]:
    """What the keys of a table say, each of which is on or off."""
    found = file.table(table)
    file.only(found, tuple(defaults), table)
    for key, value in found.items():
        if not isinstance(value, bool):
            raise file.error(key, table, f"{key} is {kind(value)}; it must be true or false")
    return [bool(found.get(key, default)) for key, default in defaults.items()]


def _headers(file: TomlFile, base: Settings, distribution: DistributionSettings) -> HeaderSettings:
    headers = HeaderSettings(*_switches(file, "headers", base.headers._asdict()))
    if headers.cors and distribution.response_headers_policy:
        problem = (
            "cors takes AWS's policy CORS-and-SecurityHeadersPolicy, and [distribution] response_headers_policy names "
            "another one: leave cors out, and let that policy say what other sites may read"
        )
        raise file.error("cors", "headers", problem)
    return headers


def _lenient(file: TomlFile, base: Settings) -> bool:
    (lenient,) = _switches(file, "rules", {"lenient": base.lenient})
    if base.source == "direct" and lenient:
        problem = "[rules] is for builds, and the source 'direct' has none: run `deployments publish --lenient` instead"
        raise file.error("lenient", "rules", problem)
    return lenient


def _shared(file: TomlFile, base: Settings) -> bool:
    (shared,) = _switches(file, "files", {"shared": base.shared})
    if base.source == "direct" and not shared:
        problem = (
            "[files] is for builds, and the source 'direct' has none: run `deployments publish --no-shared` instead"
        )
        raise file.error("shared", "files", problem)
    return shared


def _unfaithful(text: str) -> str:
    """What keeps `text` from reaching AWS as it is, if anything does."""
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
    if "{{resolve:" in text:
        remedy = "name a parameter or a secret instead: docs/settings.md"
        return f"has {{{{resolve:, which CloudFormation would replace; {remedy}"
    for character in text:
        if unicodedata.category(character) == "Cc" and character not in "\t\n\r":
            return f"has the control character {character!r}: remove it (only tabs and line breaks are allowed)"
    return ""


def _tags(file: TomlFile) -> dict[str, str]:
    tags = {key: _checked_tag(file, key, value) for key, value in file.table("tags").items()}
    if len(tags) > _TAG_LIMIT:
        raise file.error(
            list(tags)[_TAG_LIMIT], "tags", f"{len(tags)} tags are too many; a resource can have {_TAG_LIMIT}"
        )
    return tags


def _checked_tag(file: TomlFile, key: str, value: object) -> str:
    if not isinstance(value, str):
        raise file.error(key, "tags", f"the tag {shown(key)} is {kind(value)}; it must be a string")
    if not 0 < len(key) <= _TAG_NAME_LIMIT or len(value) > _TAG_VALUE_LIMIT or key.lower().startswith("aws:"):
        problem = (
            f"the tag {shown(key)} is not allowed: a name is not empty and has at most "
            f"{_TAG_NAME_LIMIT} characters, none begins with aws:, a value has at most {_TAG_VALUE_LIMIT}"
        )
        raise file.error(key, "tags", problem)
    for refused in filter(_no_tag_character, key + value):
        problem = f"the tag {shown(key)} has {refused!r}; allowed: letters, digits, spaces and {_TAG_SIGNS}"
        raise file.error(key, "tags", problem)
    return value


def _no_tag_character(character: str) -> bool:
    return unicodedata.category(character)[0] not in "LNZ" and character not in _TAG_SIGNS


def _variables(file: TomlFile, base: Settings) -> tuple[BuildVariable, ...]:
    build = file.table("build")
    file.only(build, ("variables",), "build")
    variables = file.table("variables", build, "build")
    if variables and base.source == "direct":
        raise file.error(
            "variables", "build", "build variables need a build, and the source 'direct' has none: leave them out"
        )
    return tuple(_variable(file, name, value) for name, value in variables.items())


def _variable(file: TomlFile, name: str, given: object) -> BuildVariable:
    table = "build.variables"
    if not _VARIABLE_NAME.fullmatch(name) or name.startswith("CODEBUILD_"):
        allowed = "letters, digits and _, not beginning with a digit or with CODEBUILD_"
        raise file.error(name, table, f"{shown(name)} cannot name a build variable; allowed: {allowed}")
    if name in RESERVED_VARIABLES:
        raise file.error(name, table, f"{name} is set or needed by the build itself; choose another name")
    if isinstance(given, str):
        return BuildVariable(name, "PLAINTEXT", given)
    form, value = _reference(given)
    if form not in _VARIABLE_FORMS:
        allowed = 'a string, { parameter = "name" } or { secret = "name" }'
        raise file.error(name, table, f"the variable {name} is {form}; allowed: {allowed}")
    wanted = _REFERENCES[form]
    if not isinstance(value, str) or not wanted.fits(value):
        text = shown(value) if isinstance(value, str) else kind(value)
        raise file.error(name, table, f"the {form} of {name} is {text}; it must be {wanted.allowed}")
    return BuildVariable(name, _VARIABLE_FORMS[form], value)


def _reference(given: object) -> tuple[str, object]:
    """The one key of a table and its value; of anything else what it is, in words."""
    if not isinstance(given, Mapping):
        return kind(given), None
    if len(given) != 1 or next(iter(given)) not in _VARIABLE_FORMS:
        return shown("{" + ", ".join(given) + "}"), None
    form, value = next(iter(given.items()))
    return str(form), value
