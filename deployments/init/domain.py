"""Decides on the site's own names: they come with a certificate, and without either CloudFront gives a name."""

from __future__ import annotations

from deployments.errors import USAGE, Failure
from deployments.init.account import Account
from deployments.init.asking import Asker, Choice
from deployments.init.certificates import REGION, Certificate, certificates_for
from deployments.init.wanted import Wanted
from deployments.output import Output
from deployments.project import Project
from deployments.project.checking import problem_of
from generator import Settings

_REQUEST = "https://docs.aws.amazon.com/acm/latest/userguide/gs-acm-request-public.html"


def decide_domain(
    wanted: Wanted, was: Project | None, asker: Asker, output: Output, account: Account, settings: Settings
) -> dict[str, str]:
    """DomainNames and CertificateArn, both or neither; empty where nothing changes."""
    if wanted.domain is None and (was or asker.yes):
        return {"CertificateArn": wanted.certificate} if wanted.certificate is not None else {}
    question = "The site's own names, with commas (empty: CloudFront gives one)"
    names = wanted.domain
    if names is None:
        names = asker.ask(question, "", "--domain", lambda text: problem_of(settings, "DomainNames", _spelled(text)))
    names = _spelled(names)
    if problem := problem_of(settings, "DomainNames", names):
        raise Failure(f"--domain: {problem}", USAGE)
    if not names:
        return _without(was)
    certificate = wanted.certificate or _certificate(names, asker, output, account, settings)
    if not certificate:
        output.note(f"the names are left out until there is a certificate: `deployments init --domain {names}` then")
        return _without(was)
    return {"DomainNames": names, "CertificateArn": certificate}


def _spelled(names: str) -> str:
    """Names as the parameter takes them."""
    return ",".join(name.strip() for name in names.lower().split(",") if name.strip())


def _without(was: Project | None) -> dict[str, str]:
    """No names: said as such where the stack may have some, because it keeps what is not said."""
    given = was.parameters if was else {}
    return {name: "" for name in ("DomainNames", "CertificateArn") if name in given}


def _certificate(names: str, asker: Asker, output: Output, account: Account, settings: Settings) -> str:
    """The ARN of a certificate that covers the names; "" without one."""
    acm = account.clients(REGION)("acm")
    found = account.ask("the account's certificates", lambda: certificates_for(acm, names.split(",")))
    if found:
        arn = _chosen(found, asker)
        output.note(f"the certificate is {arn}")
        return arn
    if found is not None:
        output.note(f"no issued certificate in {REGION} covers {names}: request one there ({_REQUEST})")
    if asker.yes:
        raise Failure(
            f"--yes cannot decide: which certificate is for {names}? Give --certificate",
            USAGE,
            remedy="Give --certificate",
        )
    return asker.ask(
        "ARN of the certificate (empty: go on without the names)",
        "",
        "--certificate",
        lambda text: problem_of(settings, "CertificateArn", text),
    )


def _chosen(found: list[Certificate], asker: Asker) -> str:
    if len(found) == 1:
        return found[0].arn
    choices = [Choice(one.arn, ", ".join(one.names)) for one in found]
    return asker.choose("Which certificate?", choices, "", "--certificate")
