"""What follows from the parameters: true statements, by which resources and properties are there or not."""

from __future__ import annotations

from troposphere import AWSHelperFn, Equals, Not, Or, Ref

from generator.parameters.compute import ARM_IMAGES, LAMBDA_REGIONS
from generator.settings import Settings

_OVERRIDES = ("InstallCommand", "BuildCommand", "OutputFolder", "Routing")


def build_conditions(settings: Settings) -> dict[str, AWSHelperFn]:
    """The conditions of the template for `settings`."""
    return {
        **(_git() if settings.source == "git" else {}),
        **(_build() if settings.source != "direct" else {}),
        # not by DomainNames, which comes with it: so cfn-lint sees that nothing uses an empty ARN
        "HasDomain": given("CertificateArn"),
        "HasNotificationEmail": given("NotificationEmail"),
        **({"HasRollbackAlarm": given("RollbackAlarmArn")} if "operations" in settings.options else {}),
    }


def given(parameter: str) -> Not:
    """Whether the parameter is not empty."""
    return Not(Equals(Ref(parameter), ""))


def _git() -> dict[str, AWSHelperFn]:
    return {"HasPathFilter": given("PathFilter"), "ClonesFully": Equals(Ref("FullClone"), "true")}


def _build() -> dict[str, AWSHelperFn]:
    return {
        **{f"Has{name}": given(name) for name in _OVERRIDES},
        "UsesArm": Or(*(Equals(Ref("BuildImage"), image) for image in ARM_IMAGES)),
        "UploadsInContainer": Or(
            Equals(Ref("UploadCompute"), "container"),
            Not(Or(*(Equals(Ref("AWS::Region"), one) for one in LAMBDA_REGIONS))),
        ),
    }
