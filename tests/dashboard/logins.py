"""Logins with which a page is opened, and what they may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from botocore.config import Config

from dashboard.viewers import Paces
from local.cloud.emulator import ACCOUNT, Emulator

QUICK = Paces(0.5, 0.5, 0.5, 0.2, True)  # as AWS would not like it
Login = Mapping[str, str]
At = Callable[[Emulator, Login], Path]  # lets this process find an emulator as AWS, with a login in a file
RIGHTS = {
    "cloudformation:DescribeStacks": "*",
    "cloudformation:DescribeStackResource": "*",
    "lambda:InvokeFunction": "*",
    "s3:ListBucket": "*",
    "s3:GetObject": "*",
    "cloudwatch:GetMetricData": "*",
}


def rights(*without: str) -> list[dict[str, object]]:
    """The statements of a policy that allows all that the page asks for but these actions."""
    return [
        {"Effect": "Allow", "Action": action, "Resource": resource}
        for action, resource in RIGHTS.items()
        if action not in without
    ]


def write_login(file: Path, login: Login) -> None:
    """Let the file have this login."""
    file.write_text("[default]\n" + "".join(f"{name} = {value}\n" for name, value in login.items()))


def key_of(aws: Emulator) -> Login:
    """The login of the account's own key, which may do all."""
    return {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "x", "aws_session_token": aws.token}


def session(emulator: Emulator, role: str, seconds: int) -> Login:
    """A session of the role that lasts so long; AWS gives none under 15 minutes, the emulator does."""
    sts = emulator.client("sts", config=Config(parameter_validation=False))
    arn = emulator.shared("iam").get_role(RoleName=role)["Role"]["Arn"]
    made = sts.assume_role(RoleArn=arn, RoleSessionName="test", DurationSeconds=seconds)["Credentials"]
    names = {"aws_access_key_id": "AccessKeyId", "aws_secret_access_key": "SecretAccessKey"}
    return {name: str(made.get(key)) for name, key in {**names, "aws_session_token": "SessionToken"}.items()}
