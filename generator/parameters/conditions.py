"""What follows from the parameters: true statements, by which resources and properties are there or not."""

from __future__ import annotations

from troposphere import AWSHelperFn, Equals, Not, Or, Ref

from generator.compute import ARM_IMAGES, LAMBDA_REGIONS
from generator.settings import Settings

HAS_DOMAIN, HAS_NOTIFICATION_EMAIL = "HasDomain", "HasNotificationEmail"
HAS_PATH_FILTER, CLONES_FULLY = "HasPathFilter", "ClonesFully"
USES_ARM, UPLOADS_IN_CONTAINER = "UsesArm", "UploadsInContainer"
HAS_ROLLBACK_ALARM = "HasRollbackAlarm"

_OVERRIDES = ("InstallCommand", "BuildCommand", "OutputFolder", "Routing")


def build_conditions(settings: Settings) -> dict[str, AWSHelperFn]:
    """The conditions of the template for `settings`."""
    return {
        **(_git() if settings.source == "git" else {}),
        **(_build() if settings.has_pipeline else {}),
        # not by DomainNames, which comes with it: so cfn-lint sees that nothing uses an empty ARN
        HAS_DOMAIN: given("CertificateArn"),
        HAS_NOTIFICATION_EMAIL: given("NotificationEmail"),
        **({HAS_ROLLBACK_ALARM: given("RollbackAlarmArn")} if settings.has_operations else {}),
    }


def given(parameter: str) -> Not:
    """Whether the parameter is not empty."""
    return Not(Equals(Ref(parameter), ""))


def has(override: str) -> str:
    """The condition that the parameter is given which replaces what the framework says."""
    return f"Has{override}"


def _git() -> dict[str, AWSHelperFn]:
    return {HAS_PATH_FILTER: given("PathFilter"), CLONES_FULLY: Equals(Ref("FullClone"), "true")}


def _build() -> dict[str, AWSHelperFn]:
    return {
        **{has(name): given(name) for name in _OVERRIDES},
        USES_ARM: Or(*(Equals(Ref("BuildImage"), image) for image in ARM_IMAGES)),
        UPLOADS_IN_CONTAINER: Or(
            Equals(Ref("UploadCompute"), "container"),
            Not(Or(*(Equals(Ref("AWS::Region"), one) for one in LAMBDA_REGIONS))),
        ),
    }
