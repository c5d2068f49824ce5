"""`site.toml`: what it can say, and how exactly it is told what is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator import Settings, SettingsError, load_settings
from generator.buildspec import auto_command
from generator.settings import BuildVariable, DistributionSettings, RoleSettings
from workbench import ROOT


def load(tmp_path: Path, text: str, base: Settings | None = None) -> Settings:
    path = tmp_path / "site.toml"
    path.write_bytes(text.encode())
    return load_settings(path, base)


def test_tags_variables_and_the_address_are_read(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        """
        [notification]
        email = "team@example.com"

        [tags]
        team = "web"
        "cost center" = "4711"
        "Köln" = "_.:/=+-@ 新"

        [build.variables]
        API_URL = "https://api.example.com"
        TOKEN = { parameter = "/site/token" }
        KEY = { secret = "site/key:json-key" }
        """,
    )
    assert found == Settings(
        notification_email="team@example.com",
        tags={"team": "web", "cost center": "4711", "Köln": "_.:/=+-@ 新"},
        variables=(
            BuildVariable("API_URL", "PLAINTEXT", "https://api.example.com"),
            BuildVariable("TOKEN", "PARAMETER_STORE", "/site/token"),
            BuildVariable("KEY", "SECRETS_MANAGER", "site/key:json-key"),
        ),
    )


WEB_ACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/hosting/01234567-89ab-cdef-0123-456789abcdef"


def test_what_an_account_demands_of_roles_and_distribution_is_read(tmp_path: Path) -> None:
    text = f"""
        [roles]
        permissions_boundary = "boundaries/hosting"
        path = "/hosting/"

        [distribution]
        web_acl = "{WEB_ACL}"
        response_headers_policy = "67f7725c-6f97-4210-82d7-5512b31e9d03"
        price_class = "PriceClass_100"
        log_bucket = "example-access-logs"
        log_prefix = "website/"
        """
    found = load(tmp_path, text)
    assert found.roles == RoleSettings("boundaries/hosting", "/hosting/")
    assert found.distribution == DistributionSettings(
        WEB_ACL, "67f7725c-6f97-4210-82d7-5512b31e9d03", "PriceClass_100", "example-access-logs", "website/"
    )
    more = load(tmp_path, "[roles]\npath = '/other/'\n", found)
    assert (more.roles, more.distribution) == (RoleSettings("boundaries/hosting", "/other/"), found.distribution)


USABLE = [
    ("roles", "permissions_boundary", "Boundary"),
    ("roles", "permissions_boundary", "/boundaries/team/Boundary"),
    ("roles", "permissions_boundary", "arn:aws-us-gov:iam::111122223333:policy/boundaries/Boundary"),
    ("roles", "permissions_boundary", "arn:aws:iam::aws:policy/PowerUserAccess"),
    ("roles", "path", "/"),
    ("roles", "path", "/team/hosting/"),
    ("roles", "path", "/" + "a" * 510 + "/"),
    ("roles", "permissions_boundary", "a" * 510 + "/" + "b" * 128),
    ("distribution", "price_class", "PriceClass_All"),
    ("distribution", "log_bucket", "logs.example.com"),
]


@pytest.mark.parametrize(("table", "key", "value"), USABLE, ids=[f"{key}={value}"[:60] for _, key, value in USABLE])
def test_a_usable_value_is_taken_as_it_is(tmp_path: Path, table: str, key: str, value: str) -> None:
    assert getattr(getattr(load(tmp_path, f"[{table}]\n{key} = '{value}'\n"), table), key) == value


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert load(tmp_path, "") == Settings()


MISTAKES = [
    ("\n[tgas]\nteam = 'web'\n", 2, "'tgas'", "tags"),
    ("email = 'a@b.c'\n", 1, "'email'", "notification"),
    ("[notification]\nmail = 'a@b.c'\n", 2, "'mail'", "email"),
    ("[notification]\n# a comment\nemail = 7\n", 3, "a number", "a string"),
    ("[notification]\nemail = 'team'\n", 2, "'team'", "team@example.com"),
    ("notification = 'a@b.c'\n", 1, "a string", "[notification]"),
    ("[role]\npath = '/a/'\n", 1, "'role'", "roles"),
    ("[roles]\nboundary = 'x'\n", 2, "'boundary'", "permissions_boundary, path"),
    ("[roles]\npermissions_boundary = 7\n", 2, "a number", "boundaries/hosting"),
    ("[roles]\npermissions_boundary = ''\n", 2, "''", "boundaries/hosting"),
    ("[roles]\npermissions_boundary = 'arn:aws:iam::111122223333:role/x'\n", 2, ":role/x", "a policy's ARN"),
    ("[roles]\npermissions_boundary = 'arn:aws:iam::111122223333:policyX'\n", 2, ":policyX", "a policy's ARN"),
    ("[roles]\npermissions_boundary = 'policy/Boundary'\n", 2, "'policy/Boundary'", "a policy's ARN"),
    ("[roles]\npermissions_boundary = '${Boundary}'\n", 2, "${Boundary}", "path and name"),
    ("[roles]\npath = 'hosting'\n", 2, "'hosting'", "/hosting/"),
    ("[roles]\npath = '/hosting'\n", 2, "'/hosting'", "ends with /"),
    (f"[distribution]\nweb_acl = '{WEB_ACL.replace('us-east-1', 'eu-west-1')}'\n", 2, "eu-west-1", "in us-east-1"),
    (f"[distribution]\nweb_acl = '{WEB_ACL.replace('global', 'regional')}'\n", 2, "regional", "scope CLOUDFRONT"),
    ("[distribution]\nweb_acl = 'hosting'\n", 2, "'hosting'", "global/webacl/NAME/ID"),
    ("[distribution]\nresponse_headers_policy = 'csp'\n", 2, "'csp'", "the ID of"),
    ("[distribution]\nprice_class = '100'\n", 2, "'100'", "PriceClass_100, PriceClass_200 or PriceClass_All"),
    ("[distribution]\nlog_bucket = 'logs.s3.amazonaws.com'\n", 2, "logs.s3.amazonaws.com", "not its address"),
    ("[distribution]\nlog_bucket = 'arn:aws:s3:::logs'\n", 2, "arn:aws:s3:::logs", "the name of an S3 bucket"),
    ("[distribution]\nlog_bucket = 'logs'\nlog_prefix = '/a'\n", 3, "'/a'", "do not begin with /"),
    ("[distribution]\n\nlog_prefix = 'a/'\n", 3, "log_prefix", "log_bucket"),
    ("[tags]\nteam = ['web']\n", 2, "a list", "a string"),
    ("[tags]\n'aws:team' = 'web'\n", 2, "'aws:team'", "none begins with aws:"),
    ("[tags]\nteam = 'R&D'\n", 2, "the tag 'team' has '&'", "letters, digits, spaces and _.:/=+-@"),
    ("[tags]\nx = 'y'\n'a!' = 'z'\n", 3, "the tag 'a!' has '!'", "letters, digits, spaces and _.:/=+-@"),
    ("[tags]\nteam = 'a\tb'\n", 2, "the tag 'team' has '\\t'", "letters, digits, spaces and _.:/=+-@"),
    ("[build]\nvariabels = {}\n", 2, "'variabels'", "variables"),
    ("[build.variables]\nOK = 'x'\nPORT = 80\n", 3, "a number", "a string"),
    ("[build.variables]\nTOKEN = { param = 'x' }\n", 2, "{param}", "parameter"),
    ("[build.variables]\nTOKEN = { parameter = 'x', secret = 'y' }\n", 2, "{parameter, secret}", "secret"),
    ("[build.variables]\nTOKEN = { parameter = 'a b' }\n", 2, "'a b'", "name"),
    ("[build.variables]\nTOKEN = { parameter = 7 }\n", 2, "a number", "name"),
    ("[build.variables.TOKEN]\nparam = 'x'\n", 1, "{param}", "parameter"),
    ("[build.variables]\n'MY-VAR' = 'x'\n", 2, "'MY-VAR'", "letters, digits and _"),
    ("[build.variables]\nARTIFACT_BUCKET = 'x'\n", 2, "ARTIFACT_BUCKET", "another name"),
    ("[build.variables]\nCODEBUILD_X = 'x'\n", 2, "'CODEBUILD_X'", "CODEBUILD_"),
    ("[build]\nvariables = { CODEBUILD_X = 'x' }\n", 2, "'CODEBUILD_X'", "CODEBUILD_"),
]


LONG = "a/" * 255 + "ab/"
MISTAKES += [
    (f"[roles]\npath = '/{LONG}'\n", 2, "(514 characters)", "at most 512"),
    (f"[roles]\npermissions_boundary = '{LONG}Boundary'\n", 2, "(521 characters)", "at most 512 and 128 characters"),
    (f"[roles]\npermissions_boundary = '{'b' * 129}'\n", 2, "'bbb", "at most 512 and 128 characters"),
    (f"[notification]\nemail = '{'a' * 251}@b.c'\n", 2, "(255 characters)", "an address"),
    ("[build.variables]\nA = '{{resolve:ssm:/x}}'\n", 2, "'A' has {{resolve:", "a parameter or a secret"),
    ("[build.variables]\nA = { secret = 'a:{{resolve:ssm:x}}' }\n", 2, "'secret' has {{resolve:", "a secret instead"),
    ("[notification]\nemail = '{{resolve:ssm:/x}}@b.c'\n", 2, "'email' has {{resolve:", "a parameter or a secret"),
    ('[build.variables]\nA = "a\\u0000b"\n', 2, "'A' has the control character '\\x00'", "tabs and line breaks"),
    ('[build.variables]\nA = "\\u0085"\n', 2, "control character '\\x85'", "tabs and line breaks"),
    ('[tags]\n"a\\u0007" = "x"\n', 2, "'a\\x07' has the control character", "tabs and line breaks"),
    ('[tags]\n"a\\nb" = 7\n', 2, "'a\\nb'", "a string"),
    ('[tags]\n"a\\nb" = "x"\n', 2, "'a\\nb'", "letters, digits"),
    ('["a\\nb"]\n', 1, "'a\\nb'", "tags"),
    ('[build.variables]\nA = { "a\\nb" = 7 }\n', 2, "a\\nb", "parameter"),
    ("[build.variables]\nA = { secret = 'arn:x' }\n", 2, "'arn:x'", "a secret's name or ARN"),
    ("[build.variables]\nA = { secret = 'arn:aws:ssm:eu-west-1:111122223333:parameter/x' }\n", 2, ":ssm:", "ARN"),
    (f"[build.variables]\nA = {{ parameter = '{'a/' * 15}b' }}\n", 2, "'a/a/", "a parameter's name"),
    (f"[build.variables]\nA = {{ secret = '{'a' * 513}' }}\n", 2, "(513 characters)", "a secret's name"),
    ("[roles]\npermissions_boundary = 'arn:aws:iam::١١١١٢٢٢٢٣٣٣٣:policy/x'\n", 2, "policy/x", "a policy's ARN"),
    ('[build.variables]\nA = """\n[tags]\nB = 7\n"""\nB = 7\n', 6, "B is a number", "a string"),
    ('[build.variables]\n# A = 1\nA = "x\u2028y"\nB = 7\n', 4, "B is a number", "a string"),
    ("[build.variables]\r\nA = 'x'\r\nB = 7\r\n", 3, "B is a number", "a string"),
    ("[build.variables]\nA = [\n 7,\n]\n", 2, "A is a list", "a string"),
    ("build.variables.A = 'x'\nbuild.variables.B = 7\n", 2, "B is a number", "a string"),
    ("[tags]\n'' = 'x'\n", 2, "''", "at most 128"),
]
MISTAKES += [  # which template the file is for
    ("[template]\nsource = 'svn'\n", 2, "source is 'svn'", "one of git, zip, direct"),
    ("[template]\nsource = ['git']\n", 2, "source is a list", "one of git, zip, direct"),
    ("[template]\nwith = 'operations'\n", 2, "with is 'operations'", 'a list, such as ["operations"]'),
    ("[template]\nwith = ['pruning']\n", 2, "with has 'pruning'", "operations"),
    ("[template]\nwith = [['operations']]\n", 2, "with has a list", "operations"),
    ("[template]\npackaging = 'sam'\n", 2, "'packaging' in [template]", "source, with"),
    ("[template]\nsource = 'direct'\n[files]\nshared = false\n", 4, "[files] is for builds", "--no-shared"),
]
MISTAKES += [  # what is decided at deployment
    ("NodeVersion = '22'\n", 1, "'NodeVersion'", "If it is a parameter, give it when you deploy the stack"),
    ("[build]\nFullClone = true\n", 2, "'FullClone' in [build]", "If it is a parameter, give it when"),
]
MISTAKES += [
    (f"[build.variables]\n{name} = 'x'\n", 2, name, "another name")
    for name in ("HOME", "PATH", "TOOLS", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE")
]


@pytest.mark.parametrize(("text", "line", "given", "allowed"), MISTAKES, ids=[repr(m[0])[:50] for m in MISTAKES])
def test_a_mistake_names_the_file_the_line_what_was_given_and_what_is_allowed(
    tmp_path: Path, text: str, line: int, given: str, allowed: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        load(tmp_path, text)
    message = str(raised.value)
    assert message.startswith(f"{tmp_path / 'site.toml'}:{line}: ")
    assert given in message
    assert allowed in message
    assert "\n" not in message


def test_broken_toml_names_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"site\.toml: is not valid TOML: .*line 2, column"):
        load(tmp_path, "[tags]\nteam = \n")


def test_a_file_that_is_nested_without_end_or_counts_too_far_is_told_in_one_line(tmp_path: Path) -> None:
    for text in ("a = " + "[" * 5000, "a = " + "1" * 5000, "[tags]\na = 'x\ry'\n"):
        with pytest.raises(SettingsError, match=r"site\.toml: is (not valid TOML|nested too deeply): [^\n]*$"):
            load(tmp_path, text)


def test_a_file_that_is_not_utf8_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_bytes(b"[tags]\nteam = '\xff'\n")
    with pytest.raises(SettingsError, match="is not UTF-8"):
        load_settings(tmp_path / "site.toml")


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_bytes(b"\xef\xbb\xbf[tags]\nteam = 'web'\n")
    assert load_settings(tmp_path / "site.toml").tags == {"team": "web"}


def test_variables_without_a_build_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"site\.toml:1: .*'direct' has none"):
        load(tmp_path, "[build.variables]\nA = 'x'\n", Settings(source="direct"))


ORDINARY = (
    "NODE_OPTIONS",
    "CI",
    "NODE_ENV",
    "BASE_URL",
    "PYTHONPATH",
    "PYENV_VERSION",
    "AWS_BRANCH",
    "LD_LIBRARY_PATH",
)


@pytest.mark.parametrize("name", ORDINARY)
def test_an_ordinary_variable_of_a_build_is_taken(tmp_path: Path, name: str) -> None:
    found = load(tmp_path, f"[build.variables]\n{name} = 'x'\n")
    assert found.variables == (BuildVariable(name, "PLAINTEXT", "x"),)


def test_what_the_builds_own_scripts_set_before_the_users_commands_is_reserved(tmp_path: Path) -> None:
    scripts = [(ROOT / "codebuild" / f"{name}.sh").read_text() for name in ("source", "prepare", "install")]
    text = "\n".join([auto_command(), *scripts])
    names = re.findall(r"\b([A-Z][A-Z_\d]+)=", " ".join(re.findall(r"^ *export (.*)", text, re.M)))
    assert {"SITE_ROOT", "TOOLS", "GIT_CONFIG_KEY_0"} <= {*names}
    for name in names:
        with pytest.raises(SettingsError, match="another name"):
            load(tmp_path, f"[build.variables]\n{name} = 'x'\n")


def test_an_unknown_source_is_refused_by_the_settings_themselves() -> None:
    with pytest.raises(SettingsError, match="'svn' is not one of git, zip, direct"):
        Settings(source="svn")  # type: ignore[arg-type]


def test_settings_cannot_be_changed_after_they_were_made() -> None:
    with pytest.raises(AttributeError):
        Settings().source = "zip"  # type: ignore[misc]
