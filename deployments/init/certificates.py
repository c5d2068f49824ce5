"""The account's certificates that cover a site's names: CloudFront takes them from us-east-1 alone.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from aws_types import ACMClient, CertificateFilter, CertificateSummary

REGION = "us-east-1"


class Certificate(NamedTuple):
    """An issued certificate, and the names that it is for."""

    arn: str
    names: tuple[str, ...]

    def covers(self, name: str) -> bool:
        """Whether it is for `name`; a star stands for one label."""
        return name in self.names or f"*.{name.partition('.')[2]}" in self.names


def certificates_for(acm: ACMClient, names: Collection[str]) -> list[Certificate]:
    """The issued certificates that cover all of these names."""
    kinds: CertificateFilter = {
        "keyTypes": ["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1"]
    }  # without them it lists RSA alone
    pages = acm.get_paginator("list_certificates").paginate(CertificateStatuses=["ISSUED"], Includes=kinds)
    found = [_certificate(one) for page in pages for one in page["CertificateSummaryList"]]
    return [one for one in found if all(one.covers(name) for name in names)]


def _certificate(told: CertificateSummary) -> Certificate:
    names = {told.get("DomainName", ""), *told.get("SubjectAlternativeNameSummaries", ())}
    return Certificate(told["CertificateArn"], tuple(sorted(names)))
