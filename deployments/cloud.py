"""The way to AWS, or to what stands for it on this machine: credentials, Region, clients.

It exists so that every client knows what it asked for when it is refused, and so that `--local` is one place.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypedDict, cast

import boto3
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from deployments.errors import USAGE, Failure
from deployments.local_system import LocalSystem, running

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from aws_types import BaseClient, Clients

_MAKING = threading.Lock()  # a session is not made for threads, its clients are
_NO_REGION = "no Region: give --region, set AWS_REGION, or configure one for the profile"


class Cloud(NamedTuple):
    """Where commands work: `endpoint` is empty with AWS itself; `site` is where a local site is reached."""

    region: str
    endpoint: str
    site: str = ""
    stack: str = ""
    session: Session | None = None  # boto3's; the default one if there is none

    @property
    def client(self) -> Clients:
        """Gives the boto3 client of a service; the options are those of its Config."""
        return cast("Clients", self.made)

    def made(self, service: str, **options: object) -> BaseClient:
        """The client of a service that has a name only now."""
        local = {"endpoint_url": self.endpoint} if self.session and self.site else {"region_name": self.region}
        try:
            with _MAKING:
                client: BaseClient = (self.session or boto3).client(service, **local, config=Config(**options))
                return client
        except BotoCoreError:
            raise  # some are ValueErrors too
        except ValueError as error:  # of what only botocore reads
            raise Failure(f"{error}: correct the variable AWS_..., or ~/.aws/config, that says so", USAGE) from None


def connect(region: str | None, profile: str | None) -> Cloud:
    """AWS with the Region and profile that are given or configured."""
    name = _session(region, profile).region_name
    if not name:
        raise Failure(_NO_REGION, USAGE)
    return Cloud(name, os.environ.get("AWS_ENDPOINT_URL", ""))


def connect_locally() -> Cloud:
    """The site that `instant-hosting local` runs on this machine."""
    system = running()
    if not system:
        raise Failure("nothing runs here: start it with `instant-hosting local`, or leave --local out")
    os.environ |= system.environment
    os.environ.pop("AWS_PROFILE", None)
    _session(system.region, None)
    return Cloud(system.region, system.endpoint, system.site, system.stack)


def connect_to(system: LocalSystem) -> Cloud:
    """The local system without a word of it in this process's environment, which builds inherit."""
    told = system.environment
    session = Session(
        aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=told["AWS_SESSION_TOKEN"],
        region_name=system.region,
    )
    _listen(session)
    return Cloud(system.region, system.endpoint, system.site, system.stack, session)


def connect_alone(region: str | None, profile: str | None) -> Cloud:
    """AWS by a session of its own: with the credentials as they are now, which may have been renewed."""
    session = Session(region_name=region, profile_name=profile)
    _listen(session)
    if not session.region_name:
        raise Failure(_NO_REGION, USAGE)
    return Cloud(session.region_name, os.environ.get("AWS_ENDPOINT_URL", ""), session=session)


def _session(region: str | None, profile: str | None) -> Session:
    """Make boto3's default session, which the uploader's own client comes from too."""
    boto3.setup_default_session(region_name=region, profile_name=profile)
    session = cast("Session", boto3.DEFAULT_SESSION)
    _listen(session)
    return session


def _listen(session: Session) -> None:
    """Note of each call what it asked, for whoever must say what was refused."""
    session.events.register("before-parameter-build", _remember)
    session.events.register("after-call", partial(_add_action_and_resource, session))


class _Call(TypedDict, total=False):
    """What botocore keeps of a call from its begin to its end; `asked` is ours."""

    asked: Mapping[str, object]


class _Parsed(TypedDict, total=False):
    """An answer, as far as it is read."""

    Error: dict[str, str]


def _remember(params: Mapping[str, object], context: _Call, **_: object) -> None:
    context["asked"] = params


def _add_action_and_resource(
    session: Session, parsed: _Parsed, model: OperationModel, context: _Call, **_: object
) -> None:
    """Put action and resource beside an error, for `errors.explain`: AWS often does not name them."""
    if "Error" not in parsed:
        return
    asked = context.get("asked", {})
    service = model.service_model.signing_name
    parsed["Error"].setdefault("Action", f"{service}:{model.name}")
    if "Bucket" in asked:
        partition = session.get_partition_for_region(session.region_name)
        path = f"/{asked['Key']}" if "Key" in asked else ""
        parsed["Error"]["Resource"] = f"arn:{partition}:s3:::{asked['Bucket']}{path}"
    else:
        names = "FunctionName", "StackName", "pipelineName", "name", "RoleArn", "logGroupName", "ids"
        parsed["Error"]["Resource"] = next((str(asked[name]) for name in names if name in asked), "")
